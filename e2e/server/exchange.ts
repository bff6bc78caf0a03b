import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { formatEvent, type ServerEvent } from './event.js'

/** Where an exchange stands: nothing answered yet, answer under way, or who ended it. */
export type ExchangeState = 'unanswered' | 'open' | 'ended by server' | 'ended by client'

/** One request and its answer: what a route answers through, and what a test reads afterwards. */
export class Exchange {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** When the request arrived, in ms of performance.now(). */
  readonly at = performance.now()
  /** The request's body; complete before the route runs. */
  readonly body: string
  state: ExchangeState = 'unanswered'
  /** Bytes of the body handed to the socket. */
  bytes = 0

  readonly #response: ServerResponse
  readonly #changed: () => void
  readonly #gone: Promise<void>

  constructor(request: IncomingMessage, body: string, response: ServerResponse, changed: () => void) {
    const url = new URL(request.url ?? '/', 'http://server')
    this.method = request.method ?? ''
    this.path = url.pathname
    this.query = url.searchParams
    this.headers = request.headers
    this.body = body
    this.#response = response
    this.#changed = changed
    // Any page may read any route, so that a test can have its API on another origin than its page.
    const { origin } = request.headers
    if (origin !== undefined) {
      response.setHeader('access-control-allow-origin', origin)
      response.setHeader('access-control-allow-credentials', 'true')
    }
    this.#gone = new Promise((resolve) => {
      response.on('close', () => {
        if (this.isAlive) this.state = 'ended by client'
        resolve()
        this.#changed()
      })
    })
  }

  /** `Last-Event-ID` as text. Header values are bytes, which Node hands over as Latin-1; an id is UTF-8. */
  get lastEventId(): string | undefined {
    const header = this.headers['last-event-id']
    return typeof header === 'string' ? Buffer.from(header, 'latin1').toString('utf8') : undefined
  }

  /** The number in `Last-Event-ID`, for routes that speak numbered events; 0 where there is none. */
  get lastNumber(): number {
    return Number(this.lastEventId ?? 0)
  }

  get isAlive(): boolean {
    return this.state === 'unanswered' || this.state === 'open'
  }

  /** Settles when the connection carries this exchange no more, whoever ended it. */
  get gone(): Promise<void> {
    return this.#gone
  }

  /** The whole answer at once: what a server says that does not stream. */
  answer(status: number, headers: Record<string, string> = {}, body = ''): void {
    if (!this.isAlive) return
    this.state = 'ended by server'
    this.bytes = Buffer.byteLength(body)
    this.#response.writeHead(status, headers).end(body)
    this.#changed()
  }

  openStream(headers: Record<string, string> = {}): this {
    if (this.state !== 'unanswered') return this
    this.state = 'open'
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      ...headers,
    })
    this.#response.flushHeaders()
    this.#changed()
    return this
  }

  send(event: ServerEvent): Promise<void> {
    return this.write(formatEvent(event))
  }

  /** Settles when the bytes have left for the socket, so that a slow reader slows a route that awaits it. */
  write(bytes: string | Uint8Array): Promise<void> {
    if (!this.isAlive) return Promise.resolve()
    this.bytes += typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.byteLength
    const written = new Promise<void>((resolve) => {
      this.#response.write(bytes, () => resolve())
    })
    this.#changed()
    // The callback of a write does not always come when the peer goes away in the middle of it.
    return Promise.race([written, this.#gone])
  }

  /** The polite end of a stream. */
  end(): void {
    if (!this.isAlive) return
    this.state = 'ended by server'
    this.#response.end()
    this.#changed()
  }

  /** The end that a pulled cable or a killed server makes: in the middle of the chunked body. */
  cut(): void {
    if (!this.isAlive) return
    this.state = 'ended by server'
    this.#response.destroy()
    this.#changed()
  }

  /** The end that a crashed router makes: an RST instead of a FIN. */
  reset(): void {
    if (!this.isAlive) return
    this.state = 'ended by server'
    this.#response.socket?.resetAndDestroy()
    this.#changed()
  }

  toString(): string {
    const from = this.lastEventId === undefined ? '' : ` Last-Event-ID: ${this.lastEventId}`
    return `${this.method} ${this.path}${from}: ${this.state}, ${this.bytes} bytes`
  }
}
