import { formatEvent, numberedEvent } from '../event.js'
import type { Exchange } from '../exchange.js'
import type { Routes } from '../route.js'

/** Streams of numbered events that go on after `Last-Event-ID`, as a good server does. */
export const numbers: Routes = {
  /** Events 1 to `count`, then silence on an open connection. */
  '/numbers': async (exchange, { gate }) => {
    exchange.openStream()
    await gate
    sendNumbers(exchange, exchange.lastNumber + 1, Number(exchange.query.get('count')))
  },

  /** The next `count` events after the last one that the client has, then silence on an open connection. */
  '/next': (exchange) => {
    exchange.openStream()
    sendNumbers(exchange, exchange.lastNumber + 1, exchange.lastNumber + Number(exchange.query.get('count')))
  },

  /** `count` events of `size` characters, no faster than the reader takes them. */
  '/flood': async (exchange, { gate }) => {
    exchange.openStream()
    await gate
    const filling = 'x'.repeat(Number(exchange.query.get('size')))
    const count = Number(exchange.query.get('count'))
    for (let from = exchange.lastNumber + 1; from <= count && exchange.isAlive; from += 100) {
      const to = Math.min(count, from + 99)
      let batch = ''
      for (let number = from; number <= to; number++) {
        batch += formatEvent({ id: number, data: `event ${number} ${filling}` })
      }
      await exchange.write(batch)
    }
  },

  /** Five events, then the polite end; on and on. */
  '/five-then-close': async (exchange, { gate }) => {
    exchange.openStream()
    await gate
    sendNumbers(exchange, exchange.lastNumber + 1, exchange.lastNumber + 5)
    exchange.end()
  },

  /** Five events, then the polite end; whoever comes back gets a 500. */
  '/five-then-500': (exchange) => {
    if (exchange.lastNumber >= 5)
      return exchange.answer(500, { 'content-type': 'text/plain' }, 'out of order')
    exchange.openStream()
    sendNumbers(exchange, exchange.lastNumber + 1, 5)
    exchange.end()
  },

  /** Five events, then the polite end; whoever comes back is told that there is no more. */
  '/five-then-204': (exchange) => {
    if (exchange.lastNumber >= 5) return exchange.answer(204)
    exchange.openStream()
    sendNumbers(exchange, exchange.lastNumber + 1, 5)
    exchange.end()
  },

  /** 500 for the first three requests, then ten events. */
  '/third-time-unlucky': (exchange, { earlier }) => {
    if (earlier < 3) return exchange.answer(500)
    exchange.openStream()
    sendNumbers(exchange, exchange.lastNumber + 1, 10)
  },

  /** Leads to `/five-then-close` by another address. */
  '/redirect': (exchange) => exchange.answer(302, { location: '/five-then-close' }),
}

function sendNumbers(exchange: Exchange, from: number, to: number): void {
  for (let number = from; number <= to; number++) void exchange.send(numberedEvent(number))
}
