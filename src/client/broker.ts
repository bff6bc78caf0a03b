import type { BrokerSnapshot } from '../protocol/snapshot.js'
import type { Address } from './address.js'
import { type BrokerOptions, checkBrokerOptions } from './options.js'
import { PageBroker } from './pageBroker.js'
import type { RequestOptions } from './requestOptions.js'
import type {
  CodecName,
  CodecOptions,
  CodecResult,
  DeserializerOptions,
  GeneralOptions,
  JsonOptions,
  NamedOptions,
  NamedSession,
  SchemaOptions,
  TextOptions,
  WorkerTypes,
} from './sessionOptions.js'
import type { EventSchemas } from './deserialize.js'
import type { SseSession } from './sseSession.js'
import type { SchemaOutput, StandardSchemaV1 } from './standardSchema.js'

/**
 * The object a page holds: it opens sessions on a worker that all tabs of the origin share. Nothing starts
 * before the first use.
 */
export interface Broker<W extends WorkerTypes = WorkerTypes> {
  /**
   * Opens a session, runs the block with it, and closes it when the block returns or throws; what it throws comes
   * out. Rejects like {@link Broker.sseSession} when the session cannot be opened.
   *
   * @example
   * ```ts
   * await broker.sse('/events', async (session) => {
   *   for await (const event of session.incoming) console.log(event.id, event.event, event.data)
   * })
   * ```
   */
  sse(address: Address, block: (session: SseSession) => unknown): Promise<void>
  sse(address: Address, options: TextOptions, block: (session: SseSession) => unknown): Promise<void>
  sse<T = unknown>(
    address: Address,
    options: JsonOptions<T>,
    block: (session: SseSession<T>) => unknown,
  ): Promise<void>
  sse<S extends StandardSchemaV1>(
    address: Address,
    options: SchemaOptions<S>,
    block: (session: SseSession<SchemaOutput<S>>) => unknown,
  ): Promise<void>
  sse<K extends CodecName<W>>(
    address: Address,
    options: CodecOptions<CodecResult<W, K>, K>,
    block: (session: SseSession<CodecResult<W, K>>) => unknown,
  ): Promise<void>
  sse<const M extends EventSchemas>(
    address: Address,
    options: NamedOptions<M>,
    block: (session: NamedSession<M>) => unknown,
  ): Promise<void>
  sse<T>(
    address: Address,
    options: DeserializerOptions<T>,
    block: (session: SseSession<T>) => unknown,
  ): Promise<void>
  sse<T>(
    address: Address,
    options: GeneralOptions<T>,
    block: (session: SseSession<T>) => unknown,
  ): Promise<void>

  /**
   * Opens a session. Resolves when the stream is open, at once when another tab has opened it, or when the server
   * said with a 204 that there is nothing. Rejects with `SseError`: `options` for a wrong argument; `status` or
   * `content-type` for an answer that is final; the last failure when `maxReconnectionAttempts` are used up;
   * `unsupported` in a page without SharedWorker. Rejects with the signal's reason when that is aborted.
   *
   * @example
   * ```ts
   * const session = await broker.sseSession('/prices', { events: ['price'], deserialize: 'json' })
   * for await (const { data } of session.incoming) render(data)
   * ```
   */
  sseSession(address: Address, options?: TextOptions): Promise<SseSession>
  sseSession<T = unknown>(address: Address, options: JsonOptions<T>): Promise<SseSession<T>>
  sseSession<S extends StandardSchemaV1>(
    address: Address,
    options: SchemaOptions<S>,
  ): Promise<SseSession<SchemaOutput<S>>>
  sseSession<K extends CodecName<W>>(
    address: Address,
    options: CodecOptions<CodecResult<W, K>, K>,
  ): Promise<SseSession<CodecResult<W, K>>>
  sseSession<const M extends EventSchemas>(
    address: Address,
    options: NamedOptions<M>,
  ): Promise<NamedSession<M>>
  sseSession<T>(address: Address, options: DeserializerOptions<T>): Promise<SseSession<T>>
  sseSession<T>(address: Address, options: GeneralOptions<T>): Promise<SseSession<T>>

  /** The broker's state at this moment: tabs, streams, sessions, queues. */
  inspect(): Promise<BrokerSnapshot>

  /**
   * Replaces the worker, in all tabs, by a new one; sessions go on where they were. A worker that does not answer for
   * half a minute is replaced without being asked; this is for everything else that a new worker might cure. The old
   * one is left: it ends when the tabs that used it are closed or reloaded.
   */
  restart(): Promise<void>

  /**
   * Calls back when a worker of another build of this page has started: after a deploy, tabs that were open before
   * have a worker and connections of their own until they are reloaded. Returns what stops it.
   */
  onOutdated(listener: () => void): () => void

  /**
   * Drops kept cursors: of one stream (`options` as its sessions have them), of all streams of an `identity`, or of all.
   * A stream that is running goes on, and keeps what its sessions take from now on: at a logout close them first.
   *
   * @example
   * ```ts
   * await broker.forget('/orders', { identity: user.id }) // one stream
   * await broker.forget(undefined, { identity: user.id }) // all of this user
   * await broker.forget()                                 // all
   * ```
   */
  forget(address?: Address, options?: RequestOptions): Promise<void>

  /** Ends this page's part in it: its sessions close, and it leaves the worker. Other tabs go on. */
  close(): Promise<void>
}

/**
 * Makes a broker. Options given here are the defaults of all its sessions. Throws `SseError('options')` that names
 * the option, its value and what is allowed. Brokers of one name share their connections, wherever they are made.
 *
 * @example
 * ```ts
 * const broker = createBroker({ reconnectionTime: 1000, maxReconnectionAttempts: 10 })
 * ```
 */
export function createBroker<W extends WorkerTypes = WorkerTypes>(options: BrokerOptions = {}): Broker<W> {
  checkBrokerOptions(options)
  return new PageBroker(options)
}

/**
 * A ready-made broker with the default options. Nothing starts before its first use.
 *
 * @example
 * ```ts
 * import { broker } from 'sse-broker'
 * const session = await broker.sseSession('/events')
 * ```
 */
export const broker: Broker = /* @__PURE__ */ createBroker()
