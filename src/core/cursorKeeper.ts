import type { Place } from '../protocol/subscription.js'
import type { Cancel, Clock, CursorStore, KeptCursor } from './env.js'

/** A write costs about a millisecond of the worker: the first one at once, then at most two a second. */
export const WRITE_INTERVAL_MS = 500

/** How long a stream waits for the storage: to begin without its cursor, or to say that it is not written. */
export const STORE_WAIT_MS = 2_000

const NOWHERE: Place = { id: '', position: 0 }

/** Keeps a stream's cursor in the store, with coalesced writes, and tells what it keeps. */
export class CursorKeeper {
  readonly #stream: string
  readonly #store: Pick<CursorStore, 'load' | 'save'>
  readonly #clock: Clock
  readonly #onKept: () => void
  #lineage = ''
  /** Written last, or being written. */
  #kept = NOWHERE
  #wanted = NOWHERE
  /** Runs while a further write must wait. */
  #pause: Cancel | undefined
  #failure: string | undefined

  constructor(stream: string, store: Pick<CursorStore, 'load' | 'save'>, clock: Clock, onKept: () => void) {
    this.#stream = stream
    this.#store = store
    this.#clock = clock
    this.#onKept = onKept
  }

  /** Why the storage failed last; the stream goes on in memory. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** What the next worker may start from. */
  get kept(): Place {
    return this.#kept
  }

  /** A storage that fails or does not answer has no cursor: the stream must begin. */
  async load(): Promise<KeptCursor | undefined> {
    let cancel: Cancel | undefined
    const overdue = new Promise<never>((_, reject) => {
      cancel = this.#clock.after(STORE_WAIT_MS, () => {
        reject(new Error(`The storage did not answer within ${STORE_WAIT_MS} ms`))
      })
    })
    try {
      return await Promise.race([this.#store.load(this.#stream), overdue])
    } catch (error) {
      this.#failure = String(error)
      return undefined
    } finally {
      cancel?.()
    }
  }

  /** The stream starts here, without a write. */
  begin(lineage: string, place: Place): void {
    this.#lineage = lineage
    this.#kept = this.#wanted = place
  }

  write(place: Place): void {
    this.#wanted = place.id === this.#kept.id ? this.#kept : place
    if (this.#pause === undefined) this.flush()
  }

  /** Writes what is waiting, now: the worker may be gone before the pause is over. */
  flush(): void {
    this.#pause?.()
    this.#pause = undefined
    if (this.#wanted === this.#kept) return
    this.#kept = this.#wanted
    this.rewrite()
    this.#onKept()
  }

  /** Writes the kept cursor, whatever the store has. */
  rewrite(): void {
    this.#pause?.()
    this.#pause = this.#clock.after(WRITE_INTERVAL_MS, () => this.flush())
    const cursor = { ...this.#kept, lineage: this.#lineage, at: this.#clock.now() }
    // A write that does not end is no better than one that fails, and says less.
    const overdue = this.#clock.after(STORE_WAIT_MS, () => {
      this.#failure = `The storage did not write within ${STORE_WAIT_MS} ms`
    })
    this.#store.save(this.#stream, cursor).then(
      () => {
        overdue()
        this.#failure = undefined
      },
      (error: unknown) => {
        overdue()
        this.#failure = String(error)
      },
    )
  }
}
