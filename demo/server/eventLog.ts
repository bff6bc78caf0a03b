import type { Lost } from '../vitals.js'

type Entry = { seq: number; text: string }

export type Replay = { lost: Lost | undefined; texts: string[] }

/**
 * The last `limit` events, each with an id of its own, for clients that come back with `Last-Event-ID`.
 * An id names the server's life as well as the number: after a restart the numbers begin again, and an old
 * id must not be taken for a new one.
 */
export class EventLog {
  readonly #life: string
  readonly #limit: number
  readonly #entries: Entry[] = []
  readonly #counts = new Map<string, number>()
  #seq = 0

  constructor(life: string, limit: number) {
    this.#life = life
    this.#limit = limit
  }

  /** Numbers an event, keeps it, and returns the text to send. */
  add(name: string, at: number, value: object): string {
    const seq = ++this.#seq
    const nth = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, nth)
    const data = JSON.stringify({ seq, nth, at, ...value })
    const text = `id: ${this.#life}-${seq}\nevent: ${name}\ndata: ${data}\n\n`
    this.#entries.push({ seq, text })
    if (this.#entries.length > this.#limit) this.#entries.shift()
    return text
  }

  /** What a client that last saw `lastEventId` has missed. */
  since(lastEventId: string): Replay {
    const cut = lastEventId.lastIndexOf('-')
    const seen = Number(lastEventId.slice(cut + 1))
    const known = lastEventId.slice(0, cut) === this.#life && Number.isInteger(seen) && seen <= this.#seq
    if (!known) {
      // Replaying this life's log to a client of another life would be a rewind, not a resume.
      return { lost: { reason: 'server-restarted' }, texts: [] }
    }
    const missed = this.#entries.filter((entry) => entry.seq > seen)
    const gone = this.#seq - seen - missed.length
    return {
      lost: gone === 0 ? undefined : { reason: 'log-too-short', events: gone },
      texts: missed.map((entry) => entry.text),
    }
  }
}
