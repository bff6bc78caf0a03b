// Whether something that was made from files is still up to date, by the content of those files: their times change
// with every checkout, and a file that was deleted has none.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.mjs'

/**
 * @param {string} name of what is made
 * @param {{ from: readonly string[], outputs: readonly string[] }} files relative to the root; a folder in `from`
 *   stands for all in it
 */
export function stampOf(name, { from, outputs }) {
  const file = join(root, 'node_modules/.cache/sse-broker', `${name}.sha256`)
  return {
    isFresh: () =>
      outputs.every((output) => existsSync(join(root, output))) &&
      existsSync(file) &&
      readFileSync(file, 'utf8') === digest(from),
    /** Before the work, so that work that fails half-way does not pass for done. */
    clear: () => rmSync(file, { force: true }),
    set() {
      mkdirSync(join(file, '..'), { recursive: true })
      writeFileSync(file, digest(from))
    },
  }
}

/** @param {readonly string[]} paths */
function digest(paths) {
  const hash = createHash('sha256')
  for (const path of paths.flatMap(filesIn))
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0')
  return hash.digest('hex')
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesIn(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path]
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesIn(`${path}/${name}`))
}
