import { builtFile } from './pageFiles.js'

/** A piece of a built script, and what another build has in its place. */
export interface Change {
  readonly in: 'page' | 'worker'
  readonly from: RegExp
  readonly to: string
}

/**
 * The test pages built another time: the same files under a prefix, with scripts of other addresses, and with some
 * pieces of them changed. Throws when a piece is not there, or a test would try the same build twice.
 */
export function otherBuild(prefix: string, changes: readonly Change[] = []): Record<string, string> {
  const page = builtFile('index.html')
  const script = found(page, /assets\/[\w-]+\.js/)
  const worker = workerPath()
  return {
    [`${prefix}/index.html`]: page,
    [`${prefix}/${script}`]: changed(builtFile(script), 'page', changes),
    [`${prefix}${worker}`]: changed(builtFile(worker), 'worker', changes),
  }
}

/** Where the test pages' own worker is. */
export function workerPath(): string {
  const script = found(builtFile('index.html'), /assets\/[\w-]+\.js/)
  return `/assets/${found(builtFile(script), /worker-[\w-]+\.js/)}`
}

function changed(text: string, of: Change['in'], changes: readonly Change[]): string {
  let result = text
  for (const change of changes.filter((each) => each.in === of)) {
    found(result, change.from)
    result = result.replace(change.from, change.to)
  }
  return result
}

function found(text: string, piece: RegExp): string {
  const [match] = piece.exec(text) ?? []
  if (match === undefined) throw new Error(`The built files have no ${String(piece)}`)
  return match
}
