import type { SseEvent } from '../protocol/event.js'

/** What a session remembers of an event when its data is long gone. */
export interface Mark {
  readonly key: string
  /** Which broker sent it, counted by the session; only that one is told when it is taken. */
  epoch: number
  position: number
  progress: 'unread' | 'taken'
  /** How many events came before this one that the session does not have, and is not to get after all. */
  missing: number
}

/** An event that has reached its session. */
export interface Received {
  /** Its data as it came: text, or what a codec in the worker made of it. */
  readonly event: SseEvent<unknown>
  /** Its share of the credit. */
  readonly chars: number
  readonly mark: Mark
}
