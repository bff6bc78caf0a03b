import { type ServerEvent, formatEvent, numberedEvent } from './event.js'
import type { Exchange } from './exchange.js'

/**
 * A live stream that a test steers: what it sends goes to every open connection, and a connection that brings a
 * `Last-Event-ID` gets everything sent after it first. Without one it hears only what comes from now on, as from
 * most servers.
 */
export class Channel {
  readonly #log: ServerEvent[] = []
  readonly #connections = new Set<Exchange>()
  #refusal: { status: number; headers: Record<string, string> } | undefined

  connect(exchange: Exchange): void {
    if (this.#refusal !== undefined) {
      exchange.answer(
        this.#refusal.status,
        { 'content-type': 'text/plain', ...this.#refusal.headers },
        'refused',
      )
      return
    }
    exchange.openStream()
    const known = this.#log.findIndex(({ id }) => String(id) === exchange.lastEventId)
    if (known !== -1) for (const event of this.#log.slice(known + 1)) void exchange.send(event)
    this.#connections.add(exchange)
    void exchange.gone.then(() => this.#connections.delete(exchange))
  }

  send(event: ServerEvent): void {
    this.#log.push(event)
    const text = formatEvent(event)
    for (const connection of this.#connections) void connection.write(text)
  }

  sendNumbers(from: number, to: number): void {
    for (let number = from; number <= to; number++) this.send(numberedEvent(number))
  }

  /** Bytes that are no event of the log: a comment, a half line. */
  write(bytes: string | Uint8Array): void {
    for (const connection of this.#connections) void connection.write(bytes)
  }

  /** Cuts every open connection; the next one is served as ever. */
  drop(): void {
    for (const connection of this.#connections) connection.cut()
  }

  /** Ends every open connection politely. */
  end(): void {
    for (const connection of this.#connections) connection.end()
  }

  /** From now on every connection is answered with this status, until `accept()`. */
  refuse(status = 503, headers: Record<string, string> = {}): void {
    this.#refusal = { status, headers }
  }

  accept(): void {
    this.#refusal = undefined
  }
}
