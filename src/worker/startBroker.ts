import type { Codec, WorkerFilter } from '../core/registry.js'
import { runBroker } from './runBroker.js'

/** What a worker of your own adds to the broker. */
export interface BrokerExtensions {
  /**
   * Each makes of an event's text what sessions with `deserialize: { codec }` get: once per event, however many ask. The
   * result crosses to the page as JSON. What it throws reaches the reader as `SseError('decode')`.
   */
  readonly codecs?: Readonly<Record<string, Codec>>
  /** Each says which events sessions with `filter: { name, params }` get; the others never leave the worker. */
  readonly filters?: Readonly<Record<string, WorkerFilter>>
}

/**
 * Starts the broker in a SharedWorker of your own. Call it once, at the top of the worker's script. Returns what it was
 * given, whose type tells the page's `createBroker` what the codecs make.
 *
 * @example
 * ```ts
 * // worker.ts
 * import { startBroker } from 'sse-broker/worker'
 *
 * export const extensions = startBroker({
 *   codecs: { order: (data): Order => parseOrder(data) },
 *   filters: { longer: (event, chars) => event.data.length > Number(chars) },
 * })
 *
 * // page.ts
 * const broker = createBroker<typeof import('./worker').extensions>({
 *   worker: (name) => new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name }),
 * })
 * const session = await broker.sseSession('/orders', { deserialize: { codec: 'order' } })
 * ```
 */
export function startBroker<const E extends BrokerExtensions>(extensions: E): E {
  runBroker(extensions)
  return extensions
}
