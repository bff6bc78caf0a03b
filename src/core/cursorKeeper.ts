import type { Cancel, Clock, CursorStore } from './env.js'

/** A write costs about a millisecond of the worker: at most two a second per stream. */
export const WRITE_INTERVAL_MS = 500

/** How long a stream waits for the storage before it begins without its cursor. */
export const LOAD_WAIT_MS = 2_000

/** Keeps a stream's cursor in the store, with coalesced writes. */
export class CursorKeeper {
  readonly #stream: string
  readonly #store: CursorStore
  readonly #clock: Clock
  #written = { id: '', position: 0 }
  #wanted = this.#written
  #timer: Cancel | undefined
  #failure: string | undefined

  constructor(stream: string, store: CursorStore, clock: Clock) {
    this.#stream = stream
    this.#store = store
    this.#clock = clock
  }

  /** Why the storage failed last; the stream goes on in memory. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** Position of the cursor that was written last: what lies at or before it will not come again. */
  get writtenPosition(): number {
    return this.#written.position
  }

  /** The id kept by an earlier worker. A storage that fails or does not answer has none: the stream must begin. */
  async load(): Promise<string | undefined> {
    let cancel: Cancel | undefined
    const overdue = new Promise<never>((_, reject) => {
      cancel = this.#clock.after(LOAD_WAIT_MS, () => {
        reject(new Error(`The storage did not answer within ${LOAD_WAIT_MS} ms`))
      })
    })
    try {
      const kept = await Promise.race([this.#store.load(this.#stream), overdue])
      if (kept !== undefined) this.#written = this.#wanted = { id: kept.id, position: 0 }
      return kept?.id
    } catch (error) {
      this.#failure = String(error)
      return undefined
    } finally {
      cancel?.()
    }
  }

  write(id: string, position: number): void {
    if (id === this.#wanted.id) return
    this.#wanted = { id, position }
    this.#timer ??= this.#clock.after(WRITE_INTERVAL_MS, () => this.flush())
  }

  /** Writes what is waiting, now: the worker may be gone before the timer fires. */
  flush(): void {
    this.#timer?.()
    this.#timer = undefined
    const cursor = this.#wanted
    if (cursor === this.#written) return
    this.#store.save(this.#stream, { id: cursor.id, at: this.#clock.now() }).then(
      () => {
        this.#failure = undefined
        this.#written = cursor
      },
      (error: unknown) => {
        this.#failure = String(error)
      },
    )
  }
}
