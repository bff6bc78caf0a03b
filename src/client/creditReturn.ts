import { CREDIT_CHARS, CREDIT_EVENTS } from '../protocol/credit.js'

/** How long taken events may stay unreported. The kept cursor is older for it by as much, never newer. */
const RETURN_INTERVAL_MS = 100

/**
 * Tells the broker how far a session's reader has come. Not per event, which would cost a message each: the first
 * at once, since until then nothing is kept; the others when half of the credit is used up, else a moment later.
 */
export class CreditReturn {
  readonly #send: (position: number) => void
  #position = 0
  #events = 0
  #chars = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(send: (position: number) => void) {
    this.#send = send
  }

  taken(position: number, chars: number): void {
    this.#position = position
    this.#events += 1
    this.#chars += chars
    const isHalf = this.#events * 2 >= CREDIT_EVENTS || this.#chars * 2 >= CREDIT_CHARS
    if (isHalf || this.#timer === undefined) this.flush()
  }

  /** Up to where the reader is; 0 before it has taken anything from this broker. */
  get position(): number {
    return this.#position
  }

  flush(): void {
    const events = this.#events
    this.#pause()
    if (events === 0) return
    this.#timer = setTimeout(() => this.flush(), RETURN_INTERVAL_MS)
    this.#send(this.#position)
  }

  /** Forgets what is unreported: it belonged to a broker that is gone. */
  reset(): void {
    this.#pause()
    this.#position = 0
  }

  #pause(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#events = 0
    this.#chars = 0
  }
}
