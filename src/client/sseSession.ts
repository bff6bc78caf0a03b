import type { SseEvent } from '../protocol/event.js'
import type { Gap } from '../protocol/gap.js'
import type { SseCall } from './call.js'
import type { SessionStatus } from './status.js'

/**
 * A page's handle on one stream. Sessions with the same address share one connection, across all tabs.
 *
 * @example
 * ```ts
 * await using session = await broker.sseSession('/prices', { events: ['price'], deserialize: 'json' })
 * for await (const { data } of session.incoming) render(data)
 * ```
 */
export interface SseSession<T = string> extends AsyncDisposable {
  /**
   * The session's events, in order, each once. One reader; a second one throws `SseError('options')`. Leaving the
   * loop closes the session. Ends when the stream ends; throws its `SseError` when it failed, and the signal's
   * reason when that was aborted. When `deserialize` throws, the reader gets `SseError('decode')` in the event's
   * place; the session stays open, and a new loop goes on with the next event.
   *
   * Carries back-pressure: what is not taken waits in the worker, within bounds.
   */
  readonly incoming: AsyncIterableIterator<SseEvent<T>, undefined>
  /** Request and response of the current connection. */
  readonly call: SseCall
  /** What the connection is doing now, and the id of the last event taken. */
  readonly status: SessionStatus
  /** Calls back on every change of `status`. Returns what stops it. */
  onStatus(listener: (status: SessionStatus) => void): () => void
  /** Calls back for every stretch of events that this session does not get. Returns what stops it. */
  onGap(listener: (gap: Gap) => void): () => void
  /**
   * Calls back for every event of a name, or for all with `'*'` (comments and retries too). Returns what stops
   * it. Events count as taken when the listeners return, so there is no back-pressure; beside a reader of
   * `incoming`, listeners hear what comes from now on. What a listener throws goes to `reportError`.
   */
  on(type: string, listener: (event: SseEvent<T>) => void): () => void
  /** The same as `incoming`, as a stream: `session.readable.pipeThrough(…)`. Takes the reader's place. */
  readonly readable: ReadableStream<SseEvent<T>>
  /**
   * Ends the session; `incoming` ends without an error. The connection closes a second after its last session,
   * so that a page that navigates does not reconnect. Settles when the worker knows; never rejects.
   */
  close(): Promise<void>
}
