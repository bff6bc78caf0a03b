import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin } from 'vite'
import { Channel } from '../server/channel.js'
import { Exchange } from '../server/exchange.js'

/** `/events`, beside the files that Vite serves, as a real origin has both. */
export class EventStream {
  readonly channel = new Channel()
  /** Every request that ever came for it. */
  readonly requests: Exchange[] = []

  readonly plugin: Plugin = {
    name: 'event-stream',
    configureServer: ({ middlewares }) => void middlewares.use('/events', this.#connect),
    configurePreviewServer: ({ middlewares }) => void middlewares.use('/events', this.#connect),
  }

  readonly #connect = (request: IncomingMessage, response: ServerResponse): void => {
    const exchange = new Exchange(request, '', response, () => {})
    this.requests.push(exchange)
    this.channel.connect(exchange)
  }
}
