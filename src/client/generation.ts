/**
 * Which generation of a broker's worker this browser is at. A SharedWorker cannot be ended from a page, only left: to
 * replace a wedged one all tabs go over to another name. `localStorage` tells them, and whoever comes later.
 */
export class Generation {
  readonly #key: string
  readonly #onNext: () => void
  #number = 0
  readonly #onStorage = (event: StorageEvent): void => {
    // Everything was cleared, as at a logout: whoever comes now must not begin at 0 again.
    if (event.key === null) this.#write()
    if (event.key !== this.#key || this.#read() === this.#number) return
    this.#number = this.#read()
    this.#onNext()
  }

  constructor(broker: string, onNext: () => void) {
    this.#key = `sse-broker:${broker}:generation`
    this.#onNext = onNext
  }

  get number(): number {
    return this.#number
  }

  watch(): void {
    this.#number = this.#read()
    addEventListener('storage', this.#onStorage)
  }

  unwatch(): void {
    removeEventListener('storage', this.#onStorage)
  }

  /** Goes on to the next generation, unless another tab has done so already. */
  next(): void {
    const stored = this.#read()
    this.#number = Math.max(stored, this.#number + 1)
    this.#write()
    this.#onNext()
  }

  #write(): void {
    try {
      localStorage.setItem(this.#key, String(this.#number))
    } catch {
      // A page that may not store anything goes over alone; the other tabs notice a wedged worker by themselves.
    }
  }

  #read(): number {
    try {
      return Number(localStorage.getItem(this.#key) ?? this.#number)
    } catch {
      return this.#number
    }
  }
}
