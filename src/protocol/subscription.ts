import type { Headers } from './headers.js'
import type { Match, NamedFilter } from './json.js'
import type { SessionId } from './message.js'

/** What a stream sends to the server: together with `share` its identity. */
export interface StreamRequest {
  readonly url: string
  readonly method: string
  readonly headers?: Headers
  /** Replayed on each reconnection; its content type is among the headers. */
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined
  /** Default `same-origin`. */
  readonly credentials?: 'omit' | 'same-origin' | 'include' | undefined
  /** Whose stream it is, where the headers do not say. */
  readonly identity?: string | undefined
  /** Further headers come from a tab, asked before every attempt. */
  readonly asksTab?: true | undefined
  /** Makes the stream unlike any other: it is not shared. */
  readonly own?: string | undefined
}

/** How a stream keeps its connection: the first session decides. */
export interface StreamPolicy {
  /** Consecutive failed attempts to reconnect after which the stream gives up. */
  readonly maxReconnectionAttempts: number
  /** Base of the delay before a reconnection in milliseconds, until the server sends a `retry`. */
  readonly reconnectionTime: number
  /** The growth of that delay; `false` keeps it constant. */
  readonly backoff?: Backoff
  /** Statuses to try again on, instead of the built-in list. */
  readonly retryOn?: readonly number[]
  readonly connectTimeoutMs?: number
  /** Without a byte for so long the connection is dropped; without this it may be silent for ever. */
  readonly idleTimeoutMs?: number
  /** In characters. */
  readonly maxEventSize?: number
  readonly bufferPolicy?: BufferPolicy
  readonly resume?: 'persisted' | 'memory' | 'none'
  readonly resumeMaxAgeMs?: number
  /** Where the stream starts when nothing is kept. */
  readonly lastEventId?: string
}

/** How the delay before a reconnection grows with each failure. */
export type Backoff =
  | false
  | {
      /** Multiplies the delay's ceiling with each consecutive failure. */
      readonly factor?: number
      readonly maxMs?: number
      /** From 0 (none) to 1 (full): the part of the span above the base that chance draws from. */
      readonly jitter?: number
    }

/** How much of the text received lately an error shows. */
export type BufferPolicy =
  | 'off'
  | 'all'
  | 'lastEvent'
  | { readonly lastLines: number }
  | { readonly lastEvents: number }

/** What one session wants of its stream. */
export interface Interest {
  /** Names of the events to let through; all when absent. */
  readonly events?: readonly string[] | undefined
  /** Fields of the data that decide, where it is JSON. */
  readonly match?: Match | undefined
  /** A filter of the worker that decides. */
  readonly filter?: NamedFilter | undefined
  /** A codec of the worker that makes what the session gets. */
  readonly codec?: string | undefined
  readonly showCommentEvents: boolean
  readonly showRetryEvents: boolean
}

/** The bounds of a session's queue in the broker, and what happens at them. */
export interface Overflow {
  /** Events. */
  readonly limit: number
  /** Characters, as they travel. */
  readonly maxChars: number
  /** How long the session may hold the stream back, in milliseconds. */
  readonly patienceMs: number
  /**
   * When its patience is used up: drop the oldest events and tell (`gap`); keep the newest event of each name, or of
   * each value of `by` (`latest`); end the session (`error`); hold the stream as long as it takes (`wait`).
   */
  readonly policy: 'gap' | 'latest' | 'error' | 'wait'
  /** No credit while the page is hidden; over its mark the session is behind at once, and holds nobody up. */
  readonly whenHidden?: 'hold'
  /** Path of a field in JSON data, its keys joined with dots: `latest` keeps one event for each of its values. */
  readonly by?: string
}

/** A session as the broker gets it. */
export interface Subscription {
  readonly session: SessionId
  readonly request: StreamRequest
  readonly policy: StreamPolicy
  readonly interest: Interest
  readonly overflow: Overflow
  /** How many of the stream's last events this session gets first. */
  readonly replay: number
  /** Where this session was with an earlier broker. */
  readonly resume?: Resume
}

/**
 * An event's id, and its position in its stream. Positions go on over the death of a worker, as long as the lineage is
 * the same: a new worker starts from a place, and numbers on.
 */
export interface Place {
  readonly id: string
  readonly position: number
}

/** What a session knows of its place in a stream when its broker has died. */
export interface Resume {
  /** Positions can be compared within one lineage; another one begins where a stream starts from nothing. */
  readonly lineage: string
  /** Up to here its reader has taken everything; absent before the first event. */
  readonly done?: Place
  /** Up to here it has received everything; absent before the first event. */
  readonly latest?: Place
  /** The kept cursor it was told last: safe to start from, for every session that was attached then. */
  readonly kept: Place
}
