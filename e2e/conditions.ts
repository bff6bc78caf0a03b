// Waiting for something to become true without polling: whoever changes the state says `changed()`, and every
// waiter looks again. Used on both sides: by the scripted server and, inside the page, by what a tab records.

interface Waiter {
  isMet: () => boolean
  met: () => void
}

export class Conditions {
  readonly #describe: () => string
  readonly #timeLimitMs: number
  readonly #waiters = new Set<Waiter>()

  /** `describe` tells what was there when a condition was never met: a bare time-out explains nothing. */
  constructor(describe: () => string, timeLimitMs = 15_000) {
    this.#describe = describe
    this.#timeLimitMs = timeLimitMs
  }

  changed(): void {
    for (const waiter of this.#waiters) {
      if (!waiter.isMet()) continue
      this.#waiters.delete(waiter)
      waiter.met()
    }
  }

  until(isMet: () => boolean, what: string = isMet.toString()): Promise<void> {
    if (isMet()) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.#waiters.delete(waiter)
        reject(new Error(`Waited ${this.#timeLimitMs} ms for: ${what}\n${this.#describe()}`))
      }, this.#timeLimitMs)
      const waiter: Waiter = {
        isMet,
        met: () => {
          clearTimeout(limit)
          resolve()
        },
      }
      this.#waiters.add(waiter)
    })
  }
}
