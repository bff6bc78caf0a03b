import type { Marginal } from '../protocol/event.js'
import type { StreamSnapshot } from '../protocol/snapshot.js'
import type { CallData, StreamStatus } from '../protocol/status.js'
import type { StreamPolicy, StreamRequest } from '../protocol/subscription.js'
import { Cursor } from './cursor.js'
import { CursorKeeper } from './cursorKeeper.js'
import { readConnection } from './connectionReader.js'
import type { Cancel, Connection, ConnectionRequest, Env, ResponseHead } from './env.js'
import { EventLog } from './eventLog.js'
import { lastEventIdHeader } from './lastEventId.js'
import { type Effect, initialState, type Input, type MachineState, step, type TimerName } from './machine.js'
import { StreamParser } from './parse.js'
import { retryAfterMs } from './response.js'
import { streamEvent } from './streamEvent.js'
import { statusOf } from './streamStatus.js'
import type { Subscriber } from './subscriber.js'
import type { Mailbox } from './mailbox.js'

/** How long a stream stays open without a session: a page that navigates comes back before it is over. */
export const LINGER_MS = 1_000

/** Over so many characters an event is refused: a server that never ends its block must not fill the memory. */
export const MAX_EVENT_SIZE = 1_048_576

/** One URL: performs what the machine decides, hands events to its subscribers, and knows where they are. */
export class Stream {
  readonly key: string
  readonly #request: StreamRequest
  readonly #policy: StreamPolicy
  readonly #env: Env
  readonly #onClosed: (stream: Stream) => void
  readonly #members = new Map<Subscriber, Mailbox>()
  readonly #timers = new Map<TimerName, Cancel>()
  readonly #log = new EventLog()
  #state: MachineState
  #status: StreamStatus
  #cursor = new Cursor('')
  #keeper: CursorKeeper
  #loading: Promise<void>
  #connection: Connection | undefined
  #call: CallData | undefined
  /** Position of the latest event. */
  #position = 0
  /** Position up to which every session is done; stays when the last one leaves. */
  #done = 0
  #linger: Cancel | undefined
  #resume: (() => void) | undefined

  constructor(
    key: string,
    request: StreamRequest,
    policy: StreamPolicy,
    env: Env,
    resumeAfter: string | undefined,
    onClosed: (stream: Stream) => void,
  ) {
    this.key = key
    this.#request = request
    this.#policy = policy
    this.#env = env
    this.#onClosed = onClosed
    this.#state = initialState(policy)
    this.#status = statusOf(this.#state, undefined)
    this.#keeper = new CursorKeeper(key, env.store, env.clock)
    this.#loading = this.#loadCursor(resumeAfter ?? '')
  }

  join(subscriber: Subscriber, mailbox: Mailbox, resumeAfter: string | undefined): void {
    const cameAlone = this.#members.size === 0
    this.#members.set(subscriber, mailbox)
    this.#linger?.()
    this.#linger = undefined
    this.#dispatch({ type: 'joined' })
    if (this.#state.state === 'idle') {
      this.#dispatch({ type: 'start' })
    } else {
      subscriber.status(this.#status)
      if (cameAlone) this.#handOver(subscriber)
      else if (resumeAfter !== undefined) this.#catchUp(subscriber, resumeAfter)
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
    this.#keeper.flush()
    if (this.#state.state === 'closed') return
    this.#dispatch({ type: 'left' })
    this.#linger = this.#env.clock.after(LINGER_MS, () => this.#dispatch({ type: 'stop' }))
  }

  taken(subscriber: Subscriber, position: number): void {
    subscriber.taken(position)
    const mailbox = this.#members.get(subscriber)
    mailbox?.queue(subscriber.collect(this.#keeper.writtenPosition))
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
    const { failure } = this.#keeper
    return {
      url: this.#request.url,
      status: this.#status,
      cursor: this.#cursor.received,
      keptCursor: this.#cursor.kept,
      storage: failure === undefined ? { state: 'kept' } : { state: 'memory', error: failure },
      events: this.#position,
      connections: this.#state.serial,
      sessions: [...this.#members].map(([subscriber, mailbox]) => subscriber.snapshot(mailbox.tab)),
    }
  }

  async #loadCursor(fallback: string): Promise<void> {
    const id = (await this.#keeper.load()) ?? fallback
    this.#cursor = new Cursor(id)
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
    const isStale = (): boolean => this.#connection !== connection
    const keepCall = (response: ResponseHead, body = ''): CallData => {
      this.#call = { request, response: { ...response, body } }
      return this.#call
    }
    const parser = this.#parser(serial)
    await readConnection(connection, this.#env.clock, {
      isStale,
      onAccepted: (response) => {
        if (isStale()) return
        keepCall(response)
        this.#dispatch({ type: 'accepted', serial })
      },
      onFinished: (response) => {
        if (isStale()) return
        keepCall(response)
        this.#dispatch({ type: 'finished', serial })
      },
      onRefused: (response, refusal, body) => {
        const failure = {
          code: refusal.code,
          message: refusal.message,
          response: { ...response, body },
        }
        const finality = refusal.type === 'fail' ? 'final' : 'passing'
        const wait = retryAfterMs(response, this.#env.clock.now())
        this.#dispatch({ type: 'refused', serial, finality, failure, retryAfterMs: wait })
      },
      onText: (text) => {
        parser.feed(text)
        this.#flush()
      },
      ready: () => this.#ready(),
      onEnded: () => this.#dispatch({ type: 'ended', serial }),
      onBroke: (error) =>
        this.#dispatch({
          type: 'broke',
          serial,
          finality: 'passing',
          failure: networkFailure(error),
        }),
    })
  }

  #connectionRequest(): ConnectionRequest {
    const id = this.#cursor.received
    return {
      url: this.#request.url,
      method: this.#request.method,
      headers: [
        ['Accept', 'text/event-stream'],
        ...(id === '' ? [] : [['Last-Event-ID', lastEventIdHeader(id)] as const]),
      ],
    }
  }

  #parser(serial: number): StreamParser {
    return new StreamParser(
      {
        onEvent: (name, data, id) => {
          if (id !== undefined) this.#cursor.receive(this.#position + 1, id)
          this.#offer(name, data)
          // Only the first event of a connection means something to the machine; the others need not ask it.
          if (this.#state.state === 'open' && this.#state.health === 'unproven') {
            this.#dispatch({ type: 'event', serial })
          }
        },
        onBareId: (id) => this.#cursor.receive(this.#position, id),
        onComment: (comments) => this.#offer(undefined, { comments }),
        onRetry: (retry) => {
          this.#dispatch({ type: 'retry', serial, ms: retry })
          this.#offer(undefined, { retry })
        },
        onTooLarge: () => {
          const message = `An event is larger than ${MAX_EVENT_SIZE} characters`
          const failure = { code: 'too-large', message } as const
          this.#dispatch({ type: 'broke', serial, finality: 'final', failure })
        },
      },
      MAX_EVENT_SIZE,
    )
  }

  #offer(name: string | undefined, payload: string | Marginal): void {
    this.#position += 1
    const event = streamEvent(this.#position, this.#cursor.received, name, payload)
    this.#log.push(event)
    for (const subscriber of this.#members.keys()) subscriber.offer(event)
  }

  /** Posts what can be posted, and keeps what everyone is done with. */
  #flush(): void {
    const mailboxes = new Set<Mailbox>()
    for (const [subscriber, mailbox] of this.#members) {
      mailbox.queue(subscriber.collect(this.#keeper.writtenPosition))
      mailboxes.add(mailbox)
    }
    for (const mailbox of mailboxes) mailbox.post()
    this.#keep()
  }

  #keep(): void {
    if (this.#members.size === 0) return
    this.#done = this.#position
    for (const subscriber of this.#members.keys()) {
      this.#done = Math.min(this.#done, subscriber.donePosition(this.#position))
    }
    this.#cursor.keep(this.#done)
    this.#keeper.write(this.#cursor.kept, this.#cursor.keptPosition)
  }

  #isHeld(): boolean {
    for (const subscriber of this.#members.keys()) if (subscriber.holds) return true
    return false
  }

  #ready(): Promise<void> | undefined {
    if (!this.#isHeld()) return undefined
    return new Promise((resolve) => {
      this.#resume = resolve
    })
  }

  /** The stream outlived its sessions for a moment; the next one goes on where they stopped. */
  #handOver(subscriber: Subscriber): void {
    const missed = this.#log.after(this.#done)
    if (missed !== undefined) {
      for (const event of missed) subscriber.offer(event)
    } else if (this.#cursor.kept === '') {
      // A server without ids cannot be asked again.
      this.#offerAfterGap(subscriber, undefined)
    } else {
      this.#cursor.rewind()
      this.#dispatch({ type: 'rewind' })
    }
  }

  /** A session that knew an earlier broker gets what this one has; it drops what it knows already. */
  #catchUp(subscriber: Subscriber, resumeAfter: string): void {
    const log = this.#log.all()
    const known = log.findIndex((event) => event.id === resumeAfter)
    if (known === -1 && this.#log.after(0) === undefined) {
      this.#offerAfterGap(subscriber, resumeAfter)
    } else {
      for (const event of log.slice(Math.max(0, known))) subscriber.offer(event)
    }
  }

  #offerAfterGap(subscriber: Subscriber, after: string | undefined): void {
    const log = this.#log.all()
    const before = log[0]?.id
    subscriber.gap({
      reason: 'unresumable',
      ...(after === undefined ? {} : { after }),
      ...(before === undefined ? {} : { before }),
    })
    for (const event of log) subscriber.offer(event)
  }
}

function networkFailure(error: unknown) {
  const cause =
    error instanceof Error
      ? { name: error.name, message: error.message }
      : { name: 'Error', message: String(error) }
  return { code: 'network', message: `The connection failed: ${cause.message}`, cause } as const
}
