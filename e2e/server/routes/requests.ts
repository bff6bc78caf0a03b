import type { Routes } from '../route.js'

/** Streams that depend on more of the request than its path. */
export const requests: Routes = {
  '/echo': (exchange) => {
    exchange.openStream()
    return exchange.send({ id: 1, data: exchange.method })
  },

  /** An event that tells what the request was, and the end: the next one tells what a reconnection sends. */
  '/echo-then-close': (exchange) => {
    exchange.openStream()
    const { method, headers, body } = exchange
    void exchange.send({
      id: exchange.lastNumber + 1,
      data: JSON.stringify({
        method,
        contentType: headers['content-type'],
        token: headers['x-token'],
        contentLength: headers['content-length'],
        body: Buffer.from(body).toString('base64'),
      }),
    })
    exchange.end()
  },

  /** 401 until the request brings the fresh token. */
  '/needs-token': (exchange) => {
    if (exchange.headers.authorization !== 'Bearer fresh') return exchange.answer(401)
    exchange.openStream()
    return exchange.send({ id: 1, data: 'event 1' })
  },

  /** One comment, then nothing more. */
  '/falls-silent': (exchange) => {
    exchange.openStream()
    return exchange.send({ comment: 'that was all' })
  },
}
