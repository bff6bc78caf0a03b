import type { Place } from '../protocol/subscription.js'
import { Fifo } from './fifo.js'

/** Over so many checkpoints every second one goes: the kept cursor may be older for it, never newer. */
const MAX_CHECKPOINTS = 8192

/**
 * Where a stream is, in the server's ids: `received` is what a reconnection sends, `kept` is what outlives the
 * worker. Between the two lie checkpoints, one for every id that came with events not yet taken by everyone.
 */
export class Cursor {
  #received: string
  #kept: Place
  #checkpoints = new Fifo<Place>()

  constructor(received: string, kept: Place) {
    this.#received = received
    this.#kept = kept
  }

  /** Id of the last block received: what a reconnection sends as `Last-Event-ID`. */
  get received(): string {
    return this.#received
  }

  /** Safe to start from after any crash: what lies at or before its position will not come again. */
  get kept(): Place {
    return this.#kept
  }

  /** The block at this position carried an id. */
  receive(position: number, id: string): void {
    this.#received = id
    this.#checkpoints.push({ position, id })
    if (this.#checkpoints.size > MAX_CHECKPOINTS) this.#thin()
  }

  /** All sessions are done with the events up to this position. */
  keep(position: number): void {
    let next = this.#checkpoints.peek()
    while (next !== undefined && next.position <= position) {
      this.#kept = next
      this.#checkpoints.shift()
      next = this.#checkpoints.peek()
    }
  }

  /** A session came back that is behind what was kept. `after`: what the stream has received since that place. */
  goBack(place: Place, after: readonly Place[]): void {
    this.#kept = place
    this.#checkpoints.clear()
    for (const { position, id } of after) this.#checkpoints.push({ position, id })
  }

  #thin(): void {
    const all = [...this.#checkpoints]
    this.#checkpoints.clear()
    // The last one stays, or a session that has taken everything would keep an old id.
    all.forEach((checkpoint, i) => {
      if (i % 2 === 1 || i === all.length - 1) this.#checkpoints.push(checkpoint)
    })
  }
}
