import { setImmediate } from 'node:timers/promises'
import { formatEvent } from './event.js'
import type { Exchange } from './exchange.js'

/** How many events are written in one piece when a connection catches up. */
const PIECE = 500

/** How often events come, in milliseconds: about as often as a browser looks. */
const TICK_MS = 4

/**
 * A stream of numbered events that flows by itself until it is stopped. A connection that brings a `Last-Event-ID`
 * gets what it missed, however much that is; one without an id gets what comes from now on.
 */
export class River {
  readonly #connections = new Set<Exchange>()
  #last = 0
  #timer: NodeJS.Timeout | undefined

  /** Number of the last event so far. */
  get last(): number {
    return this.#last
  }

  /** From now on so many events come in each of 250 ticks per second. */
  flow(perTick: number): void {
    this.stop()
    this.#timer = setInterval(() => this.advance(perTick), TICK_MS)
  }

  /** No further event comes. Returns the number of the last one. */
  stop(): number {
    clearInterval(this.#timer)
    this.#timer = undefined
    return this.#last
  }

  /** So many events come now. */
  advance(count: number): void {
    const text = eventsBetween(this.#last + 1, this.#last + count)
    this.#last += count
    for (const connection of this.#connections) void connection.write(text)
  }

  async connect(exchange: Exchange): Promise<void> {
    exchange.openStream()
    let next = exchange.lastEventId === undefined ? this.#last + 1 : exchange.lastNumber + 1
    // What comes while it catches up is part of what it has to catch up with.
    while (next <= this.#last && exchange.isAlive) {
      const to = Math.min(this.#last, next + PIECE - 1)
      const text = eventsBetween(next, to)
      next = to + 1
      await exchange.write(text)
      await setImmediate()
    }
    if (!exchange.isAlive) return
    this.#connections.add(exchange)
    void exchange.gone.then(() => this.#connections.delete(exchange))
  }

  /** Cuts every open connection, with a FIN or an RST. */
  drop(manner: 'cut' | 'reset' | 'end' = 'cut'): void {
    for (const connection of this.#connections) connection[manner]()
  }
}

function eventsBetween(from: number, to: number): string {
  let text = ''
  for (let number = from; number <= to; number++) text += formatEvent({ id: number, data: `event ${number}` })
  return text
}
