import { isSseError } from '../../src/client/sseError.js'
import type { SseOptions } from '../../src/client/options.js'
import type { BrokerMessage } from '../../src/protocol/message.js'
import { Link } from './link.js'
import type { ModelServer } from './modelServer.js'
import { ModelSession } from './modelSession.js'
import type { World } from './world.js'

/**
 * A page, with real sessions. It does what `PageBroker` does: attaches, subscribes its sessions, attaches again when
 * the worker has died, leaves on `pagehide` and comes back on `pageshow`.
 */
export class ModelTab {
  readonly name: string
  readonly sessions: ModelSession[] = []
  readonly #world: World
  #latestSession = 0
  #link: Link | undefined
  /** The link, once the broker has said welcome. */
  #attached: Link | undefined
  state: 'shown' | 'hidden' | 'frozen' | 'gone' = 'shown'

  constructor(name: string, world: World) {
    this.name = name
    this.#world = world
  }

  get link(): Link | undefined {
    return this.#link
  }

  get attached(): Link | undefined {
    return this.#attached
  }

  /** The worker has died, and this page does not know it yet. */
  get isBereft(): boolean {
    return this.#link?.state === 'lost'
  }

  open(server: ModelServer, options: SseOptions, appetite: number): ModelSession {
    this.#latestSession += 1
    const session = new ModelSession(this.#latestSession, server, options, {
      taken: (id, position) => this.#attached?.post({ type: 'taken', session: id, position }),
      leave: (id, taken) => this.#leave(id, taken),
      answer: () => this.#world.violated('a headers question that nobody asked'),
      violated: (what) => this.#world.violated(`${this.name}: ${what}`),
    })
    this.sessions.push(session)
    if (this.#attached !== undefined) this.#subscribe(this.#attached, session)
    else if (this.#link === undefined) this.#attach()
    session.read(appetite)
    return session
  }

  /** `pagehide`: into the back/forward cache, or for good. */
  hide(): void {
    for (const { session } of this.sessions) session.flush()
    this.#detach()
    this.state = 'hidden'
  }

  /** `pageshow`. */
  show(): void {
    this.state = 'shown'
    if (this.sessions.length > 0) this.#attach()
  }

  freeze(): void {
    this.state = 'frozen'
    for (const session of this.sessions) session.isPrompt = false
  }

  thaw(): void {
    this.state = 'shown'
  }

  /** The page is closed. */
  leave(): void {
    if (this.state !== 'hidden') this.hide()
    this.state = 'gone'
  }

  /** The page is gone without a word. */
  crash(): void {
    this.#link?.leave()
    this.state = 'gone'
  }

  /** The broker's lock is free. */
  noticeDeath(): void {
    this.#link?.noticeLoss()
    this.#detach()
    if (this.sessions.length > 0) this.#attach()
  }

  #attach(): void {
    const worker = this.#world.worker()
    const link = new Link(worker, this.#world.newName('tab'), (message) => this.#receive(message))
    this.#link = link
    link.attach().then(
      () => {
        if (this.#link !== link) return
        this.#attached = link
        for (const session of this.sessions) this.#subscribe(link, session)
      },
      // The page has left, or the worker has died: either way the next attachment begins anew.
      (error: unknown) => this.#expectLoss(error),
    )
  }

  #detach(): void {
    const link = this.#link
    const attached = this.#attached
    this.#link = this.#attached = undefined
    link?.post({ type: 'bye' })
    link?.leave()
    if (attached === undefined) return
    for (const { session } of this.sessions) session.detached()
  }

  #receive(message: BrokerMessage): void {
    const told = message.deliveries.filter(({ type }) => type !== 'status')
    this.#world.note(`to ${this.name}: ${JSON.stringify(told)}`)
    for (const delivery of message.deliveries) {
      if (delivery.session === 'all') continue
      this.sessions.find(({ session }) => session.id === delivery.session)?.receive(delivery)
    }
  }

  #subscribe(link: Link, model: ModelSession): void {
    if (model.session.isOver) return
    const subscription = structuredClone(model.session.subscription())
    link
      .call((hub) => {
        link.worker.onSubscribe(subscription)
        const { session, resume } = subscription
        this.#world.note(`${this.name} subscribes ${session} ${JSON.stringify(resume ?? 'anew')}`)
        model.seatAt(link, subscription)
        hub.subscribe(link.id, subscription)
      })
      .catch((error: unknown) => this.#expectLoss(error))
  }

  async #leave(id: number, taken: number): Promise<void> {
    const index = this.sessions.findIndex(({ session }) => session.id === id)
    const [model] = index === -1 ? [] : this.sessions.splice(index, 1)
    if (model === undefined) return
    const link = this.#attached
    try {
      await link?.call((hub) => {
        model.unseat()
        hub.unsubscribe(link.id, id, taken)
      })
    } catch (error) {
      this.#expectLoss(error)
    }
  }

  #expectLoss(error: unknown): void {
    if (!isSseError(error) || error.code !== 'worker-lost')
      this.#world.violated(`${this.name}: ${String(error)}`)
  }
}
