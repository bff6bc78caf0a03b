import { readFileSync } from 'node:fs'

/** The text of a file in /proc, or undefined on a system that has none. */
export function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

export function noProc(path: string): string | undefined {
  return readProc(path) === undefined ? `this system (${process.platform}) has no ${path}` : undefined
}
