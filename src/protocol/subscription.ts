import type { SessionId } from './message.js'

/** What a stream sends to the server: together with `share` its identity. */
export interface StreamRequest {
  readonly url: string
  readonly method: string
}

/** How a stream keeps its connection: the first session decides. */
export interface StreamPolicy {
  /** Consecutive failed attempts to reconnect after which the stream gives up. */
  readonly maxReconnectionAttempts: number
  /** Base of the delay before a reconnection in milliseconds, until the server sends a `retry`. */
  readonly reconnectionTime: number
}

/** What one session wants of its stream. */
export interface Interest {
  /** Names of the events to let through; all when absent. */
  readonly events?: readonly string[]
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
