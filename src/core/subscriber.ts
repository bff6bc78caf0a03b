import { CREDIT_CHARS, CREDIT_EVENTS } from '../protocol/credit.js'
import type { SseErrorData } from '../protocol/error.js'
import type { Gap } from '../protocol/gap.js'
import { fingerprint } from '../protocol/fingerprint.js'
import type { Delivery, PastEvent, SessionId } from '../protocol/message.js'
import type { SessionSnapshot } from '../protocol/snapshot.js'
import type { StreamStatus } from '../protocol/status.js'
import type { Interest, Overflow, Place, Resume, StreamPolicy } from '../protocol/subscription.js'
import type { Cancel, Clock } from './env.js'
import { Fifo } from './fifo.js'
import type { Filter } from './filter.js'
import { Outbox } from './outbox.js'
import type { Registry } from './registry.js'
import { createSelection, type Selection } from './selection.js'
import type { StreamEvent } from './streamEvent.js'

type Ending =
  | { readonly type: 'none' }
  | { readonly type: 'due'; readonly error?: SseErrorData }
  | { readonly type: 'told' }

interface InFlight {
  readonly position: number
  /** Where it begins, if it stands for more than one event. */
  readonly from?: number
  readonly chars: number
}

/**
 * The broker's side of a session: filter, outbox, credit.
 *
 * Its pace is `current` while the outbox is under its mark; `held` while it is over it and the stream waits, for
 * at most its patience; then `behind`: it holds nobody up and its overflow policy applies, until its outbox has run
 * empty.
 */
export class Subscriber {
  readonly session: SessionId
  readonly #clock: Clock
  readonly #overflow: Overflow
  readonly #wants: Filter
  readonly #shape: Selection['shape']
  readonly #onPace: () => void
  readonly #notices: Delivery[] = []
  readonly #outbox: Outbox
  readonly #inFlight = new Fifo<InFlight>()
  #inFlightChars = 0
  #pace: 'current' | 'held' | 'behind' = 'current'
  #patience: Cancel | undefined
  /** Shut: the page is hidden, and its session wants nothing until it is shown. */
  #gate: 'open' | 'shut' = 'open'
  /** The last event that was posted. */
  #sent: { readonly position: number; readonly id?: string } = { position: 0 }
  #ending: Ending = { type: 'none' }

  constructor(
    session: SessionId,
    interest: Interest,
    clock: Clock,
    overflow: Overflow,
    onPace: () => void,
    registry: Registry = {},
  ) {
    this.session = session
    const { wants, shape } = createSelection(interest, registry)
    this.#wants = wants
    this.#shape = shape
    this.#clock = clock
    this.#onPace = onPace
    this.#overflow = overflow
    this.#outbox = new Outbox(overflow)
  }

  /** Whether the stream waits for this session before it reads on. */
  get holds(): boolean {
    return this.#pace === 'held'
  }

  /** The page has been hidden or shown. */
  setVisibility(visibility: 'visible' | 'hidden'): void {
    this.#gate = visibility === 'hidden' && this.#overflow.whenHidden === 'hold' ? 'shut' : 'open'
  }

  /** The position up to which this session is done, given the stream's latest: taken, or let go by its filter. */
  donePosition(latest: number): number {
    const oldest = this.#inFlight.peek() ?? this.#outbox.peek()
    return oldest === undefined ? latest : this.#startOf(oldest) - 1
  }

  offer(event: StreamEvent): void {
    if (this.#ending.type !== 'none' || !this.#wants(event)) return
    this.#outbox.push(this.#shape(event))
    if (this.#pace === 'behind') this.#shorten()
  }

  /** Where the last so many events begin that this session wants; `undefined` where there is none. */
  startOfLast(count: number, events: readonly StreamEvent[]): number | undefined {
    const wanted = events.filter(this.#wants)
    return wanted[Math.max(0, wanted.length - count)]?.position
  }

  /** Statuses do not queue behind events: a page shows the state of now. */
  status(status: StreamStatus): void {
    this.#notices.push({ type: 'status', session: this.session, status })
  }

  /** Events are missing that nobody can send any more. */
  gap(gap: Gap): void {
    this.#notices.push({ type: 'gap', session: this.session, gap, since: this.#sent.position })
  }

  /** The stream has another policy than this session asked for. */
  policy(policy: StreamPolicy): void {
    this.#notices.push({ type: 'policy', session: this.session, policy })
  }

  /** The cursor on disk has moved. */
  kept(lineage: string, { position, id }: Place): void {
    this.#notices.push({ type: 'kept', session: this.session, lineage, position, id })
  }

  /** The session has been here before: what it gets now begins after `start`. */
  resumeAt(start: Place, { done, latest, kept }: Resume): void {
    this.#sent = latest ?? kept
    const from = (done ?? kept).position + 1
    // What lies unread in its tab and does not come again is in flight still: the cursor must not pass it.
    const unread = Math.min(start.position, this.#sent.position)
    if (unread >= from) this.#inFlight.push({ position: unread, from, chars: 0 })
    this.#notices.push({ type: 'again', session: this.session, ...start })
  }

  /** What came before this session and may come again after a worker's death. */
  past(until: number, events: readonly StreamEvent[]): void {
    this.#sent = { position: until }
    this.#notices.push({
      type: 'past',
      session: this.session,
      until,
      events: events
        .filter((event) => this.#wants(event))
        .flatMap(({ position, id, name, payload }): PastEvent[] =>
          typeof payload === 'string' ? [[position, id, fingerprint(name, payload)]] : [],
        ),
    })
  }

  /** The server is asked again from this place: what waits here or is unread in the tab will come once more. */
  again({ id, position }: Place): void {
    this.#outbox.clear()
    this.#inFlight.clear()
    this.#inFlightChars = 0
    this.#sent = { position }
    this.#notices.push({ type: 'again', session: this.session, id, position })
  }

  /** Nothing more will come; told after the last event of the outbox. */
  end(error?: SseErrorData): void {
    if (this.#ending.type !== 'none') return
    this.#ending = error === undefined ? { type: 'due' } : { type: 'due', error }
  }

  /** The reader has taken all events up to a position: their credit is free again. */
  taken(position: number): void {
    let oldest = this.#inFlight.peek()
    while (oldest !== undefined && oldest.position <= position) {
      this.#inFlight.shift()
      this.#inFlightChars -= oldest.chars
      oldest = this.#inFlight.peek()
    }
  }

  /** What can be posted now, within the credit. */
  collect(): Delivery[] {
    const deliveries = this.#notices.splice(0)
    const batch = this.#batch()
    if (batch.length > 0) {
      const lost = this.#outbox.takeGap()
      if (lost !== undefined) deliveries.push(this.#gapBefore(lost, batch[0]))
      deliveries.push({
        type: 'events',
        session: this.session,
        batch: `[${batch.map((event) => event.wire).join()}]`,
      })
      this.#sent = batch.at(-1) ?? this.#sent
    }
    if (this.#ending.type === 'due' && this.#outbox.size === 0) {
      const { error } = this.#ending
      deliveries.push({
        type: 'end',
        session: this.session,
        ...(error === undefined ? {} : { error }),
      })
      this.#ending = { type: 'told' }
    }
    this.#updatePace()
    return deliveries
  }

  /** The session is gone: its timer too. */
  release(): void {
    this.#patience?.()
    this.#patience = undefined
    this.#pace = 'current'
  }

  snapshot(tab: string): SessionSnapshot {
    return {
      tab,
      pace: this.#pace,
      queued: this.#outbox.size,
      queuedChars: this.#outbox.chars,
      inFlight: this.#inFlight.size,
      lost: this.#outbox.lost,
    }
  }

  #startOf(oldest: InFlight | StreamEvent): number {
    return 'from' in oldest && oldest.from !== undefined ? oldest.from : oldest.position
  }

  #batch(): StreamEvent[] {
    const batch: StreamEvent[] = []
    let next = this.#outbox.peek()
    while (next !== undefined && this.#hasCreditFor(next)) {
      const chars = next.wire.length
      this.#outbox.shift()
      this.#inFlight.push({ position: next.position, chars })
      this.#inFlightChars += chars
      batch.push(next)
      next = this.#outbox.peek()
    }
    return batch
  }

  #hasCreditFor(event: StreamEvent): boolean {
    if (this.#gate === 'shut') return false
    // With nothing in flight one event always goes, or one larger than the whole credit would wait for ever.
    if (this.#inFlight.size === 0) return true
    return this.#inFlight.size < CREDIT_EVENTS && this.#inFlightChars + event.wire.length <= CREDIT_CHARS
  }

  /** `held` from half of the outbox, and `current` again at a quarter: it must not flap at one mark. */
  #updatePace(): void {
    const { fill } = this.#outbox
    if (this.#pace === 'current' && fill >= 0.5) {
      this.#pace = 'held'
      if (this.#overflow.policy === 'wait') return
      if (this.#gate === 'shut') {
        // Nobody reads there, and nobody is to wait for it.
        this.#fallBehind()
        return
      }
      this.#patience = this.#clock.after(this.#overflow.patienceMs, () => this.#fallBehind())
    } else if (this.#pace === 'held' && fill <= 0.25) {
      this.#patience?.()
      this.#pace = 'current'
      this.#onPace()
    } else if (this.#pace === 'behind' && this.#outbox.size === 0) {
      this.#pace = 'current'
      this.#outbox.keepAll()
    }
  }

  #fallBehind(): void {
    this.#pace = 'behind'
    if (this.#overflow.policy === 'latest') this.#outbox.keepNewest()
    this.#shorten()
    this.#onPace()
  }

  /** The session is behind, and its policy applies. */
  #shorten(): void {
    if (this.#outbox.fill <= 1) return
    if (this.#overflow.policy === 'error') {
      const { limit, maxChars } = this.#overflow
      const message = `The session did not read: more than ${limit} events or ${maxChars} characters wait for it`
      this.end({ code: 'overflow', message, attempts: 0 })
    } else {
      this.#outbox.dropOverLimit()
    }
  }

  #gapBefore(lost: Pick<Gap, 'reason' | 'lost'>, next: StreamEvent | undefined): Delivery {
    const { position, id } = this.#sent
    const gap: Gap = {
      ...lost,
      ...(id === undefined ? {} : { after: id }),
      ...(next === undefined ? {} : { before: next.id }),
    }
    return { type: 'gap', session: this.session, gap, since: position }
  }
}
