import type { BrokerOptions } from './options.js'
import { SseError } from './sseError.js'

declare global {
  interface WorkerOptions {
    /** @see https://github.com/whatwg/html/pull/11310 */
    extendedLifetime?: boolean
  }
}

/** Throws `SseError('unsupported')` where no worker can be shared: in old browsers, on a server. */
export function requireSharedWorker(): void {
  if (typeof SharedWorker === 'undefined') throw missing('SharedWorker')
  // Web Locks tell of a tab's death and of the worker's; without them a broker would serve the dead.
  if (!('locks' in navigator)) throw missing('Web Locks (they need https or localhost)')
}

/** The one place where the worker is made. */
export function startSharedWorker(
  name: string,
  { worker, workerUrl: url }: Pick<BrokerOptions, 'worker' | 'workerUrl'>,
): SharedWorker {
  if (worker !== undefined) return worker(name)
  if (url !== undefined) {
    return new SharedWorker(url, { type: 'module', name, extendedLifetime: true })
  }
  // One expression, as it stands, is what bundlers look for to build and place the worker's file.
  // The extended lifetime (Chromium 148 and later) carries the worker over the reload of the only tab.
  return new SharedWorker(new URL('./worker.js', import.meta.url), {
    type: 'module',
    name,
    extendedLifetime: true,
  })
}

function missing(what: string): SseError {
  return new SseError('unsupported', `This page has no ${what}, which sse-broker needs to share a connection`)
}
