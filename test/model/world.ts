import { vi } from 'vitest'

import type { SseOptions } from '../../src/client/options.js'
import type { Connection, ConnectionRequest } from '../../src/core/env.js'
import { FakeClock } from '../core/fakeEnv.js'
import type { Link } from './link.js'
import { type Entry, ModelServer, type Numbering, ServerConnection } from './modelServer.js'
import { ModelStore } from './modelStore.js'
import type { ModelSession } from './modelSession.js'
import { ModelTab } from './modelTab.js'
import { ModelWorker } from './modelWorker.js'

/** What is the same in a whole run. */
export interface WorldPlan {
  readonly numbering: Numbering
  /** Of every session's outbox. */
  readonly limit: number
  readonly reconnectionTime: number
}

/** What messages may be late by while time passes; credit returns every 100 ms. */
const SLICE_MS = 50
const MAX_SLICES = 100

/** A machine: one browser with its tabs and its worker, a disk, and the servers. */
export class World {
  readonly plan: WorldPlan
  readonly clock = new FakeClock()
  readonly store = new ModelStore()
  readonly servers: readonly ModelServer[]
  readonly tabs: ModelTab[] = []
  #worker: ModelWorker | undefined
  #names = 0
  readonly violations: string[] = []
  /** Since when a stream waits for a session. */
  readonly heldSince = new Map<string, number>()
  readonly #everySession: ModelSession[] = []
  readonly #story: string[] = []

  constructor(plan: WorldPlan) {
    this.plan = plan
    const { numbering } = plan
    this.servers = ['http://s/x', 'http://s/y'].map(
      (url) =>
        new ModelServer(url, numbering, {
          onRead: (connection, entry) => this.#onRead(connection, entry),
          onOpen: (connection, from) => this.#onOpen(connection, from),
        }),
    )
    this.#stubPageTimers()
  }

  violated(what: string): void {
    this.violations.push(what)
  }

  /** For the story that a failure tells when it is asked to. */
  note(what: string): void {
    if (process.env['MODEL_STORY'] !== undefined) this.#story.push(what)
  }

  get story(): string {
    return this.#story.join('\n')
  }

  newName(of: string): string {
    this.#names += 1
    return `${of} ${this.#names}`
  }

  /** The worker that runs, or a new one. */
  worker(): ModelWorker {
    if (this.#worker === undefined) {
      this.#worker = new ModelWorker(this.newName('incarnation'), this)
    }
    return this.#worker
  }

  get runningWorker(): ModelWorker | undefined {
    return this.#worker
  }

  get links(): Link[] {
    return [...(this.#worker?.links ?? [])]
  }

  get sessions(): ModelSession[] {
    return this.tabs.flatMap(({ sessions }) => sessions)
  }

  openTab(): ModelTab {
    const tab = new ModelTab(this.newName('page'), this)
    this.tabs.push(tab)
    return tab
  }

  openSession(tab: ModelTab, server: number, options: SseOptions, appetite: number): ModelSession {
    const { limit, reconnectionTime } = this.plan
    const session = tab.open(
      this.server(server),
      { reconnectionTime, overflow: { limit }, ...options },
      appetite,
    )
    this.#everySession.push(session)
    return session
  }

  server(index: number): ModelServer {
    const server = this.servers[index]
    if (server === undefined) throw new Error(`There is no server ${index}`)
    return server
  }

  /** Those of tabs that are gone too. */
  everySession(): readonly ModelSession[] {
    return this.#everySession
  }

  /** Sessions that the hub has, by the ids of its tabs. */
  seatedIn(ids: ReadonlySet<string>): ModelSession[] {
    return this.#everySession.filter(
      ({ seat, end, closing }) =>
        seat !== undefined &&
        seat.worker === this.#worker &&
        ids.has(seat.id) &&
        end === 'not yet' &&
        closing === 'not asked',
    )
  }

  /** All faults are over, all tabs awake, all readers eager. */
  heal(): void {
    this.store.mood = 'well'
    this.store.speed = 'prompt'
    this.store.commit()
    for (const server of this.servers) {
      server.feel('well')
      server.hasten()
    }
    for (const tab of this.tabs) {
      if (tab.state === 'frozen') tab.thaw()
      if (tab.state === 'hidden') tab.show()
      if (tab.isBereft) tab.noticeDeath()
      for (const session of tab.sessions) session.read(Infinity)
    }
    for (const link of this.links) if (link.state === 'left') link.noticeGone()
  }

  closeTab(tab: ModelTab): void {
    tab.leave()
    this.tabs.splice(this.tabs.indexOf(tab), 1)
  }

  crashTab(tab: ModelTab): void {
    tab.crash()
    this.tabs.splice(this.tabs.indexOf(tab), 1)
  }

  killWorker(): void {
    this.#worker?.die()
    this.heldSince.clear()
    this.#worker = undefined
  }

  restartBrowser(): void {
    this.store.drop()
    for (const tab of this.tabs.slice()) this.crashTab(tab)
    this.killWorker()
  }

  openConnection(worker: ModelWorker, request: ConnectionRequest): Connection {
    const server = this.servers.find(({ url }) => url === request.url)
    const progress = worker.streams.get(request.url)
    if (server === undefined || progress === undefined) throw new Error(`No server for ${request.url}`)
    const connection = new ServerConnection(server, request)
    this.note(`${worker.hub.incarnation} asks ${request.url} from ${connection.lastEventId ?? 'nowhere'}`)
    progress.connections.add(connection)
    this.#checkRequest(worker, connection)
    server.accept(connection)
    return connection
  }

  /** Delivers all that is on its way, and what comes of it. Frozen tabs get nothing. */
  async deliverAll(): Promise<void> {
    for (let rounds = 0; rounds < 10_000; rounds += 1) {
      await drained()
      const links = this.links.filter((link) => this.isMoving(link))
      if (links.length === 0) return
      for (const link of links) {
        link.deliverCalls(Infinity)
        link.deliverToBroker(Infinity)
        if (!this.isFrozen(link)) link.deliverToTab(Infinity)
      }
    }
    this.violated('The messages never end')
  }

  isMoving(link: Link): boolean {
    return link.calls.length + link.toBroker.length + (this.isFrozen(link) ? 0 : link.toTab.length) > 0
  }

  /** Time passes, and messages take none of it. */
  async advance(ms: number): Promise<void> {
    const slice = Math.max(SLICE_MS, ms / MAX_SLICES)
    for (let rest = ms; rest > 0; rest -= slice) {
      await this.deliverAll()
      await this.clock.advance(Math.min(rest, slice))
    }
    await this.deliverAll()
  }

  /** Time passes while messages are on their way: whoever waits for one may fall behind. */
  async lag(ms: number): Promise<void> {
    for (const session of this.sessions) session.isPrompt = false
    await this.clock.advance(ms)
    await drained()
  }

  isFrozen(link: Link): boolean {
    return this.tabs.some((tab) => tab.state === 'frozen' && tab.link === link)
  }

  /** The timers of pages run on the same clock as everything else. */
  #stubPageTimers(): void {
    const cancels = new Map<number, () => void>()
    let next = 0
    vi.stubGlobal('setTimeout', (callback: () => void, ms: number): number => {
      next += 1
      cancels.set(next, this.clock.after(ms, callback))
      return next
    })
    vi.stubGlobal('clearTimeout', (timer: number | undefined): void => {
      if (timer !== undefined) cancels.get(timer)?.()
    })
    vi.stubGlobal('reportError', (error: unknown) => this.violated(`Reported: ${String(error)}`))
  }

  #onRead(connection: ServerConnection, entry: Entry): void {
    this.#worker?.onRead(connection, entry)
  }

  #onOpen(connection: ServerConnection, from: number): void {
    const worker = this.#worker
    worker?.onOpen(connection, from)
    // A session that is back may need what lies before the start of the new ones.
    const stored = connection.server.serialOf(worker?.streams.get(connection.server.url)?.stored ?? '')
    const start = Math.max(from, (stored ?? -1) + 1)
    for (const { seat, expectation, server } of this.sessions) {
      if (server === connection.server && seat !== undefined && seat.worker === worker)
        expectation.start ??= start
    }
  }

  /** The server is asked from where the stream is; a stream that begins, from the disk. */
  #checkRequest(worker: ModelWorker, connection: ServerConnection): void {
    const { server, lastEventId = '' } = connection
    const progress = worker.streams.get(server.url)
    if (progress === undefined) return
    const { stored, comers, readUntil, lastId } = progress
    const due = readUntil === undefined ? stored : lastId
    // A disk that is out of order may hold anything.
    if (due === undefined) return
    if (lastEventId === due) return
    // A session that comes back knows better than the disk, or needs what lies further back. Where no id is due, any
    // is better than none.
    if (comers.some(({ resume }) => resume !== undefined) && lastEventId !== '') return
    // A session that takes over what the last one had not taken.
    if (
      readUntil !== undefined &&
      (server.serialOf(lastEventId) ?? Infinity) < (server.serialOf(due) ?? Infinity)
    )
      return
    this.violated(`${server.url} was asked from '${lastEventId}' instead of '${due}'`)
  }
}

/** Lets all promises that can settle do so: they all do before the event loop turns. */
export function drained(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
