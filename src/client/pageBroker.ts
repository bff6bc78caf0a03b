import type { Forgettable } from '../protocol/brokerApi.js'
import type { Delivery, SessionId } from '../protocol/message.js'
import type { BrokerSnapshot } from '../protocol/snapshot.js'
import { workerName } from '../protocol/workerName.js'
import { type Address, urlOf } from './address.js'
import { Attachment } from './attachment.js'
import type { Broker } from './broker.js'
import type { EventSchemas } from './deserialize.js'
import { Generation } from './generation.js'
import { Listeners } from './listeners.js'
import { type BrokerOptions, resolveOptions, type SseOptions } from './options.js'
import { checkForgotten, requestOf, type RequestOptions } from './requestOptions.js'
import { Session } from './session.js'
import type {
  CodecOptions,
  DeserializerOptions,
  GeneralOptions,
  JsonOptions,
  NamedOptions,
  NamedSession,
  SchemaOptions,
  TextOptions,
} from './sessionOptions.js'
import { requireSharedWorker, startSharedWorker } from './sharedHost.js'
import { isSseError, SseError } from './sseError.js'
import type { SseSession } from './sseSession.js'
import type { SchemaOutput, StandardSchemaV1 } from './standardSchema.js'

/** A worker that dies so soon after its start, so often in a row, will not get better by being started again. */
const SOON_MS = 1_000
const MAX_SOON_LOST = 5

/** The longest wait before a worker that could not be had is tried again. */
const MAX_ATTACH_DELAY_MS = 30_000

type Block<T = string> = (session: SseSession<T>) => unknown
type NamedBlock<M extends EventSchemas> = (session: NamedSession<M>) => unknown

/** Options of which nothing is known of the data: what the overloads say of it is said to the caller. */
type AnyOptions = SseOptions<unknown> | CodecOptions<unknown>

/** What the broker needs of a session, whatever its data is. */
type AnySession = Pick<
  Session<unknown>,
  'id' | 'isOver' | 'subscription' | 'receive' | 'flush' | 'detached' | 'wait' | 'fail' | 'close'
>

/** A page's sessions, and its attachment to the worker: made at the first use, and anew when the worker dies. */
export class PageBroker implements Broker {
  readonly #options: BrokerOptions
  readonly #sessions = new Map<SessionId, AnySession>()
  #latestSession = 0
  #attaching: Promise<Attachment> | undefined
  #attachment: Attachment | undefined
  #attachedAt = 0
  #lostSoon = 0
  #failedAttaches = 0
  /** Whether the next worker that does not answer is one too many. */
  #wedged: 'not yet' | 'once' = 'not yet'
  readonly #generation: Generation
  readonly #outdatedListeners = new Listeners<void>()
  #presence: 'unused' | 'shown' | 'hidden' | 'closed' = 'unused'
  readonly #onPageHide = (): void => this.#hide()
  readonly #onPageShow = (): void => this.#show()

  constructor(options: BrokerOptions) {
    this.#options = options
    this.#generation = new Generation(this.#name, () => this.#reattach())
  }

  sse<T>(address: Address, block: Block<T>): Promise<void>
  sse<T = unknown>(address: Address, options: JsonOptions<T>, block: Block<T>): Promise<void>
  sse<S extends StandardSchemaV1>(
    address: Address,
    options: SchemaOptions<S>,
    block: Block<SchemaOutput<S>>,
  ): Promise<void>
  sse<T>(address: Address, options: CodecOptions<T>, block: Block<T>): Promise<void>
  sse<M extends EventSchemas>(address: Address, options: NamedOptions<M>, block: NamedBlock<M>): Promise<void>
  sse<T>(address: Address, options: DeserializerOptions<T>, block: Block<T>): Promise<void>
  sse<T>(address: Address, options: GeneralOptions<T>, block: Block<T>): Promise<void>
  async sse(address: Address, first: AnyOptions | Block<unknown>, second?: Block<unknown>): Promise<void> {
    const [options, block] = typeof first === 'function' ? [{}, first] : [first, second]
    if (typeof block !== 'function') {
      throw new SseError('options', `sse: block is ${String(block)}. Allowed: a function of the session`)
    }
    const session = await this.#open(address, options)
    try {
      await block(session)
    } finally {
      await session.close()
    }
  }

  sseSession(address: Address, options?: TextOptions): Promise<SseSession>
  sseSession<T = unknown>(address: Address, options: JsonOptions<T>): Promise<SseSession<T>>
  sseSession<S extends StandardSchemaV1>(
    address: Address,
    options: SchemaOptions<S>,
  ): Promise<SseSession<SchemaOutput<S>>>
  sseSession<T>(address: Address, options: CodecOptions<T>): Promise<SseSession<T>>
  sseSession<M extends EventSchemas>(address: Address, options: NamedOptions<M>): Promise<NamedSession<M>>
  sseSession<T>(address: Address, options: DeserializerOptions<T>): Promise<SseSession<T>>
  sseSession<T>(address: Address, options: GeneralOptions<T>): Promise<SseSession<T>>
  sseSession(address: Address, options: AnyOptions = {}): Promise<SseSession<unknown>> {
    return this.#open(address, options)
  }

  async inspect(): Promise<BrokerSnapshot> {
    requireSharedWorker()
    this.#use()
    const attachment = await this.#attach()
    return attachment.inspect()
  }

  async restart(): Promise<void> {
    requireSharedWorker()
    this.#use()
    this.#generation.next()
    await this.#attach()
  }

  async forget(address?: Address, options: RequestOptions = {}): Promise<void> {
    checkForgotten(options)
    const { identity } = options
    let what: Forgettable = { type: 'all' }
    if (address !== undefined) what = { type: 'stream', request: requestOf(urlOf(address), options) }
    else if (identity !== undefined) what = { type: 'identity', identity }
    requireSharedWorker()
    this.#use()
    const attachment = await this.#attach()
    await attachment.forget(what)
  }

  onOutdated(listener: () => void): () => void {
    return this.#outdatedListeners.add(listener)
  }

  async close(): Promise<void> {
    if (this.#presence !== 'unused') {
      removeEventListener('pagehide', this.#onPageHide)
      removeEventListener('pageshow', this.#onPageShow)
      this.#generation.unwatch()
    }
    // Before the sessions end: whoever waits for one's end and opens the next must be told no.
    this.#presence = 'closed'
    await Promise.all([...this.#sessions.values()].map((session) => session.close()))
    this.#detach()
  }

  async #open(address: Address, options: AnyOptions): Promise<Session<unknown>> {
    const resolved = resolveOptions(options, this.#options)
    requireSharedWorker()
    const url = urlOf(address)
    resolved.signal?.throwIfAborted()
    this.#use()
    this.#latestSession += 1
    const session = new Session(this.#latestSession, url, resolved, {
      taken: (id, position) => this.#attachment?.taken(id, position),
      answer: (id, question, answer) => this.#attachment?.answer(id, question, answer),
      leave: (id, taken) => this.#leave(id, taken),
    })
    this.#sessions.set(session.id, session)
    void this.#subscribe(session)
    try {
      await session.opened
    } catch (error) {
      // Nobody has a handle on it: without this the worker would keep it as long as the page lives.
      void session.close()
      throw error
    }
    return session
  }

  get #name(): string {
    return this.#options.name ?? 'default'
  }

  /** Tells the worker of a session. When the worker dies or the page goes away, the next attachment is told. */
  async #subscribe(session: AnySession): Promise<void> {
    // A page that is away holds no lock; it tells of all its sessions when it is shown.
    if (this.#presence === 'hidden') return
    const attaching = this.#attach()
    let attachment: Attachment
    try {
      attachment = await attaching
    } catch (error) {
      // A newer attachment is being made, and is told of this session.
      if (this.#attachment === undefined && !this.#isSuperseded(attaching)) {
        this.#retryLater(session, asSseError(error))
      }
      return
    }
    if (this.#attachment !== attachment || session.isOver) return
    try {
      await attachment.subscribe(session.subscription())
      this.#failedAttaches = 0
    } catch (error) {
      if (this.#attachment === attachment) session.fail(asSseError(error))
    }
  }

  #isSuperseded(attaching: Promise<Attachment>): boolean {
    return this.#attaching !== undefined && this.#attaching !== attaching
  }

  /** A session that was open lives on: the script may be out of reach for a moment, as a server may be. */
  #retryLater(session: AnySession, error: SseError): void {
    this.#failedAttaches += 1
    const delay = Math.min(MAX_ATTACH_DELAY_MS, 1000 * 2 ** Math.min(this.#failedAttaches, 10))
    if (session.wait(error, this.#failedAttaches, Date.now() + delay) === 'fails') session.fail(error)
    else setTimeout(() => this.#resume(session), delay)
  }

  #resume(session: AnySession): void {
    if (this.#presence === 'shown' && !session.isOver) void this.#subscribe(session)
  }

  async #leave(session: SessionId, taken: number): Promise<void> {
    if (!this.#sessions.delete(session)) return
    try {
      await this.#attachment?.unsubscribe(session, taken)
    } catch (error) {
      // A worker that died meanwhile has forgotten the session along with everything else.
      if (!isSseError(error) || error.code !== 'worker-lost') reportError(error)
    }
  }

  #use(): void {
    if (this.#presence === 'closed') {
      throw new SseError('closed', 'The broker was closed with close(). Make a new one with createBroker()')
    }
    if (this.#presence !== 'unused') return
    this.#presence = 'shown'
    addEventListener('pagehide', this.#onPageHide)
    addEventListener('pageshow', this.#onPageShow)
    this.#generation.watch()
  }

  #attach(): Promise<Attachment> {
    if (this.#attaching !== undefined) return this.#attaching
    const name = workerName(this.#name, this.#generation.number)
    const attaching = Attachment.open(() => startSharedWorker(name, this.#options), {
      onDelivery: (delivery) => this.#deliver(delivery),
      onLost: () => this.#onLost(),
      onWedged: () => this.#generation.next(),
    })
    this.#attaching = attaching
    attaching.then(
      (attachment) => {
        if (this.#attaching !== attaching) {
          attachment.detach()
          return
        }
        this.#attachment = attachment
        this.#attachedAt = performance.now()
        this.#wedged = 'not yet'
      },
      (error: unknown) => {
        if (this.#attaching !== attaching) return
        // The next session tries again: a script may be served later, another build may have gone.
        this.#attaching = undefined
        // A worker that never answers is wedged for all who come; the next generation is not.
        // Once: where the next does not answer either, the sessions are told.
        const isWedged = isSseError(error) && error.code === 'worker-lost'
        if (!isWedged || this.#wedged === 'once') return
        this.#wedged = 'once'
        this.#generation.next()
      },
    )
    return attaching
  }

  #deliver(delivery: Delivery): void {
    if (delivery.type === 'outdated') this.#outdatedListeners.call()
    else this.#sessions.get(delivery.session)?.receive(delivery)
  }

  #onLost(): void {
    const livedFor = performance.now() - this.#attachedAt
    this.#lostSoon = livedFor < SOON_MS ? this.#lostSoon + 1 : 0
    if (this.#lostSoon < MAX_SOON_LOST) {
      this.#reattach()
      return
    }
    this.#lostSoon = 0
    this.#detach()
    const message = `The worker died ${MAX_SOON_LOST} times in a row, within ${SOON_MS} ms of its start`
    const error = new SseError('worker-lost', message)
    for (const session of [...this.#sessions.values()]) session.fail(error)
  }

  /** A new worker starts, or the next generation, and the sessions go on where they were. */
  #reattach(): void {
    this.#detach()
    for (const session of this.#sessions.values()) void this.#subscribe(session)
  }

  #detach(): void {
    const attachment = this.#attachment
    this.#attachment = undefined
    this.#attaching = undefined
    if (attachment === undefined) return
    attachment.detach()
    for (const session of this.#sessions.values()) session.detached()
  }

  /** The page goes away, or into the back/forward cache, where a lock or a port that speaks would evict it. */
  #hide(): void {
    for (const session of this.#sessions.values()) session.flush()
    this.#detach()
    this.#presence = 'hidden'
  }

  #show(): void {
    if (this.#presence !== 'hidden') return
    this.#presence = 'shown'
    for (const session of this.#sessions.values()) void this.#subscribe(session)
  }
}

function asSseError(error: unknown): SseError {
  if (isSseError(error)) return error
  const message = error instanceof Error ? error.message : String(error)
  return new SseError('worker-lost', `The worker answered with an error: ${message}`, { cause: error })
}
