import {
  broker,
  createBroker,
  type Address,
  type Broker,
  type BrokerOptions,
  type TextOptions,
} from 'sse-broker'
import { describeError, Recording } from './recording.js'

/** What can be asked of a page from outside: all of it is plain data. */
export interface ReadRequest {
  address: Exclude<Address, URL>
  options: Omit<TextOptions, 'signal' | 'match' | 'filter' | 'onStatus' | 'events'> & {
    events?: readonly string[]
  }
  /** Options of the broker that the session is of; the ready-made one without. Sessions with equal ones share it. */
  broker?: BrokerOptions
  /** Takes so many events, then keeps the loop's body waiting until `goOn()`: 0 never takes one. */
  stopAfter?: number
  /** Tells the scripted server of every event before it takes the next. */
  reports?: boolean
}

/** One session of the page under the number that the test knows it by. */
export class Reader {
  readonly recording = new Recording()
  #stopAfter: number
  #goOn: () => void = () => {}
  readonly #reports: boolean
  readonly #abort = new AbortController()

  constructor({ stopAfter = Infinity, reports = false }: ReadRequest) {
    this.#stopAfter = stopAfter
    this.#reports = reports
  }

  async read(from: Broker, { address, options }: ReadRequest): Promise<void> {
    const { recording } = this
    try {
      const session = await from.sseSession(address, { ...options, signal: this.#abort.signal })
      recording.opened(session)
      if (this.#stopAfter === 0) await this.#untilGoOn()
      for await (const event of session.incoming) {
        recording.took(event)
        if (this.#reports) await fetch(`/took?id=${event.id}`, { method: 'POST' })
        if (recording.events.length >= this.#stopAfter) await this.#untilGoOn()
      }
      recording.ended({})
    } catch (error) {
      recording.ended({ error: describeError(error) })
    }
  }

  goOn(): void {
    this.#stopAfter = Infinity
    this.#goOn()
  }

  abort(reason: string): void {
    this.#abort.abort(new Error(reason))
  }

  #untilGoOn(): Promise<void> {
    return new Promise((resolve) => {
      this.#goOn = resolve
    })
  }
}

const brokers = new Map<string, Broker>()
const readers: Reader[] = []

/** Starts a session and its loop; the number is what the test asks about it by. */
export function startReader(request: ReadRequest): number {
  const reader = new Reader(request)
  void reader.read(brokerOf(request.broker), request)
  return readers.push(reader) - 1
}

export function readerOf(number: number): Reader {
  const reader = readers[number]
  if (reader === undefined) throw new Error(`This page has no reader ${number}`)
  return reader
}

/** The page's one broker with these options. */
export function brokerOf(options: BrokerOptions | undefined): Broker {
  if (options === undefined) return broker
  const key = JSON.stringify(options)
  const known = brokers.get(key) ?? createBroker(options)
  brokers.set(key, known)
  return known
}
