import type { Forgettable } from '../protocol/brokerApi.js'
import type { SseErrorData } from '../protocol/error.js'
import type { BrokerMessage, PageState, SessionId, TabMessage } from '../protocol/message.js'
import type { BrokerSnapshot } from '../protocol/snapshot.js'
import type { Subscription } from '../protocol/subscription.js'
import { PROTOCOL_VERSION } from '../protocol/version.js'
import type { Env } from './env.js'
import { type Registry, unknownName } from './registry.js'
import { isSamePolicy } from './samePolicy.js'
import { Stream } from './stream.js'
import { streamKey } from './streamKey.js'
import { Subscriber } from './subscriber.js'
import { Tab } from './tab.js'

/** All that a broker holds: its tabs, and one stream per key. */
export class Hub {
  readonly incarnation: string
  readonly #env: Env
  readonly #registry: Registry
  readonly #tabs = new Map<string, Tab>()
  readonly #streams = new Map<string, Stream>()
  #build: 'newest' | 'outdated' = 'newest'

  constructor(incarnation: string, env: Env, registry: Registry = {}) {
    this.incarnation = incarnation
    this.#registry = registry
    this.#env = env
  }

  attach(id: string, send: (message: BrokerMessage) => void, page?: PageState): void {
    this.detach(id)
    const tab = new Tab(id, this.incarnation, send)
    if (page !== undefined) tab.page = page
    this.#tabs.set(id, tab)
    if (this.#build === 'outdated') this.#tellOutdated(tab)
    this.#tellNetwork()
  }

  /** The tab is gone, with or without a word. */
  detach(id: string): void {
    const tab = this.#tabs.get(id)
    if (tab === undefined) return
    this.#tabs.delete(id)
    for (const { stream, subscriber } of tab.sessions.values()) stream.leave(subscriber)
    this.#tellNetwork()
  }

  subscribe(tabId: string, subscription: Subscription): SseErrorData | undefined {
    const tab = this.#tab(tabId)
    // Told twice, a session must not be served twice.
    this.unsubscribe(tabId, subscription.session, 0)
    const { session, interest, overflow, policy, resume, replay } = subscription
    const wrong = unknownName(interest, this.#registry)
    if (wrong !== undefined) return wrong
    const stream = this.#streamFor(subscription)
    const onPace = (): void => stream.onPace()
    const subscriber = new Subscriber(session, interest, this.#env.clock, overflow, onPace, this.#registry)
    tab.sessions.set(session, { subscriber, stream })
    subscriber.setVisibility(tab.page.visibility)
    // Before the first status: a page that is shown it can say why.
    if (!isSamePolicy(policy, stream.policy)) subscriber.policy(stream.policy)
    stream.join(subscriber, tab, replay, resume)
    return undefined
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
    const tab = this.#tabs.get(tabId)
    if (message.type === 'page') {
      if (tab !== undefined) this.#onPage(tab, message.page)
      return
    }
    // A message may cross with the end of its session or tab; then there is no credit left to return.
    const seat = tab?.sessions.get(message.session)
    if (message.type === 'taken') seat?.stream.taken(seat.subscriber, message.position)
    else seat?.stream.answer(message.question, message.answer)
  }

  /** Drops kept cursors. Streams that are running go on, and keep what comes from now on. */
  async forget(what: Forgettable): Promise<void> {
    const key = what.type === 'stream' ? streamKey(what.request) : undefined
    for (const [stream, running] of this.#streams) {
      const isMeant =
        what.type === 'identity' ? running.identity === what.identity : key === undefined || stream === key
      if (isMeant) running.forget()
    }
    await this.#env.store.forget(
      what.type === 'stream' ? { type: 'stream', stream: streamKey(what.request) } : what,
    )
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

  #onPage(tab: Tab, page: PageState): void {
    const hasAppeared = page.visibility === 'visible' && tab.page.visibility === 'hidden'
    tab.page = page
    this.#tellNetwork()
    for (const { stream, subscriber } of tab.sessions.values()) {
      subscriber.setVisibility(page.visibility)
      stream.taken(subscriber, 0)
    }
    if (!hasAppeared) return
    for (const { stream } of tab.sessions.values()) stream.tell({ type: 'nudge' })
  }

  /** One page that is online is enough: they say it one after the other. */
  #network(): PageState['network'] {
    const pages = [...this.#tabs.values()].map(({ page }) => page.network)
    return pages.length > 0 && pages.every((network) => network === 'offline') ? 'offline' : 'online'
  }

  #tellNetwork(): void {
    const network = this.#network()
    for (const stream of this.#streams.values()) stream.tell({ type: 'network', network })
  }

  #nudgeAll(): void {
    for (const stream of this.#streams.values()) stream.tell({ type: 'nudge' })
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
    const stream = new Stream(key, request, policy, this.#env, resume, {
      closed: (closed) => {
        // A newer stream may have taken the key since.
        if (this.#streams.get(key) === closed) this.#streams.delete(key)
      },
      woke: () => this.#nudgeAll(),
    })
    this.#streams.set(key, stream)
    stream.tell({ type: 'network', network: this.#network() })
    return stream
  }
}
