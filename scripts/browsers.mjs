// The browsers that the end-to-end tests drive, in one place: where each may be already, and how it is installed.
// Only node: imports: setup runs this on a fresh clone, before there is a node_modules.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { homedir, platform } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {object} Browser
 * @property {string} name as Playwright calls it
 * @property {string} variable environment variable that names an executable to use instead of any other
 * @property {string} debianPackage
 * @property {readonly string[]} paths where systems put it
 */

/** @type {readonly Browser[]} */
export const browsers = [
  {
    name: 'chromium',
    variable: 'CHROMIUM_PATH',
    debianPackage: 'chromium',
    paths: [
      '/usr/bin/chromium',
      '/usr/bin/chromium-browser',
      '/usr/bin/google-chrome-stable',
      '/usr/bin/google-chrome',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    ],
  },
]

/**
 * @param {Browser} browser
 * @returns {{ path?: string, place: string } | undefined} without `path`, Playwright finds its own
 */
export function findBrowser(browser) {
  const chosen = process.env[browser.variable]
  if (chosen) {
    if (existsSync(chosen)) return { path: chosen, place: chosen }
    throw new Error(
      `${browser.variable} is ${chosen}, and there is no such file.\nSet it to a ${browser.name} executable, or unset it.`,
    )
  }
  const path = browser.paths.find((candidate) => existsSync(candidate) && !isSnapStub(candidate))
  if (path) return { path, place: path }
  const own = playwrightsOwn(browser)
  if (own) return { place: own }
  return undefined
}

/**
 * Ubuntu's /usr/bin/chromium-browser can be a script that only says which snap to install.
 *
 * @param {string} path
 */
function isSnapStub(path) {
  return platform() === 'linux' && readFileSync(path).subarray(0, 8192).includes('snap install')
}

/**
 * Playwright's download for the very version in node_modules: an older revision in the cache is of no use to it.
 * Read from its files, because importing playwright-core takes longer than all the rest of the setup.
 *
 * @param {Browser} browser
 */
function playwrightsOwn(browser) {
  const list = fileURLToPath(new URL('../node_modules/playwright-core/browsers.json', import.meta.url))
  if (!existsSync(list)) return undefined
  /** @type {{ browsers: { name: string, revision: string }[] }} */
  const known = JSON.parse(readFileSync(list, 'utf8'))
  const wanted = known.browsers.find(({ name }) => name === browser.name)
  const cache = playwrightCache()
  if (!wanted || !existsSync(cache)) return undefined
  const folder = readdirSync(cache).find((name) => name === `${browser.name}-${wanted.revision}`)
  return folder && existsSync(join(cache, folder, 'INSTALLATION_COMPLETE')) ? join(cache, folder) : undefined
}

function playwrightCache() {
  if (process.env.PLAYWRIGHT_BROWSERS_PATH) return process.env.PLAYWRIGHT_BROWSERS_PATH
  if (platform() === 'darwin') return join(homedir(), 'Library/Caches/ms-playwright')
  if (platform() === 'win32') return join(process.env.LOCALAPPDATA ?? homedir(), 'ms-playwright')
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ms-playwright')
}
