import type { Marginal } from '../protocol/event.js'
import type { Gap } from '../protocol/gap.js'
import type { Place, Resume } from '../protocol/subscription.js'
import { Cursor } from './cursor.js'
import { CursorKeeper } from './cursorKeeper.js'
import type { Env } from './env.js'
import { EventLog } from './eventLog.js'
import { type ResumePolicy, storeUnder } from './resumePolicy.js'
import { type StreamEvent, streamEvent } from './streamEvent.js'

/** What a session that comes to a running stream is given first. */
export type CatchUp =
  | { readonly type: 'events'; readonly events: readonly StreamEvent[] }
  /** Something is missing before these events. */
  | { readonly type: 'gap'; readonly gap: Gap; readonly events: readonly StreamEvent[] }
  /** Only the server still has it: ask again, from here. */
  | { readonly type: 'rewind'; readonly start: Start }

/** Where a stream started. */
export interface Start {
  readonly id: string
  /** Where an earlier broker had this id, if that is known. */
  readonly earlier?: { readonly incarnation: string; readonly position: number }
}

/** What a stream has received and how far its sessions are: positions, the cursor, and the last events. */
export class Journal {
  readonly #keeper: CursorKeeper
  readonly #policy: ResumePolicy
  #log = new EventLog()
  #cursor = new Cursor({ id: '', position: 0 })
  /** Unknown until the store has answered. */
  #start: Start | undefined
  /** Position of the last event before the start: another one than 0 after a rewind. */
  #startedAt = 0
  #latest = 0
  /** Position up to which every session is done; stays when the last one leaves. */
  #done = 0

  constructor(stream: string, env: Env, onKept: () => void, policy: ResumePolicy) {
    const { store, clock } = env
    this.#policy = policy
    this.#keeper = new CursorKeeper(stream, storeUnder(policy, store, clock), clock, onKept)
  }

  get isPersisted(): boolean {
    return this.#policy.resume === 'persisted'
  }

  /** Position of the latest event; also their number. */
  get latest(): number {
    return this.#latest
  }

  /** The last events, within bounds. */
  get log(): readonly StreamEvent[] {
    return this.#log.all()
  }

  /** What a connection sends as `Last-Event-ID`. */
  get cursor(): string {
    return this.#policy.resume === 'none' ? '' : this.#cursor.received
  }

  /** Id of the latest event. */
  get latestId(): string {
    return this.#cursor.received
  }

  /** What the next worker may start from, oldest first; nothing before the stream has begun. */
  get kept(): readonly Place[] {
    return this.#start === undefined ? [] : this.#keeper.kept
  }

  /** Why the storage fails, if it does. */
  get storageFailure(): string | undefined {
    return this.#keeper.failure
  }

  /**
   * Starts where the first session was with an earlier broker, else at the cursor on disk. The session's copy of the
   * cursor is never older than the last write, and it is there when the storage fails. Before anything was kept,
   * the session's latest event must do.
   */
  async begin(resume: Resume | undefined): Promise<void> {
    if (this.#policy.resume === 'none') return this.start({ id: '' })
    const kept = resume?.kept.at(-1)
    const place = kept?.id === '' ? (resume?.latest ?? kept) : kept
    if (resume === undefined || place === undefined) {
      this.start({ id: (await this.#keeper.load()) ?? this.#policy.firstId })
    } else {
      const { incarnation } = resume
      this.start({ id: place.id, earlier: { incarnation, position: place.position } })
      // The disk may be further, by sessions that have left since, and this one has yet to take what lies between.
      if (place === kept) this.#keeper.rewrite()
    }
  }

  /** The next connection asks from here. */
  start(start: Start): void {
    this.#start = start
    this.#startedAt = this.#done = this.#latest
    const place = { id: start.id, position: this.#latest }
    this.#cursor = new Cursor(place)
    this.#keeper.begin(place)
    this.#log = new EventLog(this.#latest)
  }

  /** Enters an event; `id` is its block's own, if it had one. */
  add(name: string | undefined, payload: string | Marginal, id?: string): StreamEvent {
    this.#latest += 1
    if (id !== undefined) this.#cursor.receive(this.#latest, id)
    const event = streamEvent(this.#latest, this.#cursor.received, name, payload)
    this.#log.push(event)
    return event
  }

  /** A block without an event had an id. */
  moveTo(id: string): void {
    this.#cursor.receive(this.#latest, id)
  }

  /** Every session is done with the events up to this position. */
  settle(done: number): void {
    this.#done = done
    this.#cursor.keep(done)
    this.#keeper.write(this.#cursor.kept)
  }

  /** Writes the kept cursor now. */
  flush(): void {
    this.#keeper.flush()
  }

  /** The kept cursor was dropped: only a newer one is written. */
  forget(): void {
    this.#keeper.begin(this.#cursor.kept)
  }

  /** For the session that takes over a stream without one: what the sessions before it had not taken. */
  handOver(): CatchUp {
    const events = this.#log.after(this.#done)
    if (events !== undefined) return { type: 'events', events }
    const { id } = this.#cursor.kept
    // A server without ids cannot be asked again.
    return id === '' ? this.#gap({}) : { type: 'rewind', start: { id } }
  }

  /**
   * For a session that an earlier broker served: everything from its latest id on, since only the session knows how
   * many of the events with this id it had. If that id has not come yet, it will, where this stream started before
   * it; and where it started after it, the server is asked again.
   */
  resume({ incarnation, latest, kept }: Resume): CatchUp {
    const events = this.#log.all()
    const known = latest === undefined ? -1 : events.findIndex(({ id }) => id === latest.id)
    if (known !== -1) return { type: 'events', events: events.slice(known) }
    const position = this.#startIn({ incarnation, kept })
    const isComplete = this.#log.after(this.#startedAt) !== undefined
    if (position === undefined || !isComplete) {
      return this.#gap(latest === undefined ? {} : { after: latest.id })
    }
    if (latest === undefined || position <= latest.position) return { type: 'events', events }
    const earlier = { incarnation, position: latest.position }
    return { type: 'rewind', start: { id: latest.id, earlier } }
  }

  /** Events that a worker which started from the kept cursor would send again, up to a position. */
  past(until: number): { readonly events: readonly StreamEvent[]; readonly unlisted: number } {
    const from = this.#keeper.kept[0].position
    const events = this.#log.all().filter(({ position }) => position > from && position <= until)
    return { events, unlisted: Math.max(0, (events[0]?.position ?? until + 1) - from - 1) }
  }

  /** Position of this stream's start in an earlier broker's numbers, if it can be told. */
  #startIn({ incarnation, kept }: Omit<Resume, 'latest'>): number | undefined {
    if (this.#start === undefined) return undefined
    const { id, earlier } = this.#start
    if (earlier?.incarnation === incarnation) return earlier.position
    return kept.find((place) => place.id === id)?.position
  }

  #gap(known: { readonly after?: string }): CatchUp {
    const events = this.#log.all()
    const before = events[0]?.id
    const gap: Gap = {
      reason: 'unresumable',
      ...known,
      ...(before === undefined ? {} : { before }),
    }
    return { type: 'gap', gap, events }
  }
}
