import { STRETCH_CHARS } from '../../src/core/connectionReader.js'
import type { ConnectionRequest } from '../../src/core/env.js'
import { FakeConnection } from '../core/fakeEnv.js'

export const EVENT_NAMES = ['message', 'a', 'b'] as const

/** A block of the server's log. Its serial is its place there, and it is in the event's data: no two are alike. */
export interface Entry {
  readonly serial: number
  readonly kind: 'event' | 'comment' | 'bare id'
  readonly name: string
  /** The block's own id. */
  readonly id: string | undefined
  /** Sent to those that are connected, never replayed: a comment, a ping. */
  readonly isTransient: boolean
  readonly text: string
}

/**
 * How a server numbers its events: `each` event has an id of its own; `pings` has transient events without one in
 * between; `groups` gives an id to the first event of a few and replays all of them.
 */
export type Numbering = 'each' | 'pings' | 'groups'

/** What the next entry is to be, where the server's numbering has it; else it is an event with an id. */
export type Wish = Entry['kind'] | 'ping' | 'grouped'

export type Mood = 'well' | 'refusing' | 'unavailable' | 'silent'

/** What a server sends for a connection, and how far the worker has read it. */
export class ServerConnection extends FakeConnection {
  readonly server: ModelServer
  state: 'asked' | 'open' | 'over' = 'asked'
  isAnswered = false
  /** Serial of the next entry to send. */
  next = 0
  /** From this entry on all is live; before it, it is a replay. */
  liveFrom = 0
  /** Text of entries that were begun and not wholly sent. */
  rest = ''
  #sentChars = 0
  #readChars = 0
  readonly #ends: { readonly entry: Entry; readonly offset: number }[] = []
  #endsRead = 0

  constructor(server: ModelServer, request: ConnectionRequest) {
    super(request)
    this.server = server
  }

  override async read(): Promise<string | undefined> {
    const text = await super.read()
    this.#readChars += text?.length ?? 0
    for (;;) {
      const end = this.#ends[this.#endsRead]
      if (end === undefined || end.offset > this.#readChars) return text
      this.#endsRead += 1
      this.server.onRead(this, end.entry)
    }
  }

  override close(): void {
    super.close()
    this.state = 'over'
  }

  /** Sends so many characters of what is due, be it in the middle of a line. */
  pump(chars: number): void {
    if (this.state !== 'open') return
    while (this.rest.length < chars) {
      const entry = this.server.entryFrom(this.next, this.liveFrom)
      if (entry === undefined) break
      this.next = entry.serial + 1
      this.rest += entry.text
      this.#ends.push({ entry, offset: this.#sentChars + this.rest.length })
    }
    const text = this.rest.slice(0, chars)
    this.rest = this.rest.slice(text.length)
    this.#sentChars += text.length
    // No chunk is longer than what the worker parses in one go, so that what it has read it has parsed.
    for (let start = 0; start < text.length; start += STRETCH_CHARS) {
      void this.send(text.slice(start, start + STRETCH_CHARS))
    }
  }

  /** The connection ends after so many more characters. */
  cut(chars: number, how: 'end' | 'reset'): void {
    if (this.state === 'asked') void this.fail()
    this.pump(chars)
    if (this.state === 'open') void (how === 'end' ? this.end() : this.reset())
    this.state = 'over'
  }
}

/** A server with an infinite log that replays from `Last-Event-ID`, as far as it still has it. */
export class ModelServer {
  readonly url: string
  readonly numbering: Numbering
  readonly entries: Entry[] = []
  readonly #connections = new Set<ServerConnection>()
  readonly #serials = new Map<string, number>()
  readonly #onRead: (connection: ServerConnection, entry: Entry) => void
  readonly #onOpen: (connection: ServerConnection, from: number) => void
  mood: Mood = 'well'
  /** `prompt`: answers at once and sends all it has; `slow`: when it is told to. */
  speed: 'prompt' | 'slow' = 'prompt'
  /** Serial of the oldest entry that can still be replayed. */
  oldest = 0
  /** Stretches that it was asked for and did not send. */
  readonly #withheld: { readonly from: number; readonly until: number }[] = []

  constructor(
    url: string,
    numbering: Numbering,
    listener: {
      onRead(connection: ServerConnection, entry: Entry): void
      onOpen(connection: ServerConnection, from: number): void
    },
  ) {
    this.url = url
    this.numbering = numbering
    this.#onRead = (connection, entry) => listener.onRead(connection, entry)
    this.#onOpen = (connection, from) => listener.onOpen(connection, from)
  }

  onRead(connection: ServerConnection, entry: Entry): void {
    this.#onRead(connection, entry)
  }

  accept(connection: ServerConnection): void {
    this.#connections.add(connection)
    // What fails in a connection that nobody reads any more is nobody's failure.
    connection.response.catch(() => {})
    if (this.speed === 'prompt') this.answer(connection)
  }

  /** Those that the worker has not closed and the server not ended. */
  get live(): ServerConnection[] {
    for (const connection of this.#connections)
      if (connection.state === 'over') this.#connections.delete(connection)
    return [...this.#connections]
  }

  answer(connection: ServerConnection): void {
    if (connection.state !== 'asked' || this.mood === 'silent') return
    if (this.mood === 'refusing') {
      connection.state = 'over'
      void connection.fail()
    } else if (this.mood === 'unavailable') {
      connection.state = 'over'
      void connection.answer(503)
      void connection.end()
    } else {
      connection.state = 'open'
      connection.isAnswered = true
      const asked = this.serialOf(connection.lastEventId ?? '')
      const from = asked === undefined ? this.entries.length : Math.max(asked + 1, this.oldest)
      connection.next = from
      connection.liveFrom = this.entries.length
      this.#withheld.push({ from: asked === undefined ? 0 : asked + 1, until: from })
      this.#onOpen(connection, from)
      void connection.answer()
      if (this.speed === 'prompt') connection.pump(Infinity)
    }
  }

  /** Answers all that wait for it. */
  answerAll(): void {
    for (const connection of this.live) this.answer(connection)
  }

  /** From now on it is prompt. */
  hasten(): void {
    this.speed = 'prompt'
    this.answerAll()
    for (const connection of this.live) connection.pump(Infinity)
  }

  /** From now on it answers and sends when it is told to. */
  slow(): void {
    this.speed = 'slow'
  }

  /** How it answers from now on. */
  feel(mood: Mood): void {
    this.mood = mood
    if (this.speed === 'prompt') this.hasten()
  }

  append(count: number, wish: (serial: number) => Wish, padding = 0): void {
    for (let i = 0; i < count; i += 1) this.#append(wish(this.entries.length), padding)
    if (this.speed === 'slow') return
    for (const connection of this.live) connection.pump(Infinity)
  }

  /** Forgets all entries but the last few. */
  forgetAllBut(count: number): void {
    this.oldest = Math.max(this.oldest, this.entries.length - count)
  }

  serialOf(id: string): number | undefined {
    return this.#serials.get(id)
  }

  /** The next entry to send on a connection, transient ones left out of a replay. */
  entryFrom(serial: number, liveFrom: number): Entry | undefined {
    for (let i = serial; ; i += 1) {
      const entry = this.entries[i]
      if (entry === undefined || !entry.isTransient || i >= liveFrom) return entry
    }
  }

  /** Whether the server was asked for it and did not send it: what comes of that is no fault of ours. */
  isWithheld(serial: number): boolean {
    return this.#withheld.some(({ from, until }) => from <= serial && serial < until)
  }

  #append(wish: Wish, padding: number): void {
    const serial = this.entries.length
    const kind =
      wish === 'ping' || wish === 'grouped' ? 'event' : wish === 'bare id' && serial === 0 ? 'event' : wish
    const isPing = wish === 'ping' && this.numbering === 'pings'
    const isGrouped = wish === 'grouped' && this.numbering === 'groups' && serial > 0
    const hasId = kind !== 'comment' && !isPing && !isGrouped
    const id = hasId ? `${this.url.at(-1)}${serial}` : undefined
    const name = EVENT_NAMES[serial % 3] ?? 'message'
    const lines = [
      ...(id === undefined ? [] : [`id: ${id}`]),
      ...(name === 'message' || kind !== 'event' ? [] : [`event: ${name}`]),
      ...(kind === 'event' ? [`data: ${serial} ${'x'.repeat(padding)}`] : []),
      ...(kind === 'comment' ? [`: ${serial}`] : []),
    ]
    const entry: Entry = {
      serial,
      kind,
      name,
      id,
      isTransient: kind === 'comment' || isPing,
      text: `${lines.join('\n')}\n\n`,
    }
    this.entries.push(entry)
    if (id !== undefined) this.#serials.set(id, serial)
  }
}
