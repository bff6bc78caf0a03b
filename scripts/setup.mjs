// Makes a fresh clone ready: the packages of package-lock.json, and the browsers of browsers.mjs.
// Only node: imports. Quick and silent when everything is there. `--packages`: packages only.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { platform } from 'node:os'
import { fileURLToPath } from 'node:url'
import { browsers, findBrowser } from './browsers.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * @param {string} command
 * @param {string} advice what a person can do when it fails
 */
function run(command, advice) {
  console.log(`setup: ${command}`)
  const { status, error } = spawnSync(command, { cwd: root, stdio: 'inherit', shell: true })
  if (status !== 0) throw new Error(`\`${command}\` failed${error ? ` (${error.message})` : ''}.\n${advice}`)
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22
  if (!fits) {
    throw new Error(
      `Node ${process.versions.node} is too old.\nInstall Node 20.19 or later (22.12, 24, …): https://nodejs.org`,
    )
  }
}

/** @typedef {{ packages: Record<string, { version?: string, optional?: boolean }> }} Lock */

/**
 * Whether node_modules is what package-lock.json asks for. Compared by content: file times change with every
 * checkout, and a needless `npm ci` takes node_modules away under a running test or server.
 */
function packagesAreInstalled() {
  // npm writes this file as the last thing of a complete install, so a cut one is noticed too.
  const inventory = `${root}/node_modules/.package-lock.json`
  if (!existsSync(inventory)) return false
  /** @type {Lock} */
  const { packages: installed } = JSON.parse(readFileSync(inventory, 'utf8'))
  /** @type {Lock} */
  const { packages: wanted } = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8'))
  delete wanted['']
  return (
    Object.entries(wanted).every(([place, { optional }]) => optional || installed[place]) &&
    Object.entries(installed).every(([place, { version }]) => wanted[place]?.version === version)
  )
}

function installPackages() {
  if (packagesAreInstalled()) return
  console.log('setup: packages. A warning about eventsource-parser and Node 20 is expected: it works there.')
  run(
    'npm ci --no-audit --no-fund',
    'Is the npm registry reachable (`npm ping`)? If package.json and package-lock.json differ, run `npm install`.',
  )
}

/** @param {import('./browsers.mjs').Browser[]} missing */
function installBrowsers(missing) {
  if (missing.length === 0) return
  const choose = `Or install it yourself and name its executable: ${missing.map((b) => `${b.variable}=/path/to/${b.name}`).join(' ')}`
  if (isDebian() && process.getuid?.() === 0) {
    // Tests start the browser as root in a container, as many CI machines do; Debian's own build needs no download
    // from anywhere but the package mirror.
    run('apt-get update', `Is the package mirror reachable? ${choose}`)
    const packages = missing.map((browser) => browser.debianPackage).join(' ')
    run(
      `DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages}`,
      `Is the package mirror reachable, and the disk not full? ${choose}`,
    )
  } else {
    const names = missing.map((browser) => browser.name).join(' ')
    run(`npx playwright install ${names}`, `Is https://cdn.playwright.dev reachable? ${choose}`)
    if (platform() === 'linux') {
      console.log(
        `setup: should ${names} miss system libraries, run \`sudo npx playwright install-deps ${names}\`.`,
      )
    }
  }
  const still = missing.filter((browser) => !findBrowser(browser)).map((browser) => browser.name)
  if (still.length > 0) throw new Error(`Installed, but not found: ${still.join(', ')}.\n${choose}`)
}

/** Not Ubuntu: its chromium package is a stub for a snap, and snaps do not run in containers. */
function isDebian() {
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
}

try {
  checkNode()
  installPackages()
  if (!process.argv.includes('--packages'))
    installBrowsers(browsers.filter((browser) => !findBrowser(browser)))
} catch (error) {
  console.error(`\nsetup failed: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
