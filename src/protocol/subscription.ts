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

/** A session as the broker gets it. */
export interface Subscription {
  readonly session: SessionId
  readonly request: StreamRequest
  readonly policy: StreamPolicy
  readonly interest: Interest
  /** Where this session was with an earlier broker. */
  readonly resume?: Resume
}

/** An event's id, and its position in the stream of one broker's life. */
export interface Place {
  readonly id: string
  readonly position: number
}

/** What a session knows of its place in a stream when its broker has died. */
export interface Resume {
  /** Which life of the broker counted the positions. */
  readonly incarnation: string
  /** The last event it received; absent before the first. */
  readonly latest?: Place
  /** The latest kept cursors it was told, oldest first: all safe to start from, for every session. */
  readonly kept: readonly Place[]
}
