import type { Routes } from '../route.js'

/** Streams of things that have a shape. */
export const orders: Routes = {
  /** Orders as `id:total`, one of them broken. */
  '/orders': async (exchange, { gate }) => {
    exchange.openStream()
    await gate
    void exchange.send({ id: 1, event: 'order', data: '1:9.50' })
    void exchange.send({ id: 2, event: 'order', data: '2:120' })
    void exchange.send({ id: 3, event: 'order', data: 'broken' })
    void exchange.send({ id: 4, event: 'order', data: '4:99' })
  },

  /** Objects under two names; one of the prices is not as it should be. */
  '/market': async (exchange, { gate }) => {
    exchange.openStream()
    await gate
    void exchange.send({ id: 1, event: 'price', data: '{"symbol":"A","price":1}' })
    void exchange.send({ id: 2, event: 'halted', data: '{"symbol":"B"}' })
    void exchange.send({ id: 3, event: 'price', data: '{"symbol":"A","price":"two"}' })
    void exchange.send({ id: 4, event: 'price', data: '{"symbol":"B","price":3}' })
    void exchange.send({ id: 5, event: 'other', data: 'no json' })
    void exchange.send({ id: 6, event: 'halted', data: '{"symbol":"A"}' })
  },
}
