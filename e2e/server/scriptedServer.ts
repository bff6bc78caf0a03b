import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { Conditions } from '../conditions.js'
import { Channel } from './channel.js'
import { Exchange } from './exchange.js'
import { Gate } from './gate.js'
import { servePageFile } from './pageFiles.js'
import { River } from './river.js'
import { routes } from './routes/index.js'

/** A real HTTP server with the test pages and one named route per behaviour; it keeps all that it saw. */
export class ScriptedServer {
  /** Every request to a route or channel, in the order of arrival. Page files are not among them. */
  readonly exchanges: Exchange[] = []
  readonly #channels = new Map<string, Channel>()
  readonly #rivers = new Map<string, River>()
  readonly #files = new Map<string, string>()
  readonly #gates = new Map<string, Gate>()
  readonly #conditions = new Conditions(() => `The server saw:\n${this.exchanges.join('\n')}`)
  readonly #errors: unknown[] = []
  #http: Server
  #port = 0

  constructor() {
    this.#http = this.#createHttp()
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Listens on `port` of 127.0.0.1; 0 takes a free one, which a later start takes again. */
  async start(port = this.#port): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject).listen(port, '127.0.0.1', resolve)
    })
    const address = this.#http.address()
    if (address === null || typeof address === 'string') throw new Error('A TCP server has a port')
    this.#port = address.port
    return this
  }

  /** Goes away as a killed process does: every connection ends, new ones are refused. `start()` brings it back. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#http.close(resolve))
    for (const river of this.#rivers.values()) river.stop()
    for (const exchange of this.exchanges) exchange.cut()
    this.#http.closeAllConnections()
    await closed
    this.#http = this.#createHttp()
    // An error inside a route would otherwise look like a slow browser.
    if (this.#errors.length > 0)
      throw new AggregateError(this.#errors, 'Routes of the scripted server failed')
  }

  /** The live stream at `path`, which begins with /live. */
  channel(path: string): Channel {
    let channel = this.#channels.get(path)
    if (channel === undefined) {
      channel = new Channel()
      this.#channels.set(path, channel)
    }
    return channel
  }

  /** The flowing stream at `path`, which begins with /river. */
  river(path: string): River {
    let river = this.#rivers.get(path)
    if (river === undefined) {
      river = new River()
      this.#rivers.set(path, river)
    }
    return river
  }

  /** Serves scripts and pages of the test's own beside those that are built; a path that ends in a slash is a page. */
  addFiles(files: Readonly<Record<string, string>>): void {
    for (const [path, content] of Object.entries(files)) this.#files.set(path, content)
  }

  /** Puts a gate on `path`: its routes wait there, with the headers sent or not, until the test opens it. */
  gate(path: string): Gate {
    const gate = new Gate()
    this.#gates.set(path, gate)
    return gate
  }

  /** What was asked of `path`, in the order of arrival. */
  requests(path: string): readonly Exchange[] {
    return this.exchanges.filter((exchange) => exchange.path === path)
  }

  /** How many connections to `path` are alive, answered or not. */
  connections(path: string): number {
    return this.requests(path).filter(({ isAlive }) => isAlive).length
  }

  /** The `Last-Event-ID` of every request to `path`. */
  lastEventIds(path: string): readonly (string | undefined)[] {
    return this.requests(path).map(({ lastEventId }) => lastEventId)
  }

  /** Looks again at every request, answer, byte and disconnection. */
  until(isMet: () => boolean): Promise<void> {
    return this.#conditions.until(isMet)
  }

  /** The last connection to `path` is open: what is sent from now on arrives. */
  untilOpen(path: string, requests = 1): Promise<void> {
    return this.#conditions.until(
      () => this.requests(path).length >= requests && this.requests(path).at(-1)?.state === 'open',
      `${path} to be open, after ${requests} requests`,
    )
  }

  /** No connection to `path` is left. */
  untilLeft(path: string): Promise<void> {
    return this.#conditions.until(() => this.connections(path) === 0, `${path} to have no connection`)
  }

  #createHttp(): Server {
    return createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.#errors.push(error)
        response.destroy()
      })
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const changed = (): void => this.#conditions.changed()
    const exchange = new Exchange(request, await text(request), response, changed)
    const { path } = exchange
    // The browser's own question before it sends a Last-Event-ID to another origin.
    if (exchange.method === 'OPTIONS') {
      // With credentials, `*` is no wildcard.
      return exchange.answer(204, {
        'access-control-allow-headers': exchange.headers['access-control-request-headers'] ?? '',
        'access-control-allow-methods': 'GET, POST, PUT',
      })
    }
    const route = routes[path]
    const isLive = path.startsWith('/live')
    const isRiver = path.startsWith('/river')
    if (route === undefined && !isLive && !isRiver) return servePageFile(exchange, this.#files)

    const earlier = this.requests(path).length
    this.exchanges.push(exchange)
    changed()
    if (isLive) return this.channel(path).connect(exchange)
    if (isRiver) return this.river(path).connect(exchange)
    await route?.(exchange, { gate: this.#gates.get(path)?.opened ?? Promise.resolve(), earlier })
  }
}
