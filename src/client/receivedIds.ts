import { Fifo } from '../core/fifo.js'
import type { Place, Resume } from '../protocol/subscription.js'
import type { Mark } from './received.js'

/** Over so many marks the oldest are only counted: another tab that never reads keeps the cursor where it is. */
export const MAX_MARKS = 16_384

/** What a new broker may send again. */
interface Expected {
  readonly marks: ReadonlyMap<string, { readonly mark: Mark; readonly index: number }>
  readonly inOrder: readonly Mark[]
  /** Index of the next one: they come in their order. */
  next: number
  /** How many may come before the next one that the session does not have. */
  missing: number
}

/**
 * What a session has received since the kept cursor. After a worker's death the new one starts from that cursor,
 * so these events come a second time, and the session must not yield them again.
 *
 * An event's key is its id and its number among the events that carry that id: events without an id of their own
 * carry the one before. A server that does not replay sends keys that are unknown here, and loses nothing by it.
 */
export class ReceivedIds {
  #marks = new Fifo<Mark>()
  /** Events missing before the next one to come. */
  #missing = 0
  /** Absent once all of it has come. What never comes stays: an unknown event may well lie before it. */
  #expected: Expected | undefined
  #latest: { readonly id: string; readonly mark: Mark } | undefined
  /** Id and number of the event before the next one. */
  #previous = { id: '', ordinal: 0 }
  /** The last two cursors told: the worker may have died while the second one was being written. */
  #kept: readonly Place[] = []
  /** The broker that told them; absent while the present one has told none. */
  #earlier: { readonly incarnation: string; readonly epoch: number } | undefined
  #epoch = 0

  /** Number of the present broker, counted by the session. */
  get epoch(): number {
    return this.#epoch
  }

  /** What the next broker is to know. */
  get resume(): Resume | undefined {
    if (this.#kept.length === 0 || this.#earlier === undefined) return undefined
    const { incarnation, epoch } = this.#earlier
    if (this.#latest === undefined) return { incarnation, kept: this.#kept }
    const { id, mark } = this.#latest
    // One that this broker had not reached again before it died lies behind all that it counted.
    const position = mark.epoch === epoch ? mark.position : Number.MAX_SAFE_INTEGER
    return { incarnation, latest: { id, position }, kept: this.#kept }
  }

  /** Notes an event that comes, and says whether the session has it already. */
  receive(id: string, position: number): { readonly mark: Mark; readonly novelty: 'new' | 'known' } {
    const key = this.#keyOf(id)
    const known = id === '' ? undefined : this.#recognize(key)
    if (known !== undefined) {
      // In the new broker's numbers: it is the one to be told when the event is taken.
      known.position = position
      known.epoch = this.#epoch
      this.#add(known)
      return { mark: known, novelty: 'known' }
    }
    const mark = this.#mark(key, position, 'unread')
    // Without an id nothing can be resumed, nor recognized.
    if (id !== '') {
      this.#latest = { id, mark }
      this.#add(mark)
    }
    return { mark, novelty: 'new' }
  }

  /** Events of this stream that the session does not get, but would get after a worker's death. */
  past(events: readonly (readonly [position: number, id: string])[], unlisted: number): void {
    this.missing(unlisted)
    for (const [position, id] of events) {
      const key = this.#keyOf(id)
      if (id !== '') this.#add(this.#mark(key, position, 'taken'))
    }
  }

  /** So many events were lost before the next one: a new broker would send them, and the session was told already. */
  missing(count: number): void {
    this.#missing += count
  }

  /** A cursor was written. What lies before the one before it will not come again. A broker's first one is its start. */
  keep(position: number, id: string): void {
    const before = this.#earlier === undefined ? this.#kept.at(-1) : undefined
    this.#earlier = undefined
    this.#kept = [...(before === undefined ? [] : [before]), { position, id }]
    if (before === undefined) {
      this.#previous = { id, ordinal: 0 }
      return
    }
    let oldest = this.#marks.peek()
    while (oldest !== undefined && oldest.position <= before.position) {
      this.#marks.shift()
      oldest = this.#marks.peek()
    }
  }

  /** The broker has died; the next one counts its positions anew. */
  restart(incarnation: string): void {
    // One that had told nothing yet leaves us where its predecessor did.
    this.#earlier ??= { incarnation, epoch: this.#epoch }
    this.#epoch += 1
    this.#expectAll()
  }

  /** The server is asked again from an id: what the session has may come once more. */
  again(id: string): void {
    this.#expectAll()
    this.#previous = { id, ordinal: 0 }
  }

  #expectAll(): void {
    const rest = this.#expected?.inOrder.slice(this.#expected.next) ?? []
    const [next] = rest
    if (next !== undefined) next.missing = this.#expected?.missing ?? 0
    const inOrder = [...this.#marks, ...rest]
    this.#expected = {
      marks: new Map(inOrder.map((mark, index) => [mark.key, { mark, index }])),
      inOrder,
      next: 0,
      missing: inOrder[0]?.missing ?? 0,
    }
    this.#marks.clear()
    this.#missing = 0
  }

  #keyOf(id: string): string {
    const ordinal = id === this.#previous.id ? this.#previous.ordinal + 1 : 0
    this.#previous = { id, ordinal }
    return `${ordinal} ${id}`
  }

  #recognize(key: string): Mark | undefined {
    const expected = this.#expected
    if (expected === undefined) return undefined
    const found = expected.marks.get(key)
    if (found !== undefined && found.index >= expected.next) {
      // What is missing before one event may come behind it: of replaced events only the latest keep their place.
      for (const mark of expected.inOrder.slice(expected.next + 1, found.index + 2)) {
        expected.missing += mark.missing
      }
      for (const mark of expected.inOrder.slice(expected.next, found.index + 1)) mark.missing = 0
      expected.next = found.index + 1
      if (expected.next === expected.inOrder.length) this.#expected = undefined
      return found.mark
    }
    if (expected.missing === 0) return undefined
    expected.missing -= 1
    return this.#mark(key, 0, 'taken')
  }

  #mark(key: string, position: number, progress: Mark['progress']): Mark {
    const missing = this.#missing
    this.#missing = 0
    return { key, position, epoch: this.#epoch, progress, missing }
  }

  #add(mark: Mark): void {
    this.#marks.push(mark)
    if (this.#marks.size <= MAX_MARKS) return
    const dropped = this.#marks.shift()
    const oldest = this.#marks.peek()
    if (dropped !== undefined && oldest !== undefined) oldest.missing += dropped.missing + 1
  }
}
