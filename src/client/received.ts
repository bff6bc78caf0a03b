import type { SseEvent } from '../protocol/event.js'

/** What a session remembers of an event when its data is long gone. */
export interface Mark {
  readonly id: string
  /** Its number among the events that carry this id: 0 is the one that brought it. */
  readonly ordinal: number
  readonly fingerprint: number
  /** Which lineage its position is of, counted by the session; only a broker of that one is told when it is taken. */
  epoch: number
  position: number
  progress: 'unread' | 'taken'
  /** What to report when it is taken: more than its position when known events came behind it. */
  report: number
  /** Events between this position and its own were lost before it, and the session was told. */
  readonly lostSince: number | undefined
}

/** An event that has reached its session. */
export interface Received {
  /** Its data as it came: text, or what a codec in the worker made of it. */
  readonly event: SseEvent<unknown>
  /** Its share of the credit. */
  readonly chars: number
  readonly mark: Mark
}
