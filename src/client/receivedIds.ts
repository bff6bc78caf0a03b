import { Fifo } from '../core/fifo.js'
import type { Received } from './received.js'

interface Known {
  readonly key: string
  readonly received: Received
}

/**
 * What a session has received since the cursor on disk. After a worker's death the new one starts from that
 * cursor, so these events come a second time, and the session must not yield them again.
 *
 * An event's key is its id and its number among the events that carry that id: events without an id of their own
 * carry the one before. A server that does not replay sends keys that are unknown here, and loses nothing by it.
 */
export class ReceivedIds {
  #known = new Fifo<Known>()
  /** What a new broker may send again, in its order; `undefined` once something came that is new. */
  #expected: Known[] | undefined
  #latestId: string | undefined
  /** Id and number of the event before the next one. */
  #previous = { id: '', ordinal: 0 }
  /** Id of the last event that will not come again. */
  #forgottenId = ''

  /** The id to go on after; `undefined` before the first event. */
  get latestId(): string | undefined {
    return this.#latestId
  }

  /** Notes an event; gives back the earlier one when this session has it already. */
  receive(received: Received): Received | undefined {
    const { id } = received.event
    const ordinal = id === this.#previous.id ? this.#previous.ordinal + 1 : 0
    this.#previous = { id, ordinal }
    // Without an id nothing can be resumed, nor recognized.
    if (id === '') return undefined
    const key = `${ordinal} ${id}`
    const at = this.#expected?.findIndex((known) => known.key === key) ?? -1
    const earlier = this.#expected?.[at]
    this.#expected = earlier === undefined ? undefined : this.#expected?.slice(at + 1)
    if (earlier === undefined) {
      this.#latestId = id
      this.#known.push({ key, received })
      return undefined
    }
    // In the new broker's numbers: it is the one to be told when the event is taken.
    earlier.received.position = received.position
    earlier.received.epoch = received.epoch
    this.#known.push(earlier)
    return earlier.received
  }

  /** The cursor on disk has reached this position: what lies before it will not come again. */
  forget(kept: number): void {
    let oldest = this.#known.peek()
    while (oldest !== undefined && oldest.received.position <= kept) {
      this.#forgottenId = oldest.received.event.id
      this.#known.shift()
      oldest = this.#known.peek()
    }
  }

  /** A new broker begins. */
  restart(): void {
    this.#expected = [...this.#known, ...(this.#expected ?? [])]
    this.#known.clear()
    this.#previous = { id: this.#forgottenId, ordinal: 0 }
  }
}
