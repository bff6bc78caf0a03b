import type { Routes } from '../route.js'

/** What a server says instead of a stream. */
export const refusals: Routes = {
  '/never-answers': () => {},

  '/slow-answer': async (exchange, { gate }) => {
    await gate
    exchange.openStream()
    await exchange.send({ id: 1, data: 'event 1' })
  },

  '/refuses-503': (exchange) => exchange.answer(503, { 'content-type': 'text/plain' }, 'back soon'),

  '/not-found': (exchange) =>
    exchange.answer(404, { 'content-type': 'text/plain', 'x-reason': 'moved out' }, 'nobody lives here'),

  '/plain-text': (exchange) =>
    exchange.answer(200, { 'content-type': 'text/plain' }, 'data: not a stream\n\n'),

  '/no-content': (exchange) => exchange.answer(204),

  /** A stream that ends before its first byte. */
  '/empty-200': (exchange) => exchange.openStream().end(),
}
