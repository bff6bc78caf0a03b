import type { Clock, Connection, ConnectionRequest, Env } from '../../src/core/env.js'
import { Hub } from '../../src/core/hub.js'
import type { Subscription } from '../../src/protocol/subscription.js'
import type { Link } from './link.js'
import type { Entry, ModelServer, ServerConnection } from './modelServer.js'
import type { World } from './world.js'

/** How far a stream has come, as its server sees it. */
export interface Progress {
  /** Sessions that have come to the stream. */
  readonly comers: Subscription[]
  /** What was on the disk then; `undefined` when the disk was out of order. */
  readonly stored: string | undefined
  readonly connections: Set<ServerConnection>
  /** Serial of the last entry that the worker has read; absent before the first answer. */
  readUntil: number | undefined
  /** What the next connection is to ask for. */
  lastId: string
}

/** A SharedWorker: a hub whose timers, connections and messages die with it. */
export class ModelWorker {
  readonly hub: Hub
  readonly links = new Set<Link>()
  readonly streams = new Map<string, Progress>()
  readonly #world: World
  readonly #cancels = new Set<() => void>()
  life: 'alive' | 'dead' = 'alive'

  constructor(incarnation: string, world: World) {
    this.#world = world
    const env: Env = {
      clock: this.#clock(),
      network: { open: (request) => this.#open(request) },
      store: world.store,
      random: () => 0.5,
      unique: () => world.newName('lineage'),
    }
    this.hub = new Hub(incarnation, env)
  }

  get timers(): number {
    return this.#cancels.size
  }

  /** Whether the hub has a stream for this URL. */
  has(url: string): boolean {
    return this.hub.inspect().streams.some((stream) => stream.url === url)
  }

  /** Before the hub is told of a session: a stream that begins with it is noted. */
  onSubscribe(subscription: Subscription): void {
    const { url } = subscription.request
    if (this.has(url)) {
      this.streams.get(url)?.comers.push(subscription)
      return
    }
    const { store } = this.#world
    const stored = [...store.cursors].find(([key]) => key.includes(url))?.[1].id ?? ''
    this.streams.set(url, {
      comers: [subscription],
      stored: store.mood === 'well' ? stored : undefined,
      connections: new Set(),
      readUntil: undefined,
      lastId: '',
    })
  }

  /** Serial of the first entry that a session is owed which comes now; unknown before there is a connection. */
  startOf(server: ModelServer): number | undefined {
    const { url } = server
    const readUntil = this.streams.get(url)?.readUntil
    const stream = this.hub.inspect().streams.find((stream) => stream.url === url)
    if (readUntil === undefined || stream === undefined) return undefined
    // A stream without a session waits a moment for the next one, which gets all that the last one had not taken.
    const kept = stream.sessions.length === 0 ? server.serialOf(stream.keptCursor) : undefined
    return kept === undefined ? readUntil + 1 : kept + 1
  }

  onOpen(connection: ServerConnection, from: number): void {
    const progress = this.streams.get(connection.server.url)
    if (progress === undefined || !progress.connections.has(connection)) return
    progress.readUntil = Math.max(progress.readUntil ?? -1, from - 1)
    progress.lastId = connection.lastEventId ?? ''
  }

  onRead(connection: ServerConnection, entry: Entry): void {
    const progress = this.streams.get(connection.server.url)
    // What an abandoned connection still had to say is not the stream's any more.
    if (progress === undefined || !progress.connections.has(connection) || connection.closed) return
    progress.readUntil = Math.max(progress.readUntil ?? -1, entry.serial)
    if (entry.id !== undefined) progress.lastId = entry.id
  }

  die(): void {
    this.life = 'dead'
    for (const cancel of this.#cancels) cancel()
    this.#cancels.clear()
    for (const { connections } of this.streams.values())
      for (const connection of connections) connection.close()
    for (const link of this.links) link.lose()
  }

  #clock(): Clock {
    return {
      now: () => this.#world.clock.now(),
      after: (ms, callback) => {
        const cancelTimer = this.#world.clock.after(ms, () => {
          this.#cancels.delete(cancel)
          callback()
        })
        const cancel = (): void => {
          cancelTimer()
          this.#cancels.delete(cancel)
        }
        // What a dead worker's promises still start never happens.
        if (this.life === 'dead') cancelTimer()
        else this.#cancels.add(cancel)
        return cancel
      },
    }
  }

  #open(request: ConnectionRequest): Connection {
    return this.#world.openConnection(this, request)
  }
}
