import type {
  Clock,
  Connection,
  ConnectionRequest,
  CursorStore,
  Env,
  Forgotten,
  KeptCursor,
  ResponseHead,
} from '../../src/core/env.js'

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now = 1_000_000
  #next = 0
  readonly #timers = new Map<number, { readonly at: number; readonly callback: () => void }>()

  now(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): () => void {
    const id = (this.#next += 1)
    this.#timers.set(id, { at: this.#now + ms, callback })
    return () => void this.#timers.delete(id)
  }

  /** The machine sleeps: the clock goes on, the timers do not; the next one to come fires when it wakes. */
  async sleep(ms: number): Promise<void> {
    this.#now += ms
    const [next] = [...this.#timers].sort((a, b) => a[1].at - b[1].at)
    if (next !== undefined) {
      this.#timers.delete(next[0])
      next[1].callback()
    }
    await settled()
  }

  get pending(): number {
    return this.#timers.size
  }

  /** Moves the time, timer by timer, and lets what each one starts run. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      const [due] = [...this.#timers].filter(([, { at }]) => at <= end).sort((a, b) => a[1].at - b[1].at)
      if (due === undefined) break
      const [id, { at, callback }] = due
      this.#timers.delete(id)
      this.#now = Math.max(this.#now, at)
      callback()
      await settled()
    }
    this.#now = end
    await settled()
  }
}

/** Lets all promises that can settle do so. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 50; i += 1) await Promise.resolve()
}

/** A connection whose server is the test. */
export class FakeConnection implements Connection {
  readonly request: ConnectionRequest
  readonly response: Promise<ResponseHead>
  closed = false
  #answer: (head: ResponseHead) => void = () => {}
  #refuse: (error: Error) => void = () => {}
  readonly #chunks: (string | undefined | Error)[] = []
  #waiting: (() => void) | undefined

  constructor(request: ConnectionRequest) {
    this.request = request
    this.response = new Promise((resolve, reject) => {
      this.#answer = resolve
      this.#refuse = reject
    })
  }

  get lastEventId(): string | undefined {
    return this.request.headers.find(([name]) => name === 'Last-Event-ID')?.[1]
  }

  /** Chunks sent and not yet read: a stream that is held back leaves them here. */
  get unread(): number {
    return this.#chunks.length
  }

  async answer(status = 200, headers: Record<string, string> = { 'content-type': 'text/event-stream' }) {
    this.#answer({ status, statusText: '', url: this.request.url, headers: Object.entries(headers) })
    await settled()
  }

  async fail(message = 'refused'): Promise<void> {
    this.#refuse(new TypeError(message))
    await settled()
  }

  send(text: string): Promise<void> {
    return this.#push(text)
  }

  end(): Promise<void> {
    return this.#push(undefined)
  }

  reset(message = 'reset'): Promise<void> {
    return this.#push(new TypeError(message))
  }

  async read(): Promise<string | undefined> {
    if (this.#chunks.length === 0) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
    }
    const chunk = this.#chunks.shift()
    if (chunk instanceof Error) throw chunk
    return chunk
  }

  close(): void {
    this.closed = true
  }

  async #push(chunk: string | undefined | Error): Promise<void> {
    this.#chunks.push(chunk)
    this.#waiting?.()
    this.#waiting = undefined
    await settled()
  }
}

export class FakeStore implements CursorStore {
  readonly cursors = new Map<string, KeptCursor>()
  writes = 0
  failure: Error | undefined
  hangs = false

  async load(stream: string): Promise<KeptCursor | undefined> {
    if (this.hangs) return new Promise(() => {})
    if (this.failure !== undefined) throw this.failure
    return this.cursors.get(stream)
  }

  async forget(what: Forgotten): Promise<void> {
    for (const [stream, { identity }] of this.cursors) {
      const isMeant =
        what.type === 'stream' ? stream === what.stream : what.type === 'all' || identity === what.identity
      if (isMeant) this.cursors.delete(stream)
    }
  }

  async save(stream: string, cursor: KeptCursor): Promise<void> {
    this.writes += 1
    if (this.failure !== undefined) throw this.failure
    this.cursors.set(stream, cursor)
  }
}

let uniques = 0

export class FakeEnv implements Env {
  readonly clock = new FakeClock()
  readonly store: FakeStore
  readonly connections: FakeConnection[] = []
  readonly network = {
    open: (request: ConnectionRequest): Connection => {
      const connection = new FakeConnection(request)
      this.connections.push(connection)
      return connection
    },
  }

  constructor(store = new FakeStore()) {
    this.store = store
  }

  readonly random = (): number => 0

  readonly unique = (): string => `unique${(uniques += 1)}`

  /** The latest connection. */
  get connection(): FakeConnection {
    const connection = this.connections.at(-1)
    if (connection === undefined) throw new Error('No connection was opened')
    return connection
  }
}
