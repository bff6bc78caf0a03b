import type { Gap } from '../protocol/gap.js'
import type { Overflow } from '../protocol/subscription.js'
import { keyAt } from './dataPath.js'
import { Fifo } from './fifo.js'
import type { StreamEvent } from './streamEvent.js'

interface Entry {
  readonly event: StreamEvent
  /** Given way to a newer one of its kind; it keeps its place until the queue reaches it. */
  state: 'queued' | 'replaced'
}

/** Events that wait for credit, and what was lost on the way. */
export class Outbox {
  readonly #overflow: Overflow
  readonly #entries = new Fifo<Entry>()
  /** The newest of each kind, while only those are kept. */
  #newest: Map<string, Entry> | undefined
  #size = 0
  #chars = 0
  #lost = 0
  /** Lost since the last event that was taken out. */
  #gap: { readonly reason: 'overflow' | 'replaced'; lost: number } | undefined

  constructor(overflow: Overflow) {
    this.#overflow = overflow
  }

  get size(): number {
    return this.#size
  }

  /** Entries in memory, those that gave way among them. */
  get held(): number {
    return this.#entries.size
  }

  get chars(): number {
    return this.#chars
  }

  /** Events lost since the session began. */
  get lost(): number {
    return this.#lost
  }

  /** How full it is: over 1 it is over a limit. */
  get fill(): number {
    return Math.max(this.#size / this.#overflow.limit, this.#chars / this.#overflow.maxChars)
  }

  push(event: StreamEvent): void {
    const entry: Entry = { event, state: 'queued' }
    this.#entries.push(entry)
    this.#size += 1
    this.#chars += event.wire.length
    if (this.#newest !== undefined) this.#replaceOlder(entry)
  }

  /** The next event to go. */
  peek(): StreamEvent | undefined {
    let entry = this.#entries.peek()
    while (entry?.state === 'replaced') {
      this.#entries.shift()
      entry = this.#entries.peek()
    }
    return entry?.event
  }

  shift(): StreamEvent | undefined {
    const event = this.peek()
    if (event === undefined) return undefined
    const entry = this.#entries.shift()
    this.#size -= 1
    this.#chars -= event.wire.length
    // It is on its way, and no newer one can take its place.
    if (entry !== undefined) this.#forget(entry)
    return event
  }

  /** Forgets all that waits: it will come again, and so will what was lost and not yet told. */
  clear(): void {
    this.#lost -= this.#gap?.lost ?? 0
    this.#gap = undefined
    this.#entries.clear()
    this.#newest?.clear()
    this.#size = 0
    this.#chars = 0
  }

  /** What was lost before the next event; told once. */
  takeGap(): Pick<Gap, 'reason' | 'lost'> | undefined {
    const gap = this.#gap
    this.#gap = undefined
    return gap
  }

  /** From now on, until `keepAll`, only the newest event of each kind is kept. */
  keepNewest(): void {
    this.#newest = new Map()
    // A copy: what gives way may be cleared out on the way.
    for (const entry of [...this.#entries]) {
      if (entry.state === 'queued') this.#replaceOlder(entry)
    }
  }

  keepAll(): void {
    this.#newest = undefined
  }

  /** Drops the oldest events until both limits are met; one event always stays. */
  dropOverLimit(): void {
    while (this.fill > 1 && this.#size > 1) {
      this.shift()
      this.#lose('overflow')
    }
  }

  #replaceOlder(entry: Entry): void {
    const kind = this.#kindOf(entry.event)
    const older = this.#newest?.get(kind)
    this.#newest?.set(kind, entry)
    if (older === undefined) return
    older.state = 'replaced'
    this.#size -= 1
    this.#chars -= older.event.wire.length
    this.#lose('replaced')
    // The head may never move, and what gave way behind it would pile up.
    if (this.#entries.size > 64 && this.#entries.size > 2 * this.#size) this.#compact()
  }

  #compact(): void {
    const queued = [...this.#entries].filter(({ state }) => state === 'queued')
    this.#entries.clear()
    for (const entry of queued) this.#entries.push(entry)
  }

  #forget(entry: Entry): void {
    if (this.#newest === undefined) return
    const kind = this.#kindOf(entry.event)
    if (this.#newest.get(kind) === entry) this.#newest.delete(kind)
  }

  #kindOf(event: StreamEvent): string {
    const { name, payload } = event
    const { by } = this.#overflow
    const value = by === undefined || typeof payload !== 'string' ? undefined : keyAt(event, payload, by)
    return JSON.stringify([name, typeof payload, value])
  }

  #lose(reason: 'overflow' | 'replaced'): void {
    this.#lost += 1
    // Dropped is the worse news: of a replaced event at least a newer one comes.
    this.#gap = {
      reason: this.#gap?.reason === 'overflow' ? 'overflow' : reason,
      lost: (this.#gap?.lost ?? 0) + 1,
    }
  }
}
