import type { SseEvent } from '../protocol/event.js'
import { Listeners } from './listeners.js'

/** The listeners of `session.on()`: by name of the event, or `'*'` for all. */
export class EventListeners<T> {
  readonly #listeners = new Listeners<SseEvent<T>>()

  get isEmpty(): boolean {
    return this.#listeners.isEmpty
  }

  add(type: string, listener: (event: SseEvent<T>) => void): () => void {
    if (type === '*') return this.#listeners.add(listener)
    return this.#listeners.add((event) => {
      // Comments and retries have no name; only `'*'` hears them.
      const hasName = event.comments === undefined && event.retry === undefined
      if (hasName && event.event === type) listener(event)
    })
  }

  call(event: SseEvent<T>): void {
    this.#listeners.call(event)
  }
}
