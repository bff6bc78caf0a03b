// Adds to package-lock.json the builds for other platforms that npm left out of it.
//
// npm drops an optional package from the lock when the registry at hand does not have it, as a mirror that lags
// behind does not, and then `npm ci` refuses that lock everywhere ("Missing: … from lock file"). The names of
// these packages tell all that npm needs to know to pass them over. Run it after `npm install` when the check
// `lock file` fails.
import { readFileSync, writeFileSync } from 'node:fs'

const lockFile = new URL('../package-lock.json', import.meta.url)
/** @type {{ packages: Record<string, Record<string, unknown> & { optionalDependencies?: Record<string, string> }> }} */
const lock = JSON.parse(readFileSync(lockFile, 'utf8'))

const libcs = /** @type {Record<string, string>} */ ({ gnu: 'glibc', musl: 'musl' })

/** @param {string} name such as `@oxfmt/binding-linux-x64-musl` */
function platformOf(name) {
  const [, os, cpu, abi] =
    /(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x)(?:-(\w+))?$/.exec(
      name,
    ) ?? []
  if (!os || !cpu) throw new Error(`${name}: its name does not tell its platform; add it to the lock by hand`)
  const libc = abi && libcs[abi]
  return { cpu: [cpu], libc: libc ? [libc] : undefined, os: [os] }
}

let added = 0
for (const [parent, { optionalDependencies, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
    const place = `node_modules/${name}`
    if (lock.packages[place] || lock.packages[`${parent}/${place}`]) continue
    const { cpu, libc, os } = platformOf(name)
    // in npm's own order, so that its next write changes nothing
    lock.packages[place] = { version, cpu, dev, libc, optional: true, os }
    console.log(`${place} ${version}`)
    added += 1
  }
}

if (added > 0) {
  const sorted = Object.fromEntries(
    Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
  )
  writeFileSync(lockFile, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`)
}
console.log(`${added} added to package-lock.json`)
