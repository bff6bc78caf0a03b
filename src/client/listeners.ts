/** Calls each of a set of listeners. One that throws is reported, and nobody else notices. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>()

  get isEmpty(): boolean {
    return this.#listeners.size === 0
  }

  /** Returns what takes the listener away again. The same function added twice is called twice. */
  add(listener: (value: T) => void): () => void {
    const own = (value: T): void => listener(value)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  call(value: T): void {
    // A copy: a listener added by a listener waits for the next call.
    for (const listener of [...this.#listeners]) {
      try {
        listener(value)
      } catch (error) {
        reportError(error)
      }
    }
  }
}
