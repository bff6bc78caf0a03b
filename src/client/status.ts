import type { StreamStatus } from '../protocol/status.js'
import type { StreamPolicy } from '../protocol/subscription.js'
import { errorFromData, type SseError } from './sseError.js'

/**
 * What a session's connection is doing now. Closed union by `state`, made to be shown:
 *
 * - `connecting`: a request is under way; `attempt` counts from 1 and starts anew after a healthy connection.
 * - `open`: events can come, `since` (milliseconds since the epoch).
 * - `waiting`: the connection is gone because of `error`; attempt number `attempt` begins at `retryAt`
 *   (milliseconds since the epoch). The session lives on.
 * - `closed`: for good. `ended`: the server had nothing more (204, or the end of a stream that does not
 *   reconnect). `closed`: by `close()`, or by leaving the loop. `aborted`: by the signal. `failed`: with `error`.
 *
 * `cursor` is the id of the last event that this session's reader has taken, `''` before one.
 * `policy` is there when an earlier session of the stream asked for another one, which is in force.
 * While the browser is offline a session waits with `retryAt: Infinity`.
 *
 * @example
 * ```ts
 * session.onStatus((status) => {
 *   if (status.state === 'waiting') show(`next try in ${status.retryAt - Date.now()} ms`)
 * })
 * ```
 */
export type SessionStatus = SessionState & { readonly cursor: string; readonly policy?: StreamPolicy }

export type SessionState =
  | { readonly state: 'connecting'; readonly attempt: number }
  | { readonly state: 'open'; readonly since: number }
  | {
      readonly state: 'waiting'
      readonly attempt: number
      readonly retryAt: number
      readonly error: SseError
    }
  | { readonly state: 'closed'; readonly reason: 'ended' | 'closed' | 'aborted' }
  | { readonly state: 'closed'; readonly reason: 'failed'; readonly error: SseError }

/** The state a stream is in, as a session shows it. */
export function stateFromData(status: StreamStatus): SessionState {
  switch (status.state) {
    case 'connecting':
      return { state: 'connecting', attempt: status.attempt }
    case 'open':
      return { state: 'open', since: status.since }
    case 'waiting':
      return { ...status, error: errorFromData(status.error) }
    case 'closed':
      return status.reason === 'failed'
        ? { state: 'closed', reason: 'failed', error: errorFromData(status.error) }
        : { state: 'closed', reason: status.reason }
  }
}
