import type { ServerCounts } from '../vitals.js'
import { element, write } from './element.js'
import { count, plural } from './format.js'

/** The server's own count of its connections, and whether that is still news. */
export class ServerCountsShown {
  readonly #open = element('connections')
  readonly #word = element('connections-word')
  readonly #total = element('connections-total')
  #note = 'not heard yet'

  show({ open, total }: ServerCounts): void {
    write(this.#open, count(open))
    write(this.#word, plural(open, 'connection', 'connections'))
    this.#note = `${count(total)} since it started`
    write(this.#total, this.#note)
  }

  /** While no stream is open, the last count is only what was heard last. */
  streamIs(open: boolean): void {
    const heard = this.#note !== 'not heard yet'
    write(this.#total, open || !heard ? this.#note : 'when last heard')
  }
}
