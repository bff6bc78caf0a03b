import { Fifo } from '../core/fifo.js'
import type { SseEvent } from '../protocol/event.js'
import type { Received } from './received.js'
import { SseError } from './sseError.js'

type Result<T> = IteratorResult<SseEvent<T>, undefined>

interface Waiter<T> {
  readonly resolve: (result: Result<T>) => void
  readonly reject: (error: unknown) => void
}

/** How a session's events end: with an error, or without one. */
export type End = { readonly type: 'done' } | { readonly type: 'error'; readonly error: unknown }

/** What the inbox asks of its session. */
export interface IncomingHooks<T> {
  /** Makes what the reader gets; may throw. */
  decode(event: SseEvent): SseEvent<T>
  /** The reader is done with an event. */
  taken(received: Received): void
  /** The reader has come to the end. */
  finished(): void
  /** The reader has left the loop. */
  left(): Promise<void>
}

/** A session's inbox and its one reader. */
export class Incoming<T> implements AsyncIterableIterator<SseEvent<T>, undefined> {
  readonly #hooks: IncomingHooks<T>
  readonly #inbox = new Fifo<Received>()
  readonly #waiters = new Fifo<Waiter<T>>()
  #reader: 'none' | 'loop' = 'none'
  #history: 'unread' | 'read' = 'unread'
  /** Given to the reader, who is not done with it before asking for the next. */
  #inHand: Received | undefined
  #end: End | undefined

  constructor(hooks: IncomingHooks<T>) {
    this.#hooks = hooks
  }

  /** Whether anyone has begun to read; a loop that an error has ended may be begun again. */
  get hasReader(): boolean {
    return this.#history === 'read'
  }

  /** Nothing lies unread. */
  get isEmpty(): boolean {
    return this.#inbox.size === 0 && this.#inHand === undefined
  }

  [Symbol.asyncIterator](): this {
    if (this.#reader === 'loop' && this.#end === undefined) {
      throw new SseError(
        'options',
        'session.incoming has a reader already. Allowed: one. Open a second session, which shares the ' +
          'connection, or use session.on()',
      )
    }
    this.#reader = 'loop'
    this.#history = 'read'
    return this
  }

  next(): Promise<Result<T>> {
    this.#history = 'read'
    this.settle()
    const received = this.#inbox.shift()
    if (received !== undefined) return this.#give(received)
    if (this.#end !== undefined) return this.#giveEnd(this.#end)
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }))
  }

  /** Called when the loop is left by `break`, `return` or an error of its body. */
  async return(): Promise<Result<T>> {
    await this.#hooks.left()
    return { done: true, value: undefined }
  }

  push(received: Received): void {
    const waiter = this.#waiters.shift()
    if (waiter === undefined) this.#inbox.push(received)
    else this.#give(received).then(waiter.resolve, waiter.reject)
  }

  /** The next unread event, for listeners, when there is no reader. */
  shift(): Received | undefined {
    return this.#inbox.shift()
  }

  /** Nothing more will come; what is unread can still be read. */
  end(end: End): void {
    this.#end ??= end
    let waiter = this.#waiters.shift()
    while (waiter !== undefined) {
      this.#giveEnd(this.#end).then(waiter.resolve, waiter.reject)
      waiter = this.#waiters.shift()
    }
  }

  /** Ends at once: what is unread goes. */
  cut(end: End): void {
    this.#inbox.clear()
    this.#end = undefined
    this.end(end)
  }

  /** The reader is done with what it has in hand. */
  settle(): void {
    const received = this.#inHand
    this.#inHand = undefined
    if (received !== undefined) this.#hooks.taken(received)
  }

  async #give(received: Received): Promise<Result<T>> {
    this.#inHand = received
    try {
      return { done: false, value: this.#hooks.decode(received.event) }
    } catch (error) {
      // A loop ends with the error and does not say so: whoever catches it may begin another.
      this.#reader = 'none'
      throw error
    }
  }

  async #giveEnd(end: End): Promise<Result<T>> {
    // An error is told once; an iterator that has thrown is over.
    this.#end = { type: 'done' }
    this.#hooks.finished()
    if (end.type === 'error') throw end.error
    return { done: true, value: undefined }
  }
}
