/**
 * A stretch of events that a session does not get.
 *
 * @example
 * ```ts
 * session.onGap(({ reason, lost }) => warn(`${lost ?? 'some'} events are missing (${reason})`))
 * ```
 *
 * A session is always told why:
 *
 * - `overflow`: it did not read for longer than its patience, and its queue is full.
 * - `replaced`: an older event gave way to a newer one of the same kind.
 * - `unresumable`: the events between two connections can no longer be had.
 */
export interface Gap {
  readonly reason: 'overflow' | 'replaced' | 'unresumable'
  /** How many events, where that is known. */
  readonly lost?: number
  /** Id of the last event before the gap. */
  readonly after?: string
  /** Id of the first event after it. */
  readonly before?: string
}
