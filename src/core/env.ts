import type { Place, StreamRequest } from '../protocol/subscription.js'

/**
 * All that the core gets from outside: time, network, storage and chance. A worker gives the real ones, a test
 * its own, so that a day of reconnects runs in a millisecond.
 */
export interface Env {
  readonly clock: Clock
  readonly network: Network
  readonly store: CursorStore
  /** A number from 0 up to but not including 1. */
  readonly random: () => number
  /** A text that nobody else has. */
  readonly unique: () => string
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls back once, after so many milliseconds, unless cancelled. */
  after(ms: number, callback: () => void): Cancel
}

export type Cancel = () => void

export interface Network {
  /** Begins a request. Failures come out of the connection's promises, never from this call. */
  open(request: ConnectionRequest): Connection
}

export interface ConnectionRequest {
  readonly url: string
  readonly method: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: StreamRequest['body']
  readonly credentials: StreamRequest['credentials']
}

/** One HTTP attempt. */
export interface Connection {
  /** Rejects when there is no answer. */
  readonly response: Promise<ResponseHead>
  /** The next stretch of the body as text; `undefined` at its end. Rejects when the connection breaks. */
  read(): Promise<string | undefined>
  /** Aborts the request or the body. What is pending may reject or never settle. */
  close(): void
}

export interface ResponseHead {
  readonly status: number
  readonly statusText: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly url: string
}

/** Where cursors outlive the worker. */
export interface CursorStore {
  load(stream: string): Promise<KeptCursor | undefined>
  save(stream: string, cursor: KeptCursor): Promise<void>
  /** Drops cursors: of one stream, of one identity, or of all. */
  forget(what: Forgotten): Promise<void>
}

export interface KeptCursor extends Place {
  readonly lineage: string
  /** When it was kept, milliseconds since the epoch. */
  readonly at: number
  /** Whose stream it is, so that all of one user's can be dropped. */
  readonly identity?: string
}

export type Forgotten =
  | { readonly type: 'stream'; readonly stream: string }
  | { readonly type: 'identity'; readonly identity: string }
  | { readonly type: 'all' }
