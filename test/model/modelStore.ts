import type { CursorStore, KeptCursor } from '../../src/core/env.js'

interface Write {
  readonly stream: string
  readonly cursor: KeptCursor
  readonly settle: () => void
}

/** A disk: it outlives workers and browsers, and a write takes a while to get there. */
export class ModelStore implements CursorStore {
  readonly cursors = new Map<string, KeptCursor>()
  mood: 'well' | 'failing' | 'hanging' = 'well'
  /** `prompt`: a write is there at once; `slow`: when it is told to be. */
  speed: 'prompt' | 'slow' = 'prompt'
  #writes: Write[] = []
  #hasFailed = false

  /** Whether all that was written is there. */
  get isFaithful(): boolean {
    return !this.#hasFailed && this.#writes.length === 0
  }

  async load(stream: string): Promise<KeptCursor | undefined> {
    if (this.mood === 'hanging') return new Promise(() => {})
    if (this.mood === 'failing') throw new Error('The disk is out of order')
    return this.cursors.get(stream)
  }

  save(stream: string, cursor: KeptCursor): Promise<void> {
    this.#hasFailed = this.mood !== 'well'
    if (this.mood === 'hanging') return new Promise(() => {})
    if (this.mood === 'failing') return Promise.reject(new Error('The disk is full'))
    const done = new Promise<void>((settle) => this.#writes.push({ stream, cursor, settle }))
    if (this.speed === 'prompt') this.commit()
    return done
  }

  async forget(): Promise<void> {
    throw new Error('The model forgets nothing')
  }

  /** What is on its way gets there. */
  commit(): void {
    for (const { stream, cursor, settle } of this.#writes.splice(0)) {
      this.cursors.set(stream, cursor)
      settle()
    }
  }

  /** What is on its way never gets there. */
  drop(): void {
    if (this.#writes.length > 0) this.#hasFailed = true
    this.#writes = []
  }
}
