import type { ResponseData } from '../protocol/error.js'
import type { Headers } from '../protocol/headers.js'
import type { HeadersAnswer } from '../protocol/message.js'
import type { StreamSnapshot } from '../protocol/snapshot.js'
import type { CallData, StreamStatus } from '../protocol/status.js'
import type { Resume, StreamPolicy, StreamRequest } from '../protocol/subscription.js'
import { type ConnectionListener, readConnection, readErrorBody } from './connectionReader.js'
import { type DiagnosticBuffer, diagnosticBuffer } from './diagnosticBuffer.js'
import type { Cancel, Connection, ConnectionRequest, Env, ResponseHead } from './env.js'
import { HeaderQuestions } from './headerQuestions.js'
import { type CatchUp, Journal } from './journal.js'
import { lastEventIdHeader } from './lastEventId.js'
import { type Effect, initialState, type Input, type MachineState, step, type TimerName } from './machine.js'
import { resumePolicy } from './resumePolicy.js'
import type { StreamEvent } from './streamEvent.js'
import { statusOf } from './streamStatus.js'
import type { Subscriber } from './subscriber.js'
import type { Mailbox } from './mailbox.js'

/** How long a stream stays open without a session: a page that navigates comes back before it is over. */
export const LINGER_MS = 1_000

/** A timer that fires so much too late slept with the machine. */
export const SLEPT_MS = 5_000

/** What a stream tells its hub. */
export interface StreamHooks {
  closed(stream: Stream): void
  /** The machine has slept. */
  woke(): void
}

/** One URL: performs what the machine decides, hands events to its subscribers, and knows where they are. */
export class Stream {
  readonly key: string
  readonly #request: StreamRequest
  readonly #policy: StreamPolicy
  readonly #env: Env
  readonly #hooks: StreamHooks
  readonly #members = new Map<Subscriber, Mailbox>()
  /** Sessions that came before the storage had answered. */
  readonly #early = new Map<Subscriber, Resume | undefined>()
  readonly #timers = new Map<TimerName, Cancel>()
  readonly #journal: Journal
  readonly #loading: Promise<void>
  readonly #questions: HeaderQuestions
  readonly #buffer: DiagnosticBuffer
  #lastTextAt = 0
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
    hooks: StreamHooks,
  ) {
    this.key = key
    this.#request = request
    this.#policy = policy
    this.#env = env
    this.#hooks = hooks
    this.#questions = new HeaderQuestions(env.clock)
    this.#buffer = diagnosticBuffer(policy.bufferPolicy)
    this.#state = initialState(policy)
    this.#status = statusOf(this.#state, undefined)
    this.#journal = new Journal(key, env, () => this.#tellKept(), resumePolicy(request, policy))
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
    this.#questions.left(subscriber)
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

  /** A tab answers what headers are to go along. */
  answer(question: number, answer: HeadersAnswer): void {
    this.#questions.answer(question, answer)
  }

  /** What pages see of the world. */
  tell(input: Input & { readonly type: 'network' | 'nudge' }): void {
    this.#dispatch(input)
  }

  /** The kept cursor was dropped; what comes next is kept anew. */
  forget(): void {
    this.#journal.forget()
  }

  get policy(): StreamPolicy {
    return this.#policy
  }

  get identity(): string | undefined {
    return this.#request.identity
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
      storage: this.#journal.isPersisted ? storageOf(failure) : { state: 'off' },
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
    if (isNews(before, state)) this.#publish()
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'connect':
        void this.#connect(effect.serial)
        break
      case 'disconnect':
        this.#connection?.close()
        this.#connection = undefined
        this.#questions.cancel()
        // The reader may be waiting for a slow session; it must see that its connection is stale.
        this.#resume?.()
        this.#resume = undefined
        break
      case 'setTimer': {
        const { timer, serial, ms } = effect
        const due = this.#env.clock.now() + ms
        this.#timers.set(
          timer,
          this.#env.clock.after(ms, () => this.#onTimer(timer, serial, due)),
        )
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
    this.#hooks.closed(this)
  }

  #onTimer(timer: TimerName, serial: number, due: number): void {
    const now = this.#env.clock.now()
    if (timer === 'idle') {
      // A stream that waits for a slow session does not read; that is not the server's silence.
      const quietMs = this.#resume === undefined ? now - this.#lastTextAt : 0
      this.#dispatch({ type: 'quiet', serial, quietMs, ...this.#lately() })
    } else if (timer === 'connect' && this.#questions.isOpen) {
      // The server was not even asked: it is the page that took too long.
      const message = 'No headers: the function did not answer in time'
      this.#dispatch({ type: 'broke', serial, finality: 'passing', failure: { code: 'headers', message } })
    } else {
      this.#dispatch({ type: 'timer', timer, serial })
    }
    if (now - due > SLEPT_MS) this.#hooks.woke()
  }

  async #connect(serial: number): Promise<void> {
    await this.#loading
    if (!this.#isConnecting(serial)) return
    const asked = await this.#askForHeaders(serial, undefined)
    if (asked === undefined) return
    let request = this.#connectionRequest(asked)
    let connection = this.#open(request)
    const refusal = await this.#unauthorized(connection)
    if (refusal !== undefined && this.#connection === connection) {
      connection.close()
      const fresh = await this.#askForHeaders(serial, refusal)
      if (fresh === undefined) return
      request = this.#connectionRequest(fresh)
      connection = this.#open(request)
    }
    await this.#read(serial, request, connection)
  }

  async #read(serial: number, request: ConnectionRequest, connection: Connection): Promise<void> {
    const listener: ConnectionListener = {
      isStale: () => this.#connection !== connection,
      onText: (text) => {
        this.#lastTextAt = this.#env.clock.now()
        this.#buffer.add(text)
      },
      onAnswer: (response) => {
        this.#call = { request: callRequest(request), response: { ...response, body: '' } }
        this.#lastTextAt = this.#env.clock.now()
        if (response.status === 200) this.#tellUnresumed()
      },
      onInput: (input) => this.#dispatch(this.#withBuffer(input)),
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
    }
    await readConnection(connection, serial, this.#env.clock, listener, this.#policy)
  }

  /** A stream that does not resume has lost whatever came between two connections. */
  #tellUnresumed(): void {
    const { count, latestId } = this.#journal
    if (this.#policy.resume !== 'none' || count === 0) return
    const after = latestId === '' ? {} : { after: latestId }
    for (const subscriber of this.#members.keys()) subscriber.gap({ reason: 'unresumable', ...after })
  }

  #isConnecting(serial: number): boolean {
    return this.#state.state === 'connecting' && this.#state.serial === serial
  }

  #open(request: ConnectionRequest): Connection {
    return (this.#connection = this.#env.network.open(request))
  }

  /** Headers from a tab, where the stream has a function for them; `undefined` when the attempt is over. */
  async #askForHeaders(serial: number, refusal: ResponseData | undefined): Promise<Headers | undefined> {
    if (this.#request.asksTab === undefined) return []
    const isWanted = (): boolean => this.#isConnecting(serial)
    const answer = await this.#questions.ask(this.#members, refusal, isWanted)
    if (!isWanted()) return undefined
    if (answer.type === 'headers') return answer.headers
    const { cause } = answer
    const failure = { code: 'headers', message: `No headers: ${cause.message}`, cause } as const
    this.#dispatch({ type: 'broke', serial, finality: 'passing', failure })
    return undefined
  }

  /** The 401 of a stream whose headers come from a function: that is asked once more before it is final. */
  async #unauthorized(connection: Connection): Promise<ResponseData | undefined> {
    if (this.#request.asksTab === undefined) return undefined
    let response: ResponseHead
    try {
      response = await connection.response
    } catch {
      // The reader of the connection meets the same rejection, and tells it.
      return undefined
    }
    if (response.status !== 401) return undefined
    return { ...response, body: await readErrorBody(connection, this.#env.clock) }
  }

  #connectionRequest(asked: Headers): ConnectionRequest {
    const { url, method, headers = [], body, credentials } = this.#request
    const id = this.#journal.cursor
    return {
      url,
      method,
      headers: merged(
        [['Accept', 'text/event-stream']],
        headers,
        asked,
        id === '' ? [] : [['Last-Event-ID', lastEventIdHeader(id)]],
      ),
      body,
      credentials,
    }
  }

  /** An error after the stream was open shows what came before it, in place of a body. */
  #withBuffer(input: Input): Input {
    if (input.type === 'ended') return { ...input, ...this.#lately() }
    if (input.type === 'broke' && this.#state.state === 'open') {
      return { ...input, failure: { ...input.failure, ...this.#lately() } }
    }
    if (input.type !== 'refused' || this.#buffer.text === '') return input
    const { failure } = input
    if (failure.response === undefined) return input
    return { ...input, failure: { ...failure, response: { ...failure.response, body: this.#buffer.text } } }
  }

  #lately(): { readonly response?: ResponseData } {
    if (this.#call === undefined) return {}
    return { response: { ...this.#call.response, body: this.#buffer.text } }
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

/** What sessions are told of. A wait that ends sooner or later than it was said is news too. */
function isNews(before: MachineState, after: MachineState): boolean {
  if (before.state === 'waiting' && after.state === 'waiting') return before.retryAt !== after.retryAt
  return before.state !== after.state || before.serial !== after.serial
}

/** Later lists win over earlier ones. */
function merged(...lists: readonly Headers[]): Headers {
  return [...new Map(lists.flat().map((header) => [header[0].toLowerCase(), header])).values()]
}

function callRequest({ method, url, headers }: ConnectionRequest): CallData['request'] {
  return { method, url, headers }
}

function storageOf(failure: string | undefined): StreamSnapshot['storage'] {
  return failure === undefined ? { state: 'kept' } : { state: 'memory', error: failure }
}
