// All that can be said about the code without running it. Each check is one command; the first column of the output
// is its name, so `npm run check -- lint format` runs two of them.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './run.mjs'

/** @typedef {{ name: string, advice: string, passes: () => boolean }} Check */

/** @type {readonly Check[]} */
const checks = [
  {
    name: 'lock',
    advice:
      'package-lock.json must let `npm ci` succeed: `npm install`, then `node scripts/complete-lock.mjs`.',
    passes: () => run('npm', ['ci', '--dry-run', '--offline', '--silent']),
  },
  {
    name: 'types',
    advice: 'The compiler also guards the layers: see DESIGN, layout.',
    passes: () => run('tsc', ['-b']),
  },
  { name: 'lint', advice: 'Rules and layers are in .oxlintrc.json.', passes: () => run('oxlint') },
  {
    name: 'layer-rules',
    advice: 'A rule in .oxlintrc.json does not do what it says.',
    passes: () => run('node', ['scripts/check-layer-rules.mjs']),
  },
  { name: 'format', advice: '`npm run format` does it.', passes: () => run('oxfmt', ['--check']) },
  { name: 'unused', advice: 'Delete it, or list an entry in knip.json.', passes: () => run('knip') },
  {
    name: 'package',
    advice: 'What npm would publish is not what users need.',
    passes: () => withTarball((tarball) => run('publint', ['run', tarball, '--strict'])),
  },
  {
    name: 'package-types',
    advice: 'Types and files of the package do not agree.',
    passes: () => withTarball((tarball) => run('attw', [tarball, '--profile', 'esm-only'])),
  },
  {
    name: 'size',
    advice: 'The budgets are in .size-limit.json.',
    passes: () => run('node', ['scripts/bundle-for-size.mjs']) && run('size-limit'),
  },
]

/** @param {(tarball: string) => boolean} use */
function withTarball(use) {
  const folder = mkdtempSync(join(tmpdir(), 'sse-broker-pack-'))
  try {
    const isPacked = run('npm', ['pack', '--silent', '--pack-destination', folder])
    const [tarball] = readdirSync(folder)
    return isPacked && tarball !== undefined && use(join(folder, tarball))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * Runs them all even if one fails: to be told of one mistake at a time is tiresome.
 *
 * @param {readonly string[]} names empty: all
 */
export function runChecks(names = []) {
  const unknown = names.filter((name) => !checks.some((check) => check.name === name))
  if (unknown.length > 0)
    throw new Error(`No check ${unknown.join(', ')}: there are ${checks.map(({ name }) => name).join(', ')}`)
  const chosen = checks.filter(({ name }) => names.length === 0 || names.includes(name))
  const failed = chosen.filter(({ name, passes }) => {
    console.log(`\n--- check: ${name}`)
    return !passes()
  })
  for (const { name, advice } of failed) console.log(`\ncheck ${name} failed. ${advice}`)
  return { passed: chosen.length - failed.length, failed: failed.length }
}
