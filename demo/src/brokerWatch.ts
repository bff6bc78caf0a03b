import type { BrokerSnapshot } from 'sse-broker'
import { broker } from './broker.js'

const everyMs = 1000

/** Asks the broker once a second, and whenever `now` is called, what it is doing. A hidden tab does not ask. */
export class BrokerWatch {
  readonly #onSnapshot: (snapshot: BrokerSnapshot) => void

  constructor(onSnapshot: (snapshot: BrokerSnapshot) => void) {
    this.#onSnapshot = onSnapshot
    setInterval(() => this.now(), everyMs)
    document.addEventListener('visibilitychange', () => this.now())
  }

  now(): void {
    if (!document.hidden) broker.inspect().then(this.#onSnapshot, reportError)
  }
}
