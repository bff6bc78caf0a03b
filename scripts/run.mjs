// Runs a tool of node_modules/.bin from the root of the repository, its output where ours is.
import { spawnSync } from 'node:child_process'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * @param {string} command
 * @param {readonly string[]} [args]
 * @param {{ cwd?: string, env?: Record<string, string | undefined> }} [options] `env` is added to ours
 * @returns {boolean} whether it ended with status 0
 */
export function run(command, args = [], { cwd = root, env = {} } = {}) {
  const path = `${root}node_modules/.bin${delimiter}${process.env.PATH ?? ''}`
  const { status, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, PATH: path, ...env },
    stdio: 'inherit',
    // On Windows the tools are .cmd files, which only a shell can start.
    shell: process.platform === 'win32',
  })
  if (error) console.error(`${command}: ${error.message}`)
  return status === 0
}
