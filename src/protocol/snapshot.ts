import type { StreamStatus } from './status.js'

/**
 * What `broker.inspect()` shows: the broker's state at one moment, for people and for tests.
 *
 * @example
 * ```ts
 * const { streams } = await broker.inspect()
 * for (const { url, status, sessions } of streams) console.log(url, status.state, sessions.length)
 * ```
 */
export interface BrokerSnapshot {
  readonly host: 'shared'
  readonly incarnation: string
  readonly protocolVersion: number
  /** `outdated` when a worker of another build has started since this one. */
  readonly build: 'newest' | 'outdated'
  readonly tabs: readonly { readonly id: string; readonly sessions: number }[]
  readonly streams: readonly StreamSnapshot[]
}

/** One stream of a {@link BrokerSnapshot}. */
export interface StreamSnapshot {
  readonly url: string
  readonly status: StreamStatus
  /** The `Last-Event-ID` a reconnection would send now. */
  readonly cursor: string
  /** The `Last-Event-ID` kept for after a restart: never ahead of what every session has taken. */
  readonly keptCursor: string
  /** Whether the kept cursor reaches the disk; `memory` when the storage fails, with its last error; `off` by the option `resume`. */
  readonly storage:
    | { readonly state: 'kept' }
    | { readonly state: 'memory'; readonly error: string }
    | { readonly state: 'off' }
  /** Events received since the stream began. */
  readonly events: number
  /** Connections made since the stream began. */
  readonly connections: number
  readonly sessions: readonly SessionSnapshot[]
}

/** One session of a {@link StreamSnapshot}. */
export interface SessionSnapshot {
  readonly tab: string
  /** How it keeps up: `current`, `held` (the stream waits for it), `behind` (it loses events). */
  readonly pace: 'current' | 'held' | 'behind'
  /** Events waiting in the broker, and their characters. */
  readonly queued: number
  readonly queuedChars: number
  /** Events posted to the tab that its reader has not taken. */
  readonly inFlight: number
  /** Events lost to overflow. */
  readonly lost: number
}
