import type { BrokerMessage, SessionId, TabMessage } from '../protocol/message.js'
import type { BrokerSnapshot } from '../protocol/snapshot.js'
import type { Subscription } from '../protocol/subscription.js'
import { PROTOCOL_VERSION } from '../protocol/version.js'
import type { Env } from './env.js'
import { Stream } from './stream.js'
import { streamKey } from './streamKey.js'
import { Subscriber } from './subscriber.js'
import { Tab } from './tab.js'

/** All that a broker holds: its tabs, and one stream per key. */
export class Hub {
  readonly incarnation: string
  readonly #env: Env
  readonly #tabs = new Map<string, Tab>()
  readonly #streams = new Map<string, Stream>()
  #build: 'newest' | 'outdated' = 'newest'

  constructor(incarnation: string, env: Env) {
    this.incarnation = incarnation
    this.#env = env
  }

  attach(id: string, send: (message: BrokerMessage) => void): void {
    this.detach(id)
    const tab = new Tab(id, this.incarnation, send)
    this.#tabs.set(id, tab)
    if (this.#build === 'outdated') this.#tellOutdated(tab)
  }

  /** The tab is gone, with or without a word. */
  detach(id: string): void {
    const tab = this.#tabs.get(id)
    if (tab === undefined) return
    this.#tabs.delete(id)
    for (const { stream, subscriber } of tab.sessions.values()) stream.leave(subscriber)
  }

  subscribe(tabId: string, subscription: Subscription): void {
    const tab = this.#tab(tabId)
    // Told twice, a session must not be served twice.
    this.unsubscribe(tabId, subscription.session, 0)
    const { session, interest, overflow, resume, replay } = subscription
    const stream = this.#streamFor(subscription)
    const onPace = (): void => stream.onPace()
    const subscriber = new Subscriber(session, interest, this.#env.clock, overflow, onPace)
    tab.sessions.set(session, { subscriber, stream })
    stream.join(subscriber, tab, replay, resume)
  }

  /** `taken`: the position up to which the session's reader is; 0 when it has taken nothing. */
  unsubscribe(tabId: string, session: SessionId, taken: number): void {
    const tab = this.#tab(tabId)
    const seat = tab.sessions.get(session)
    if (seat === undefined) return
    tab.sessions.delete(session)
    if (taken > 0) seat.stream.taken(seat.subscriber, taken)
    seat.stream.leave(seat.subscriber)
  }

  receive(tabId: string, message: TabMessage): void {
    if (message.type === 'bye') {
      this.detach(tabId)
      return
    }
    // A message may cross with the end of its session or tab; then there is no credit left to return.
    const seat = this.#tabs.get(tabId)?.sessions.get(message.session)
    seat?.stream.taken(seat.subscriber, message.position)
  }

  /** A worker of another build has started. This one goes on, and its tabs may want to reload. */
  outdate(): void {
    if (this.#build === 'outdated') return
    this.#build = 'outdated'
    for (const tab of this.#tabs.values()) this.#tellOutdated(tab)
  }

  inspect(): BrokerSnapshot {
    return {
      host: 'shared',
      incarnation: this.incarnation,
      protocolVersion: PROTOCOL_VERSION,
      build: this.#build,
      tabs: [...this.#tabs].map(([id, tab]) => ({ id, sessions: tab.sessions.size })),
      streams: [...this.#streams.values()].map((stream) => stream.snapshot()),
    }
  }

  #tellOutdated(tab: Tab): void {
    tab.queue([{ type: 'outdated', session: 'all' }])
    tab.post()
  }

  #tab(id: string): Tab {
    const tab = this.#tabs.get(id)
    if (tab === undefined) throw new Error(`No tab ${id} is attached`)
    return tab
  }

  #streamFor({ request, policy, resume }: Subscription): Stream {
    const key = streamKey(request)
    const known = this.#streams.get(key)
    if (known !== undefined) return known
    const stream = new Stream(key, request, policy, this.#env, resume, (closed) => {
      // A newer stream may have taken the key since.
      if (this.#streams.get(key) === closed) this.#streams.delete(key)
    })
    this.#streams.set(key, stream)
    return stream
  }
}
