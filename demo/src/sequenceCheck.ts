import type { Sequenced } from '../vitals.js'

export type Tally = { events: number; missing: number; double: number }

/**
 * Proves a tab's stream whole from the numbers the server gave its events. It goes by the number within each name,
 * since a tab that reads three of seven names has holes in the overall numbers that are no loss.
 */
export class SequenceCheck {
  readonly #last = new Map<string, number>()
  readonly #tally: Tally = { events: 0, missing: 0, double: 0 }

  get tally(): Readonly<Tally> {
    return this.#tally
  }

  take(name: string, { nth }: Sequenced): void {
    const last = this.#last.get(name)
    this.#tally.events++
    if (last !== undefined && nth <= last) {
      this.#tally.double++
      return
    }
    if (last !== undefined) this.#tally.missing += nth - last - 1
    this.#last.set(name, nth)
  }

  /** The next event of each name begins a new run: the session is a new one, or the server has told of a loss. */
  startOver(): void {
    this.#last.clear()
  }
}
