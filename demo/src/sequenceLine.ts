import type { Lost } from '../vitals.js'
import { element, write } from './element.js'
import { count } from './format.js'
import { inNextFrame } from './frame.js'
import type { Tally } from './sequenceCheck.js'

const quiet = 'The server numbers its events. A number skipped or seen twice would show here.'

/** "1,284 events, 0 missing, 0 double", and what the server said it could not replay. */
export class SequenceLine {
  readonly #events = element('events')
  readonly #missing = element('missing')
  readonly #double = element('double')
  readonly #note = element('check-note')
  readonly #tally: Readonly<Tally>

  constructor(tally: Readonly<Tally>) {
    this.#tally = tally
    write(this.#note, quiet)
  }

  show(): void {
    inNextFrame(this.#paint)
  }

  showLost(lost: Lost): void {
    const what =
      lost.reason === 'server-restarted'
        ? 'The server was restarted and has no log of what it sent before.'
        : `The server's log no longer held ${count(lost.events)} of the events that this tab missed.`
    write(this.#note, `${what} The check goes on from here.`)
    this.#note.classList.add('is-told')
  }

  readonly #paint = (): void => {
    const { events, missing, double } = this.#tally
    write(this.#events, count(events))
    write(this.#missing, count(missing))
    write(this.#double, count(double))
    element('missing-part').classList.toggle('is-fault', missing > 0)
    element('double-part').classList.toggle('is-fault', double > 0)
  }
}
