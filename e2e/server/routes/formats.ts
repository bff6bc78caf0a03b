import { numberedEvent } from '../event.js'
import type { Routes } from '../route.js'

/** What a stream can say beside plain numbered events. */
export const formats: Routes = {
  '/all-fields': (exchange) => {
    exchange.openStream({ 'content-type': 'Text/Event-Stream; charset=UTF-8', 'x-served-by': 'scripted' })
    void exchange.send({ id: 'a-1', event: 'greeting', data: 'hello\nworld' })
    return exchange.send({ data: 'no name, no id' })
  },

  '/named': async (exchange, { gate }) => {
    exchange.openStream()
    await gate
    void exchange.send({ id: 1, event: 'add', data: '1' })
    void exchange.send({ id: 2, event: 'remove', data: '2' })
    void exchange.send({ id: 3, data: 'nameless' })
    void exchange.send({ id: 4, event: 'add', data: '4' })
  },

  /** Comments and events by turns, 50 of each. */
  '/comments': async (exchange, { gate }) => {
    exchange.openStream()
    await gate
    for (let number = 1; number <= 50; number++) {
      void exchange.send({ comment: `comment ${number}` })
      void exchange.send(numberedEvent(number))
    }
  },

  /** Retry blocks and events by turns, 50 of each. */
  '/retries': async (exchange, { gate }) => {
    exchange.openStream()
    await gate
    for (let number = 1; number <= 50; number++) {
      void exchange.send({ retry: 1000 + number })
      void exchange.send(numberedEvent(number))
    }
  },

  /** Asks for `retry` ms before the next connection, gives an event, ends. */
  '/retry-hint': (exchange) => {
    exchange.openStream()
    void exchange.send({ retry: Number(exchange.query.get('retry')) })
    void exchange.send(numberedEvent(exchange.lastNumber + 1))
    exchange.end()
  },

  /** Two events with ids, one that takes the id back, the end; then one event more. */
  '/id-taken-back': (exchange, { earlier }) => {
    exchange.openStream()
    if (earlier > 0) return exchange.send({ data: 'afterwards' })
    void exchange.send(numberedEvent(1))
    void exchange.send(numberedEvent(2))
    void exchange.send({ id: '', data: 'taken back' })
    return exchange.end()
  },

  /** An id that no header can carry as it is. */
  '/foreign-ids': (exchange) => {
    exchange.openStream()
    if (exchange.lastEventId === 'ключ-数-1') return exchange.send({ id: 'ключ-数-2', data: 'second' })
    void exchange.send({ id: 'ключ-数-1', data: 'first' })
    return exchange.end()
  },

  /** One object in one line, the same over five lines, no JSON at all, the object again. */
  '/json': async (exchange, { gate }) => {
    exchange.openStream()
    await gate
    const value = { symbol: 'ACME', price: 12.5, tags: ['a', 'b'] }
    const lines = '{\n"symbol": "ACME",\n"price": 12.5,\n"tags": ["a", "b"]\n}'
    void exchange.send({ id: 1, data: JSON.stringify(value) })
    void exchange.send({ id: 2, data: lines })
    void exchange.send({ id: 3, data: '{ not json' })
    void exchange.send({ id: 4, data: JSON.stringify(value) })
  },

  /** One event of `size` characters between two small ones. */
  '/huge-event': async (exchange, { gate }) => {
    exchange.openStream()
    await gate
    void exchange.send({ id: 1, data: 'small' })
    void exchange.send({ id: 2, data: 'x'.repeat(Number(exchange.query.get('size'))) })
    void exchange.send({ id: 3, data: 'small again' })
  },
}
