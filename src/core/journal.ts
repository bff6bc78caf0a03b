import type { Marginal } from '../protocol/event.js'
import type { Gap } from '../protocol/gap.js'
import type { Place, Resume } from '../protocol/subscription.js'
import { Cursor } from './cursor.js'
import { CursorKeeper } from './cursorKeeper.js'
import type { Env } from './env.js'
import { EventLog } from './eventLog.js'
import { ownPlace, startPlace } from './resumePlace.js'
import { type ResumePolicy, storeUnder } from './resumePolicy.js'
import { type StreamEvent, streamEvent } from './streamEvent.js'

/** A session that comes back further behind than this is told of a gap: a rewind sends it all to everyone once more. */
export const MAX_REWIND_EVENTS = 20_000

const NOWHERE: Place = { id: '', position: 0 }

/** What a session that comes to a running stream is given first. */
export type CatchUp =
  | { readonly type: 'events'; readonly events: readonly StreamEvent[] }
  /** Something is missing before these events. */
  | { readonly type: 'gap'; readonly gap: Gap; readonly events: readonly StreamEvent[] }
  /** Only the server still has it: ask again, from here. */
  | { readonly type: 'rewind'; readonly place: Place }

/** What a stream has received and how far its sessions are: positions, the cursor, and the last events. */
export class Journal {
  readonly #keeper: CursorKeeper
  readonly #policy: ResumePolicy
  readonly #unique: () => string
  #state: 'loading' | 'begun' = 'loading'
  #lineage = ''
  #log = new EventLog()
  #cursor = new Cursor('', NOWHERE)
  /** Position of the last event before the first one from the server. */
  #startedAt = 0
  #latest = 0
  #count = 0
  /** Position up to which every session is done; stays when the last one leaves. */
  #done = 0

  constructor(stream: string, env: Env, onKept: () => void, policy: ResumePolicy) {
    const { store, clock } = env
    this.#policy = policy
    this.#keeper = new CursorKeeper(stream, storeUnder(policy, store, clock), clock, onKept)
    this.#unique = env.unique
  }

  get isPersisted(): boolean {
    return this.#policy.resume === 'persisted'
  }

  get isLoading(): boolean {
    return this.#state === 'loading'
  }

  get lineage(): string {
    return this.#lineage
  }

  /** Position of the latest event. */
  get latest(): number {
    return this.#latest
  }

  /** How many events have come since the stream began. */
  get count(): number {
    return this.#count
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

  /** What the next worker may start from: the cursor on disk, of which every tab has a copy. */
  get kept(): Place {
    return this.#keeper.kept
  }

  /** Why the storage fails, if it does. */
  get storageFailure(): string | undefined {
    return this.#keeper.failure
  }

  /** Starts where the first session was with an earlier broker, else at the cursor on disk, else at nothing. */
  async begin(resume: Resume | undefined): Promise<void> {
    if (this.#policy.resume === 'none') {
      this.#lineage = this.#unique()
      this.#start(NOWHERE, NOWHERE)
    } else if (resume === undefined || ownPlace(resume).id === '') {
      const cursor = await this.#keeper.load()
      // From nothing nobody can tell which events come: their positions have nothing to do with any before.
      this.#lineage = cursor?.lineage ?? this.#unique()
      const place = cursor ?? { id: this.#policy.firstId, position: 0 }
      this.#start(place, place)
    } else {
      const { received, kept } = startPlace(resume)
      this.#lineage = resume.lineage
      this.#start(received, kept)
      // The disk may be further, by sessions that have left since, and this one has yet to take what lies between.
      if (kept.id !== '') this.#keeper.rewrite()
    }
    this.#state = 'begun'
  }

  /** The server is asked again from here. */
  rewind(place: Place): void {
    this.#start(place, place)
    this.#keeper.rewrite()
  }

  /** Enters an event; `id` is its block's own, if it had one. */
  add(name: string | undefined, data: string, id: string | undefined): StreamEvent {
    this.#latest += 1
    this.#count += 1
    if (id !== undefined) this.#cursor.receive(this.#latest, id)
    return this.#enter(name, data)
  }

  /** A comment or a retry has no position of its own: no server sends it again. */
  addMarginal(marginal: Marginal): StreamEvent {
    this.#count += 1
    return this.#enter(undefined, marginal)
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
    this.#keeper.begin(this.#lineage, this.#cursor.kept)
  }

  /** For the session that takes over a stream without one: what the sessions before it had not taken. */
  handOver(): CatchUp {
    const events = this.#log.after(this.#done)
    if (events !== undefined) return { type: 'events', events }
    const place = this.#cursor.kept
    // A server without ids cannot be asked again.
    return place.id === '' ? this.#gap({}) : { type: 'rewind', place }
  }

  /**
   * For a session that an earlier broker served: what it has not taken. It knows what of that it has received. What has
   * not come yet will come; what has gone by and is not in the log, the server is asked for again.
   */
  resume(resume: Resume): CatchUp {
    if (resume.lineage !== this.#lineage)
      return this.#gap(resume.latest === undefined ? {} : { after: resume.latest.id })
    this.#goBack(resume.done ?? resume.kept)
    const own = this.#neededFrom(resume)
    // It is to come yet. A server that has forgotten some of it may have sent what lies behind, and the log has that.
    if (own.position >= this.#latest) return { type: 'events', events: this.#dataLog() }
    if (this.#since(own) !== undefined) return { type: 'events', events: this.#from(own) }
    // Nobody is to be left behind: a session that is slower still needs the cursor that was kept for it.
    const place = this.#olderKept(own)
    const isNear = this.#latest - place.position <= MAX_REWIND_EVENTS
    return place.id !== '' && isNear
      ? { type: 'rewind', place }
      : this.#gap(resume.latest === undefined ? {} : { after: resume.latest.id })
  }

  /**
   * Up to where a session needs nothing more. Of one that has taken nothing the inbox is unread, and what lies there is
   * given again if it can be: it must be in flight, or the cursor would pass it.
   */
  #neededFrom(resume: Resume): Place {
    const first = resume.done ?? resume.kept
    return first.id !== '' || this.#since(first) !== undefined ? first : ownPlace(resume)
  }

  /** From the id on, since how many events came under it only the session knows. Marginal ones nobody would know. */
  #from(own: Place): StreamEvent[] {
    const log = this.#log.all()
    const index =
      own.id === ''
        ? log.findIndex(({ position }) => position > own.position)
        : log.findIndex(({ id }) => id === own.id)
    if (index === -1 && own.id === '') return []
    return this.#dataLog().filter(({ position }) => position >= (log[index]?.position ?? 0))
  }

  #dataLog(): StreamEvent[] {
    return this.#log.all().filter(({ payload }) => typeof payload === 'string')
  }

  #since({ position }: Place): StreamEvent[] | undefined {
    return position < this.#startedAt ? undefined : this.#log.after(position)
  }

  /** The place before the first event that a session is given. */
  startOf(catchUp: CatchUp): Place {
    if (catchUp.type === 'rewind') return catchUp.place
    const [first] = catchUp.events
    if (first !== undefined) return { id: '', position: first.position - 1 }
    // Nothing has come yet, or only what the session has; of the first, the server was asked after this id.
    const hasNothing = this.#latest === this.#startedAt
    return { id: hasNothing ? this.#cursor.received : '', position: this.#startedAt }
  }

  /** Events that a worker which started from the kept cursor would send again, up to a position. */
  past(until: number): readonly StreamEvent[] {
    const from = this.kept.position
    return this.#log.all().filter(({ position }) => position > from && position <= until)
  }

  #start(received: Place, kept: Place): void {
    this.#latest = this.#startedAt = this.#done = received.position
    this.#cursor = new Cursor(received.id, kept)
    this.#keeper.begin(this.#lineage, kept)
    this.#log = new EventLog(received.position)
  }

  #enter(name: string | undefined, payload: string | Marginal): StreamEvent {
    const event = streamEvent(this.#latest, this.#cursor.received, name, payload)
    this.#log.push(event)
    return event
  }

  /** The kept cursor must not be ahead of a session that has come back behind it. */
  #goBack(place: Place): void {
    if (place.position >= this.#cursor.kept.position) return
    this.#cursor.goBack(
      place,
      this.#log.all().filter(({ position }) => position > place.position),
    )
    this.#keeper.begin(this.#lineage, place)
    this.#keeper.rewrite()
  }

  #olderKept(place: Place): Place {
    const { kept } = this.#cursor
    return kept.id !== '' && kept.position < place.position ? kept : place
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
