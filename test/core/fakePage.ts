import type { Hub } from '../../src/core/hub.js'
import type { SseErrorData } from '../../src/protocol/error.js'
import type { WireEvent } from '../../src/protocol/event.js'
import type { Delivery, HeadersAnswer, PageState } from '../../src/protocol/message.js'
import type { StreamStatus } from '../../src/protocol/status.js'
import type { Interest, StreamPolicy, StreamRequest, Subscription } from '../../src/protocol/subscription.js'
import { settled } from './fakeEnv.js'

const overflow = { limit: 4096, maxChars: 4_194_304, patienceMs: 1000, policy: 'gap' } as const

/** What a test says of a subscription; the rest is as a page without options has it. */
export interface Asked {
  readonly request?: Partial<StreamRequest>
  readonly policy?: Partial<StreamPolicy>
  readonly interest?: Partial<Interest>
  readonly resume?: Subscription['resume']
}

/** A page as the hub sees it: it says what it is told to, and notes what it gets. */
export class FakePage {
  readonly deliveries: Delivery[] = []
  readonly id: string
  readonly #hub: Hub

  constructor(hub: Hub, id: string, page?: PageState) {
    this.id = id
    this.#hub = hub
    hub.attach(id, (message) => this.deliveries.push(...message.deliveries), page)
  }

  async subscribe(session: number, asked: Asked = {}): Promise<SseErrorData | undefined> {
    const wrong = this.#hub.subscribe(this.id, {
      session,
      request: { url: 'http://s/x', method: 'GET', ...asked.request },
      policy: { maxReconnectionAttempts: Infinity, reconnectionTime: 3000, ...asked.policy },
      overflow,
      replay: 0,
      interest: { showCommentEvents: false, showRetryEvents: false, ...asked.interest },
      ...(asked.resume === undefined ? {} : { resume: asked.resume }),
    })
    await settled()
    return wrong
  }

  async unsubscribe(session: number, taken = 0): Promise<void> {
    this.#hub.unsubscribe(this.id, session, taken)
    await settled()
  }

  async say(page: PageState): Promise<void> {
    this.#hub.receive(this.id, { type: 'page', page })
    await settled()
  }

  async take(session: number, position: number): Promise<void> {
    this.#hub.receive(this.id, { type: 'taken', session, position })
    await settled()
  }

  /** Answers the latest question, or an earlier one. */
  async answer(session: number, answer: HeadersAnswer, which = -1): Promise<void> {
    const question = this.questions.at(which)?.question ?? 0
    this.#hub.receive(this.id, { type: 'headers', session, question, answer })
    await settled()
  }

  get questions(): (Delivery & { readonly type: 'headers' })[] {
    return this.deliveries.filter((one) => one.type === 'headers')
  }

  statuses(session: number): StreamStatus[] {
    return this.deliveries.flatMap((one) =>
      one.type === 'status' && one.session === session ? [one.status] : [],
    )
  }

  states(session: number): string[] {
    return this.statuses(session).map(({ state }) => state)
  }

  events(session: number): WireEvent[] {
    return this.deliveries.flatMap((one): WireEvent[] =>
      one.type === 'events' && one.session === session ? JSON.parse(one.batch) : [],
    )
  }

  payloads(session: number): WireEvent[2][] {
    return this.events(session).map(([, , payload]) => payload)
  }

  /** The error that ended the session. */
  error(session: number): SseErrorData | undefined {
    for (const one of this.deliveries) if (one.type === 'end' && one.session === session) return one.error
    return undefined
  }
}
