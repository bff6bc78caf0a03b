import { DEFAULT_EVENT_NAME, type SseEvent, type WireEvent } from '../protocol/event.js'
import { fingerprint } from '../protocol/fingerprint.js'
import type { Gap } from '../protocol/gap.js'
import type { ResponseData } from '../protocol/error.js'
import type { HeadersAnswer, SessionDelivery, SessionId } from '../protocol/message.js'
import type { Interest, StreamRequest, Subscription } from '../protocol/subscription.js'
import type { SseCall } from './call.js'
import { CreditReturn } from './creditReturn.js'
import { type Decoder, decoderOf, WorkerFailure } from './deserialize.js'
import { EventListeners } from './eventListeners.js'
import { type End, Incoming } from './incoming.js'
import { Listeners } from './listeners.js'
import type { ResolvedOptions } from './options.js'
import type { Mark, Received } from './received.js'
import { ReceivedIds } from './receivedIds.js'
import { SessionLife } from './sessionLife.js'
import { headersData, type HeadersFunction, requestOf } from './requestOptions.js'
import { errorFromData, responseFromData, SseError } from './sseError.js'
import type { SseSession } from './sseSession.js'
import type { SessionState, SessionStatus } from './status.js'

/** What a session asks of the page's broker. */
export interface SessionHooks {
  taken(session: SessionId, position: number): void
  /** The worker asked for headers. */
  answer(session: SessionId, question: number, answer: HeadersAnswer): void
  /** The session is over, and the worker is to forget it. Settles when it has. */
  leave(session: SessionId, taken: number): Promise<void>
}

/** A session, put together from its parts. */
export class Session<T> implements SseSession<T> {
  readonly id: SessionId
  readonly incoming: Incoming<T>
  readonly #request: StreamRequest
  readonly #options: ResolvedOptions<T>
  readonly #hooks: SessionHooks
  readonly #life = new SessionLife(() => this.#cursor)
  readonly #decode: Decoder<T>
  readonly #credit: CreditReturn
  readonly #receivedIds = new ReceivedIds()
  readonly #gapListeners = new Listeners<Gap>()
  readonly #eventListeners = new EventListeners<T>()
  readonly #onAbort = (): void => void this.#abort()
  #listening: 'no' | 'soon' | 'yes' = 'no'
  #cursor = ''
  /** The latest event that the reader has yet to take. */
  #lastUnread: Mark | undefined
  /** Position of the last event that came again in this batch, and was taken long ago. */
  #knownUpTo = 0
  #leaving: Promise<void> | undefined

  constructor(id: SessionId, url: string, options: ResolvedOptions<T>, hooks: SessionHooks) {
    this.id = id
    this.#options = options
    this.#hooks = hooks
    const { deserialize, schemas, filter } = options
    this.#decode = decoderOf({
      deserialize,
      schemas,
      filter: typeof filter === 'function' ? filter : undefined,
    })
    this.#request = requestOf(url, options.request)
    this.#credit = new CreditReturn((position) => hooks.taken(id, position))
    this.incoming = new Incoming({
      decode: this.#decode,
      taken: (received) => this.#taken(received),
      finished: () => void this.#leave(),
      left: () => this.close(),
    })
    options.signal?.addEventListener('abort', this.#onAbort)
    if (options.onStatus !== undefined) this.#life.onStatus(options.onStatus)
  }

  /** Whether the worker is to know of it no more. Not the same as closed: the end may still lie behind events. */
  get isOver(): boolean {
    return this.#leaving !== undefined
  }

  get opened(): Promise<void> {
    return this.#life.opened
  }

  get call(): SseCall {
    return this.#life.call
  }

  get status(): SessionStatus {
    return this.#life.status
  }

  get readable(): ReadableStream<SseEvent<T>> {
    const incoming = this.incoming[Symbol.asyncIterator]()
    return new ReadableStream(
      {
        pull: async (controller) => {
          const { done, value } = await incoming.next()
          if (done === true) controller.close()
          else controller.enqueue(value)
        },
        cancel: () => this.close(),
      },
      // Nothing is taken ahead of the reader: what lies in the stream's own queue would count as read.
      { highWaterMark: 0 },
    )
  }

  onStatus(listener: (status: SessionStatus) => void): () => void {
    return this.#life.onStatus(listener)
  }

  onGap(listener: (gap: Gap) => void): () => void {
    return this.#gapListeners.add(listener)
  }

  on(type: string, listener: (event: SseEvent<T>) => void): () => void {
    const removeListener = this.#eventListeners.add(type, listener)
    const remove = (): void => {
      removeListener()
      // What comes while nobody listens waits for the next listener, as it did for the first.
      if (this.#eventListeners.isEmpty) this.#listening = 'no'
    }
    if (this.#listening === 'no') {
      this.#listening = 'soon'
      // What lies unread goes to all listeners that are added in the same task, not to the first alone.
      queueMicrotask(() => {
        if (this.#listening !== 'soon') return
        this.#listening = 'yes'
        this.#callListenersWithUnread()
      })
    }
    return remove
  }

  close(): Promise<void> {
    return this.#finish(
      { state: 'closed', reason: 'closed' },
      { type: 'done' },
      new SseError('closed', 'The session was closed before it was open'),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** The session cannot go on: its broker is out of reach. */
  fail(error: SseError): void {
    void this.#finish({ state: 'closed', reason: 'failed', error }, { type: 'error', error }, error)
  }

  /** The worker cannot be had right now; another attempt follows. Only a session that was never open fails of it. */
  wait(error: SseError, attempt: number, retryAt: number): 'waits' | 'fails' {
    if (!this.#life.wasOpen) return 'fails'
    this.#life.wait({ state: 'waiting', error, attempt, retryAt })
    return 'waits'
  }

  /** What the worker is to know of this session, now. */
  subscription(): Subscription {
    const { policy, overflow, replay } = this.#options
    const { resume } = this.#receivedIds
    return {
      session: this.id,
      request: this.#request,
      policy,
      overflow,
      replay,
      interest: interestOf(this.#options),
      ...(resume === undefined ? {} : { resume }),
    }
  }

  receive(delivery: SessionDelivery): void {
    switch (delivery.type) {
      case 'status':
        this.#life.update(delivery.status)
        break
      case 'events':
        this.#receiveBatch(delivery.batch)
        break
      case 'kept':
        this.#receivedIds.keep(delivery.lineage, { id: delivery.id, position: delivery.position })
        break
      case 'past':
        this.#receivedIds.past(delivery.until, delivery.events)
        break
      case 'again':
        this.#receivedIds.again(delivery)
        break
      case 'headers':
        void this.#answerHeaders(delivery.question, delivery.response)
        break
      case 'policy':
        this.#life.policy = delivery.policy
        break
      case 'gap':
        this.#receivedIds.lost(delivery.since)
        this.#gapListeners.call(delivery.gap)
        break
      case 'end':
        this.incoming.end(
          delivery.error === undefined
            ? { type: 'done' }
            : { type: 'error', error: errorFromData(delivery.error) },
        )
        // With something unread the session stays until it is read: the kept cursor waits for that.
        if (this.incoming.isEmpty) void this.#leave()
        break
    }
  }

  /** Tells the broker at once how far the reader is. */
  flush(): void {
    this.#credit.flush()
  }

  /** The broker that served this session is gone; another one will begin where the session is. */
  detached(): void {
    this.#credit.reset()
    this.#receivedIds.restart()
    this.#life.reconnect()
  }

  #receiveBatch(batch: string): void {
    const events: readonly WireEvent[] = JSON.parse(batch)
    const chars = batch.length / events.length
    let known = 0
    for (const wireEvent of events) {
      // Closed by a listener: nothing more of this batch is wanted.
      if (this.#leaving !== undefined) return
      const [position, id, payload, name] = wireEvent
      if (typeof payload !== 'string' && !('print' in payload)) {
        const mark = this.#receivedIds.receiveMarginal(position)
        this.#deliver({ event: eventFromWire(wireEvent), chars, mark })
        continue
      }
      const { mark, novelty } = this.#receivedIds.receive(
        id,
        position,
        typeof payload === 'string' ? fingerprint(name ?? DEFAULT_EVENT_NAME, payload) : payload.print,
      )
      if (novelty === 'new') {
        this.#deliver({ event: eventFromWire(wireEvent), chars, mark })
      } else if (mark.progress === 'unread') {
        this.#lastUnread = mark
      } else {
        known += chars
        this.#reportKnown(position)
      }
    }
    this.#receivedIds.endBatch()
    // Once for all of them: the first alone would be kept at once, and the others much later.
    if (this.#knownUpTo > 0) {
      this.#credit.taken(this.#knownUpTo, known)
      // At once: nobody reads them, so nothing else will return their credit, and a replay must not overflow.
      this.#credit.flush()
    }
    this.#knownUpTo = 0
  }

  /** An event that the session has taken comes again. It counts when everything before it is taken, too. */
  #reportKnown(position: number): void {
    const unread = this.#lastUnread
    const isWaiting = unread?.progress === 'unread' && unread.epoch === this.#receivedIds.epoch
    if (unread !== undefined && isWaiting) unread.report = position
    else this.#knownUpTo = position
  }

  #deliver(received: Received): void {
    this.#lastUnread = received.mark
    if (this.#listening !== 'yes') {
      this.incoming.push(received)
    } else if (this.incoming.hasReader) {
      this.#callListeners(received.event)
      this.incoming.push(received)
    } else {
      this.#callListeners(received.event)
      this.#taken(received)
    }
  }

  #taken(received: Received): void {
    const { event, mark, chars } = received
    mark.progress = 'taken'
    this.#cursor = event.id
    if (mark.epoch === this.#receivedIds.epoch) this.#credit.taken(mark.report, chars)
  }

  #callListenersWithUnread(): void {
    if (this.incoming.hasReader) return
    let received = this.incoming.shift()
    while (received !== undefined) {
      this.#callListeners(received.event)
      this.#taken(received)
      received = this.incoming.shift()
    }
  }

  #callListeners(event: SseEvent<unknown>): void {
    try {
      const decoded = this.#decode(event)
      if (decoded !== undefined) this.#eventListeners.call(decoded)
    } catch (error) {
      reportError(error)
    }
  }

  async #answerHeaders(question: number, refusal: ResponseData | undefined): Promise<void> {
    const { headers } = this.#options.request
    if (typeof headers !== 'function') return
    this.#hooks.answer(this.id, question, await answerOf(headers, refusal))
  }

  #abort(): Promise<void> {
    const error: unknown = this.#options.signal?.reason
    return this.#finish({ state: 'closed', reason: 'aborted' }, { type: 'error', error }, error)
  }

  #finish(
    state: SessionState & { readonly state: 'closed' },
    end: End,
    errorForOpening: unknown,
  ): Promise<void> {
    if (this.#leaving === undefined) {
      // The loop's body is running, and it is this event that it was done with.
      this.incoming.settle()
      this.#life.close(state, errorForOpening)
      this.incoming.cut(end)
    }
    return this.#leave()
  }

  #leave(): Promise<void> {
    if (this.#leaving === undefined) {
      this.#options.signal?.removeEventListener('abort', this.#onAbort)
      this.#leaving = this.#hooks.leave(this.id, this.#credit.position)
    }
    return this.#leaving
  }
}

function eventFromWire([, id, payload, event]: WireEvent): SseEvent<unknown> {
  const name = event ?? DEFAULT_EVENT_NAME
  if (typeof payload === 'string') return { data: payload, event: name, id }
  if ('value' in payload) return { data: payload.value, event: name, id }
  if ('text' in payload) return { data: new WorkerFailure(payload.text, payload.failure), event: name, id }
  return { data: '', event: name, id, ...payload }
}

function interestOf(options: ResolvedOptions<unknown>): Interest {
  const { events, match, filter, deserialize, showCommentEvents, showRetryEvents } = options
  return {
    showCommentEvents,
    showRetryEvents,
    events,
    match,
    filter: typeof filter === 'object' ? filter : undefined,
    codec: typeof deserialize === 'object' && 'codec' in deserialize ? deserialize.codec : undefined,
  }
}

async function answerOf(headers: HeadersFunction, refusal: ResponseData | undefined): Promise<HeadersAnswer> {
  try {
    const init = await headers(refusal === undefined ? {} : { response: responseFromData(refusal) })
    return { type: 'headers', headers: headersData(init) }
  } catch (error) {
    return { type: 'failed', cause: causeData(error) }
  }
}

function causeData(error: unknown): { readonly name: string; readonly message: string } {
  if (error instanceof Error) return { name: error.name, message: error.message }
  return { name: 'Error', message: String(error) }
}
