import { Fifo } from './fifo.js'
import type { StreamEvent } from './streamEvent.js'

export const LOG_MAX_EVENTS = 1024
export const LOG_MAX_CHARS = 1_048_576

/** A stream's last events, bounded in count and characters: a page that navigates finds here what it missed. */
export class EventLog {
  #events = new Fifo<StreamEvent>()
  #chars = 0
  /** Position of the last event that is no longer here. */
  #forgotten: number

  /** Begins after a position. */
  constructor(forgotten = 0) {
    this.#forgotten = forgotten
  }

  push(event: StreamEvent): void {
    this.#events.push(event)
    this.#chars += event.wire.length
    while (this.#events.size > LOG_MAX_EVENTS || this.#chars > LOG_MAX_CHARS) {
      const oldest = this.#events.shift()
      if (oldest === undefined) return
      this.#chars -= oldest.wire.length
      this.#forgotten = oldest.position
    }
  }

  all(): StreamEvent[] {
    return [...this.#events]
  }

  /** All events after a position; `undefined` when some of them are gone. */
  after(position: number): StreamEvent[] | undefined {
    if (position < this.#forgotten) return undefined
    return [...this.#events].filter((event) => event.position > position)
  }
}
