import { Fifo } from './fifo.js'

/** Over so many checkpoints every second one goes: the kept cursor may be older for it, never newer. */
const MAX_CHECKPOINTS = 8192

/**
 * Where a stream is, in the server's ids: `received` is what a reconnection sends, `kept` is what outlives the
 * worker. Between the two lie checkpoints, one for every id that came with events not yet taken by everyone.
 */
export class Cursor {
  #received: string
  #kept: { readonly position: number; readonly id: string }
  #checkpoints = new Fifo<{ readonly position: number; readonly id: string }>()

  constructor(id: string) {
    this.#received = id
    this.#kept = { position: 0, id }
  }

  /** Id of the last block received: what a reconnection sends as `Last-Event-ID`. */
  get received(): string {
    return this.#received
  }

  /** Id that is safe to start from after any crash. */
  get kept(): string {
    return this.#kept.id
  }

  /** Position of the last event that will not come again when a stream starts from `kept`. */
  get keptPosition(): number {
    return this.#kept.position
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

  /** Goes back to what is kept: the next connection gets again what no session has taken. */
  rewind(): void {
    this.#received = this.#kept.id
    this.#checkpoints.clear()
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
