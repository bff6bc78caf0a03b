import type { IncomingMessage, ServerResponse } from 'node:http'
import { connectionHeader, type ServerCounts } from '../vitals.js'
import type { EventLog } from './eventLog.js'

// A client that does not read must not fill this process: past this much unsent text it is cut, and it
// comes back with its Last-Event-ID when it can read again. More than a whole replay, so that a replay never trips it.
const unsentLimit = 8 * 1024 * 1024

export type CutResult = 'cut' | 'no-such-connection'

/** The SSE route: every open connection, the counts that the page shows, and the two faults. */
export class StreamRoute {
  readonly #log: EventLog
  readonly #retryMs: number
  readonly #open = new Map<number, ServerResponse>()
  readonly #onCounts: () => void
  #total = 0
  #refused = 0
  #awayTimer: NodeJS.Timeout | undefined

  constructor(log: EventLog, retryMs: number, onCounts: () => void) {
    this.#log = log
    this.#retryMs = retryMs
    this.#onCounts = onCounts
  }

  get counts(): ServerCounts {
    return { open: this.#open.size, total: this.#total }
  }

  /** Requests that were refused while the server was away. */
  get refused(): number {
    return this.#refused
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (this.#awayTimer !== undefined) {
      // No status, no body: to the client this is a server that is not there.
      this.#refused++
      request.socket.destroy()
      return
    }
    const connection = ++this.#total
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      [connectionHeader]: String(connection),
    })
    response.write(`retry: ${this.#retryMs}\n\n`)
    const lastEventId = request.headers['last-event-id']
    if (typeof lastEventId === 'string' && lastEventId !== '') this.#replay(response, lastEventId)
    this.#open.set(connection, response)
    response.on('close', () => {
      this.#open.delete(connection)
      this.#onCounts()
    })
    this.#onCounts()
  }

  send(text: string): void {
    for (const response of this.#open.values()) {
      if (response.writableLength > unsentLimit) response.destroy()
      else response.write(text)
    }
  }

  cut(connection: number): CutResult {
    const response = this.#open.get(connection)
    if (!response) return 'no-such-connection'
    response.destroy()
    return 'cut'
  }

  /** Drops every connection and refuses new ones for so long. A second call starts the time again. */
  away(forMs: number): void {
    clearTimeout(this.#awayTimer)
    this.#awayTimer = setTimeout(() => {
      this.#awayTimer = undefined
    }, forMs)
    for (const response of this.#open.values()) response.destroy()
  }

  end(): void {
    clearTimeout(this.#awayTimer)
    for (const response of this.#open.values()) response.destroy()
  }

  #replay(response: ServerResponse, lastEventId: string): void {
    const { lost, texts } = this.#log.since(lastEventId)
    // Without an id of its own: if the connection breaks right here, the loss is reported again.
    if (lost) response.write(`event: lost\ndata: ${JSON.stringify(lost)}\n\n`)
    response.write(texts.join(''))
  }
}
