import { Fifo } from '../core/fifo.js'
import type { PastEvent } from '../protocol/message.js'
import type { Place, Resume } from '../protocol/subscription.js'
import type { Mark } from './received.js'

/** How many events a session remembers: more than can lie unread in its tab. Older ones it knows by their position. */
export const MAX_MARKS = 2048

interface Sighting {
  readonly mark: Mark
  readonly novelty: 'new' | 'known'
}

/** What a new broker may send again. */
interface Expected {
  readonly inOrder: readonly Mark[]
  readonly indexes: ReadonlyMap<string, number>
  /** Index of the next one: they come in their order. */
  next: number
  /** What lies before this position is older than all that the session remembers. */
  readonly oldest: number
}

/**
 * What a session has received lately. After a worker's death the new one starts from a cursor that is safe for all
 * sessions, so events come a second time, and the session must not yield them again.
 *
 * An event is known by its id, its number among the events that carry that id (events without an id of their own carry
 * the one before), and a fingerprint. What is unknown is new, unless it is older than all that is remembered, or lies in
 * a gap that the session was told of. A server that does not replay sends what is unknown, and loses nothing by it; nor
 * does one that gives its ids anew. Events without an id of their own are known only behind one that has come again:
 * right after the start nobody can tell whether the server sends them once more, and double is better than never.
 */
export class ReceivedIds {
  #marks = new Fifo<Mark>()
  #expected: Expected | undefined
  /** Id and number of the event before the next one. */
  #previous = { id: '', ordinal: 0 }
  /** Whether the run of events under one id began in this connection, so that their numbers count. */
  #run: 'whole' | 'cut' = 'whole'
  /** Position before the session's first event. */
  #joinedAt = 0
  #lostSince: number | undefined
  #kept: (Place & { readonly lineage: string }) | undefined
  #epoch = 0

  /** Number of the present broker, counted by the session. */
  get epoch(): number {
    return this.#epoch
  }

  /** What the next broker is to know. */
  get resume(): Resume | undefined {
    if (this.#kept === undefined) return undefined
    const { lineage, ...kept } = this.#kept
    const marks = this.#inOrder()
    const unread = marks.findIndex(({ progress }) => progress === 'unread')
    const done = placeOf(unread === -1 ? marks : marks.slice(0, unread))
    const latest = placeOf(marks)
    return {
      lineage,
      kept,
      ...(done === undefined ? {} : { done }),
      ...(latest === undefined ? {} : { latest }),
    }
  }

  /** Notes an event with data, and says whether the session has it already. */
  receive(id: string, position: number, print: number): Sighting {
    const ordinal = this.#count(id)
    const mark = this.#mark(id, ordinal, print, position, 'unread')
    const known = this.#recognize(mark)
    if (known !== undefined) return { mark: known, novelty: 'known' }
    this.#add(mark)
    return { mark, novelty: 'new' }
  }

  /** A comment or a retry, which no server sends again. */
  receiveMarginal(position: number): Mark {
    return this.#mark('', 0, 0, position, 'unread')
  }

  /** Events of this stream that the session does not get, but may get after a worker's death. */
  past(until: number, events: readonly PastEvent[]): void {
    this.#joinedAt = until
    for (const [position, id, print] of events) {
      this.#add(this.#mark(id, this.#count(id), print, position, 'taken'))
    }
  }

  /** Events after this position and before the next one were lost, and are not to come after all. */
  lost(since: number): void {
    this.#lostSince = since
  }

  /** A batch is over: a gap lies before its events or between them, not behind them. */
  endBatch(): void {
    this.#lostSince = undefined
  }

  /** The cursor on disk. */
  keep(lineage: string, place: Place): void {
    if (this.#kept !== undefined && this.#kept.lineage !== lineage) this.#forgetAll()
    this.#kept = { ...place, lineage }
  }

  /** The broker has died; the next one may send again what this session has. */
  restart(): void {
    this.#epoch += 1
    this.#expectAll()
  }

  /** What comes now begins after this place, and may hold what the session has. */
  again({ id, position }: Place): void {
    this.#expectAll()
    this.#previous = { id, ordinal: 0 }
    this.#run = 'cut'
    const expected = this.#expected
    if (expected === undefined) return
    // What lies at or before the start does not come again: it is before everything that will.
    const start =
      expected.indexes.get(keyOf(id, 0)) ??
      expected.inOrder.filter((mark) => mark.position <= position).length - 1
    this.#passUpTo(expected, start)
  }

  #inOrder(): Mark[] {
    return [...this.#marks, ...(this.#expected?.inOrder.slice(this.#expected.next) ?? [])]
  }

  #expectAll(): void {
    const inOrder = this.#inOrder()
    this.#marks.clear()
    this.#expected = {
      inOrder,
      indexes: new Map(inOrder.map((mark, index) => [keyOf(mark.id, mark.ordinal), index])),
      next: 0,
      oldest: inOrder[0]?.position ?? this.#joinedAt + 1,
    }
  }

  #passUpTo(expected: Expected, index: number): void {
    for (const passed of expected.inOrder.slice(expected.next, index + 1)) this.#add(passed)
    expected.next = Math.max(expected.next, index + 1)
    // With nothing to expect it is still older events that must not be taken for new ones.
    if (expected.next > 0 && expected.next === expected.inOrder.length) this.#expected = undefined
  }

  /** Another lineage: a stream that started from nothing counts anew, and knows nothing of what this session has. */
  #forgetAll(): void {
    this.#marks.clear()
    this.#expected = undefined
    this.#joinedAt = 0
  }

  #count(id: string): number {
    const ordinal = id === this.#previous.id ? this.#previous.ordinal + 1 : 0
    this.#previous = { id, ordinal }
    if (ordinal === 0) this.#run = 'whole'
    return ordinal
  }

  #recognize(sighting: Mark): Mark | undefined {
    const expected = this.#expected
    const { id, ordinal, position } = sighting
    // Without an id nothing can be asked for again, nor recognized.
    if (expected === undefined || id === '' || this.#run === 'cut') return undefined
    const index = expected.indexes.get(keyOf(id, ordinal)) ?? -1
    const isSame = expected.inOrder[index]?.fingerprint === sighting.fingerprint
    if (isSame && index >= expected.next) return this.#pass(expected, index, position)
    const next = expected.inOrder[expected.next]
    const isLost = next?.lostSince !== undefined && position > next.lostSince && position < next.position
    if (!isLost && position >= expected.oldest) return undefined
    sighting.progress = 'taken'
    return sighting
  }

  #pass(expected: Expected, index: number, position: number): Mark | undefined {
    const mark = expected.inOrder[index]
    if (mark === undefined) return undefined
    // In the new broker's numbers: it is the one to be told when the event is taken.
    mark.position = mark.report = position
    mark.epoch = this.#epoch
    // What was jumped over did not come again; it keeps its place before this one.
    this.#passUpTo(expected, index)
    return mark
  }

  #mark(id: string, ordinal: number, print: number, position: number, progress: Mark['progress']): Mark {
    return {
      id,
      ordinal,
      fingerprint: print,
      position,
      epoch: this.#epoch,
      progress,
      report: position,
      lostSince: this.#lostSince,
    }
  }

  #add(mark: Mark): void {
    this.#marks.push(mark)
    if (this.#marks.size > MAX_MARKS) this.#marks.shift()
  }
}

function keyOf(id: string, ordinal: number): string {
  return `${ordinal} ${id}`
}

/** Where a server is to be asked for what comes after these events: at the one that brought the last id. */
function placeOf(marks: readonly Mark[]): Place | undefined {
  const last = marks.at(-1)
  if (last === undefined) return undefined
  // Without ids there is only the position, which tells something to the same worker.
  if (last.id === '') return { id: '', position: last.position }
  const own = marks.filter(({ id, ordinal }) => id === last.id && ordinal === 0).at(-1) ?? last
  return { id: own.id, position: own.position }
}
