import { SseError } from './sseError.js'

/**
 * The one place where the worker is made. Throws `SseError('unsupported')` in a page that cannot have it.
 */
export function startSharedWorker(name: string, url: string | URL | undefined): SharedWorker {
  if (typeof SharedWorker === 'undefined') throw missing('SharedWorker')
  // Web Locks tell of a tab's death and of the worker's; without them a broker would serve the dead.
  if (!('locks' in navigator)) throw missing('Web Locks (they need https or localhost)')
  const options = { type: 'module', name: `sse-broker:${name}` } as const
  if (url !== undefined) return new SharedWorker(url, options)
  // One expression, as it stands, is what bundlers look for to build and place the worker's file.
  return new SharedWorker(new URL('./worker.js', import.meta.url), {
    type: 'module',
    name: `sse-broker:${name}`,
  })
}

function missing(what: string): SseError {
  return new SseError('unsupported', `This page has no ${what}, which sse-broker needs to share a connection`)
}
