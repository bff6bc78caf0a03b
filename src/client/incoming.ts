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
  /** Makes what the reader gets; `undefined` for what its filter lets go by. May throw. */
  decode(event: SseEvent<unknown>): SseEvent<T> | undefined
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
    let received = this.#inbox.shift()
    while (received !== undefined) {
      const given = this.#give(received)
      if (given !== undefined) return given
      received = this.#inbox.shift()
    }
    if (this.#end !== undefined) return this.#giveEnd(this.#end)
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }))
  }

  /** Called when the loop is left by `break`, `return` or an error of its body. */
  async return(): Promise<Result<T>> {
    await this.#hooks.left()
    return { done: true, value: undefined }
  }

  push(received: Received): void {
    const waiter = this.#waiters.peek()
    if (waiter === undefined) {
      this.#inbox.push(received)
      return
    }
    const given = this.#give(received)
    if (given === undefined) return
    this.#waiters.shift()
    given.then(waiter.resolve, waiter.reject)
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

  /** What the reader gets for an event, if it gets one. */
  #give(received: Received): Promise<Result<T>> | undefined {
    let value: SseEvent<T> | undefined
    try {
      value = this.#hooks.decode(received.event)
    } catch (error) {
      this.#inHand = received
      // A loop ends with the error and does not say so: whoever catches it may begin another.
      this.#reader = 'none'
      return Promise.reject(error)
    }
    if (value === undefined) {
      this.#hooks.taken(received)
      return undefined
    }
    this.#inHand = received
    return Promise.resolve({ done: false, value })
  }

  async #giveEnd(end: End): Promise<Result<T>> {
    // An error is told once; an iterator that has thrown is over.
    this.#end = { type: 'done' }
    this.#hooks.finished()
    if (end.type === 'error') throw end.error
    return { done: true, value: undefined }
  }
}
