import type { StreamSnapshot } from '../protocol/snapshot.js'
import type { CallData, StreamStatus } from '../protocol/status.js'
import type { Resume, StreamPolicy, StreamRequest } from '../protocol/subscription.js'
import { readConnection } from './connectionReader.js'
import type { Cancel, Connection, ConnectionRequest, Env } from './env.js'
import { type CatchUp, Journal } from './journal.js'
import { lastEventIdHeader } from './lastEventId.js'
import { type Effect, initialState, type Input, type MachineState, step, type TimerName } from './machine.js'
import type { StreamEvent } from './streamEvent.js'
import { statusOf } from './streamStatus.js'
import type { Subscriber } from './subscriber.js'
import type { Mailbox } from './mailbox.js'

/** How long a stream stays open without a session: a page that navigates comes back before it is over. */
export const LINGER_MS = 1_000

/** One URL: performs what the machine decides, hands events to its subscribers, and knows where they are. */
export class Stream {
  readonly key: string
  readonly #request: StreamRequest
  readonly #policy: StreamPolicy
  readonly #env: Env
  readonly #onClosed: (stream: Stream) => void
  readonly #members = new Map<Subscriber, Mailbox>()
  /** Sessions that came before the storage had answered. */
  readonly #early = new Map<Subscriber, Resume | undefined>()
  readonly #timers = new Map<TimerName, Cancel>()
  readonly #journal: Journal
  readonly #loading: Promise<void>
  #state: MachineState
  #status: StreamStatus
  #connection: Connection | undefined
  #call: CallData | undefined
  #linger: Cancel | undefined
  #resume: (() => void) | undefined

  constructor(
    key: string,
    request: StreamRequest,
    policy: StreamPolicy,
    env: Env,
    resume: Resume | undefined,
    onClosed: (stream: Stream) => void,
  ) {
    this.key = key
    this.#request = request
    this.#policy = policy
    this.#env = env
    this.#onClosed = onClosed
    this.#state = initialState(policy)
    this.#status = statusOf(this.#state, undefined)
    this.#journal = new Journal(key, env, () => this.#tellKept())
    this.#loading = this.#journal.begin(resume).then(() => this.#welcomeEarly())
  }

  join(subscriber: Subscriber, mailbox: Mailbox, replay: number, resume: Resume | undefined): void {
    const cameAlone = this.#members.size === 0
    this.#members.set(subscriber, mailbox)
    this.#linger?.()
    this.#linger = undefined
    this.#dispatch({ type: 'joined' })
    if (this.#state.state === 'idle') this.#dispatch({ type: 'start' })
    else subscriber.status(this.#status)
    if (this.#journal.isLoading) {
      this.#early.set(subscriber, resume)
    } else if (resume === undefined) {
      this.#welcome(subscriber, this.#first(subscriber, cameAlone, replay))
    } else {
      this.#welcomeBack(subscriber, resume)
    }
    this.#flush()
  }

  leave(subscriber: Subscriber): void {
    if (!this.#members.delete(subscriber)) return
    subscriber.release()
    this.onPace()
    if (this.#members.size > 0) {
      this.#keep()
      return
    }
    this.#journal.flush()
    if (this.#state.state === 'closed') return
    this.#dispatch({ type: 'left' })
    this.#linger = this.#env.clock.after(LINGER_MS, () => this.#dispatch({ type: 'stop' }))
  }

  taken(subscriber: Subscriber, position: number): void {
    subscriber.taken(position)
    const mailbox = this.#members.get(subscriber)
    mailbox?.queue(subscriber.collect())
    mailbox?.post()
    this.#keep()
  }

  /** A subscriber's pace has changed: perhaps nobody holds the stream any more. */
  onPace(): void {
    if (this.#isHeld()) return
    this.#resume?.()
    this.#resume = undefined
  }

  snapshot(): StreamSnapshot {
    const failure = this.#journal.storageFailure
    return {
      url: this.#request.url,
      status: this.#status,
      cursor: this.#journal.cursor,
      keptCursor: this.#journal.kept.id,
      storage: failure === undefined ? { state: 'kept' } : { state: 'memory', error: failure },
      events: this.#journal.count,
      connections: this.#state.serial,
      sessions: [...this.#members].map(([subscriber, mailbox]) => subscriber.snapshot(mailbox.tab)),
    }
  }

  #dispatch(input: Input): void {
    const before = this.#state
    const moment = { now: this.#env.clock.now(), chance: this.#env.random() }
    const [state, effects] = step(before, input, this.#policy, moment)
    this.#state = state
    for (const effect of effects) this.#perform(effect)
    if (state.state !== before.state || state.serial !== before.serial) this.#publish()
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'connect':
        void this.#connect(effect.serial)
        break
      case 'disconnect':
        this.#connection?.close()
        this.#connection = undefined
        // The reader may be waiting for a slow session; it must see that its connection is stale.
        this.#resume?.()
        this.#resume = undefined
        break
      case 'setTimer': {
        const { timer, serial, ms } = effect
        const fire = (): void => this.#dispatch({ type: 'timer', timer, serial })
        this.#timers.set(timer, this.#env.clock.after(ms, fire))
        break
      }
      case 'clearTimer':
        this.#timers.get(effect.timer)?.()
        this.#timers.delete(effect.timer)
        break
    }
  }

  #publish(): void {
    this.#status = statusOf(this.#state, this.#call)
    for (const subscriber of this.#members.keys()) {
      subscriber.status(this.#status)
      if (this.#status.state === 'closed') {
        subscriber.end(this.#status.reason === 'failed' ? this.#status.error : undefined)
      }
    }
    this.#flush()
    if (this.#status.state !== 'closed') return
    this.#linger?.()
    this.#onClosed(this)
  }

  async #connect(serial: number): Promise<void> {
    await this.#loading
    if (this.#state.state !== 'connecting' || this.#state.serial !== serial) return
    const request = this.#connectionRequest()
    const connection = this.#env.network.open(request)
    this.#connection = connection
    await readConnection(connection, serial, this.#env.clock, {
      isStale: () => this.#connection !== connection,
      onAnswer: (response) => {
        this.#call = { request, response: { ...response, body: '' } }
      },
      onInput: (input) => this.#dispatch(input),
      onEvent: (name, data, id) => {
        this.#offer(this.#journal.add(name, data, id))
        // Only the first event of a connection means something to the machine; the others need not ask it.
        if (this.#state.state === 'open' && this.#state.health === 'unproven') {
          this.#dispatch({ type: 'event', serial })
        }
      },
      onBareId: (id) => this.#journal.moveTo(id),
      onComment: (comments) => this.#offer(this.#journal.addMarginal({ comments })),
      onRetry: (retry) => this.#offer(this.#journal.addMarginal({ retry })),
      onStretch: () => {
        this.#flush()
        return this.#untilNotHeld()
      },
    })
  }

  #connectionRequest(): ConnectionRequest {
    const id = this.#journal.cursor
    return {
      url: this.#request.url,
      method: this.#request.method,
      headers: [
        ['Accept', 'text/event-stream'],
        ...(id === '' ? [] : [['Last-Event-ID', lastEventIdHeader(id)] as const]),
      ],
    }
  }

  #offer(event: StreamEvent): void {
    for (const subscriber of this.#members.keys()) subscriber.offer(event)
  }

  /** Posts what can be posted, and keeps what everyone is done with. */
  #flush(): void {
    const mailboxes = new Set<Mailbox>()
    for (const [subscriber, mailbox] of this.#members) {
      mailbox.queue(subscriber.collect())
      mailboxes.add(mailbox)
    }
    for (const mailbox of mailboxes) mailbox.post()
    this.#keep()
  }

  #keep(): void {
    if (this.#members.size === 0) return
    const { latest } = this.#journal
    let done = latest
    for (const subscriber of this.#members.keys()) {
      done = Math.min(done, subscriber.donePosition(latest))
    }
    this.#journal.settle(done)
  }

  #isHeld(): boolean {
    for (const subscriber of this.#members.keys()) if (subscriber.holds) return true
    return false
  }

  #untilNotHeld(): Promise<void> | undefined {
    if (!this.#isHeld()) return undefined
    return new Promise((resolve) => {
      this.#resume = resolve
    })
  }

  /** Every tab has a copy of the cursor on disk. */
  #tellKept(): void {
    for (const [subscriber, mailbox] of this.#members) {
      subscriber.kept(this.#journal.lineage, this.#journal.kept)
      mailbox.queue(subscriber.collect())
      mailbox.post()
    }
  }

  /** The storage has answered, and the stream knows where it starts. */
  #welcomeEarly(): void {
    for (const [subscriber, resume] of this.#early) {
      if (!this.#members.has(subscriber)) continue
      if (resume === undefined) this.#welcome(subscriber, { type: 'events', events: [] })
      else this.#welcomeBack(subscriber, resume)
    }
    this.#early.clear()
    this.#flush()
  }

  /** A session that is new to this stream. */
  #welcome(subscriber: Subscriber, catchUp: CatchUp): void {
    subscriber.kept(this.#journal.lineage, this.#journal.kept)
    if (catchUp.type !== 'rewind') {
      const first = catchUp.events[0]?.position ?? this.#journal.latest + 1
      subscriber.past(first - 1, this.#journal.past(first - 1))
    }
    this.#give(subscriber, catchUp)
  }

  /** A session that an earlier broker served: what it has it knows by itself. */
  #welcomeBack(subscriber: Subscriber, resume: Resume): void {
    const catchUp = this.#journal.resume(resume)
    subscriber.kept(this.#journal.lineage, this.#journal.kept)
    subscriber.resumeAt(this.#journal.startOf(catchUp), resume)
    this.#give(subscriber, catchUp)
  }

  #give(subscriber: Subscriber, catchUp: CatchUp): void {
    if (catchUp.type === 'rewind') {
      this.#journal.rewind(catchUp.place)
      for (const member of this.#members.keys()) member.again(catchUp.place)
      this.#tellKept()
      this.#dispatch({ type: 'rewind' })
      return
    }
    if (catchUp.type === 'gap') subscriber.gap(catchUp.gap)
    for (const event of catchUp.events) subscriber.offer(event)
  }

  /** What a new session gets first: what nobody has taken, and what it asked for of the log. */
  #first(subscriber: Subscriber, cameAlone: boolean, replay: number): CatchUp {
    const rest: CatchUp = cameAlone ? this.#journal.handOver() : { type: 'events', events: [] }
    if (replay === 0 || rest.type !== 'events') return rest
    const log = this.#journal.log
    const start = subscriber.startOfLast(replay, log) ?? Infinity
    const from = Math.min(start, rest.events[0]?.position ?? Infinity)
    return { type: 'events', events: log.filter(({ position }) => position >= from) }
  }
}
