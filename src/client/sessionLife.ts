import type { StreamStatus } from '../protocol/status.js'
import type { StreamPolicy } from '../protocol/subscription.js'
import { callFromData, type SseCall } from './call.js'
import { Listeners } from './listeners.js'
import { SseError } from './sseError.js'
import { type SessionState, type SessionStatus, stateFromData } from './status.js'

/** A session's state, its call, and the promise that it opens. */
export class SessionLife {
  /** Settles once: when the stream is open or has ended well, or with the first failure. */
  readonly opened: Promise<void>
  readonly #listeners = new Listeners<SessionStatus>()
  readonly #cursor: () => string
  #state: SessionState = { state: 'connecting', attempt: 1 }
  #call: SseCall | undefined
  /** What the stream does, where that is not what this session asked for. */
  policy: StreamPolicy | undefined
  #resolveOpened: () => void = () => {}
  #rejectOpened: (error: unknown) => void = () => {}

  constructor(cursor: () => string) {
    this.#cursor = cursor
    this.opened = new Promise((resolve, reject) => {
      this.#resolveOpened = resolve
      this.#rejectOpened = reject
    })
  }

  get status(): SessionStatus {
    const { policy } = this
    return { ...this.#state, cursor: this.#cursor(), ...(policy === undefined ? {} : { policy }) }
  }

  get call(): SseCall {
    if (this.#call === undefined) throw new SseError('closed', 'The session was never open')
    return this.#call
  }

  get wasOpen(): boolean {
    return this.#call !== undefined
  }

  onStatus(listener: (status: SessionStatus) => void): () => void {
    return this.#listeners.add(listener)
  }

  /** The stream tells its state. */
  update(status: StreamStatus): void {
    if ('call' in status && status.call !== undefined) this.#call = callFromData(status.call)
    const state = stateFromData(status)
    this.#enter(state)
    if (state.state === 'open') this.#resolveOpened()
    if (state.state !== 'closed') return
    if (state.reason === 'failed') this.#rejectOpened(state.error)
    else this.#resolveOpened()
  }

  /** The broker is gone; another one will tell. */
  reconnect(): void {
    this.#enter({ state: 'connecting', attempt: 1 })
  }

  /** No broker can be had; the page tries again. */
  wait(state: SessionState & { readonly state: 'waiting' }): void {
    this.#enter(state)
  }

  /** The session ends on this side. `error` is for who still waits for it to open. */
  close(state: SessionState & { readonly state: 'closed' }, error: unknown): void {
    this.#enter(state)
    this.#rejectOpened(error)
  }

  /** A closed session stays what it was closed by. */
  #enter(state: SessionState): void {
    if (this.#state.state === 'closed') return
    this.#state = state
    this.#listeners.call(this.status)
  }
}
