import { resolveOptions, type SseOptions } from '../../src/client/options.js'
import { Session, type SessionHooks } from '../../src/client/session.js'
import type { WireEvent } from '../../src/protocol/event.js'
import type { SessionDelivery } from '../../src/protocol/message.js'
import type { Subscription } from '../../src/protocol/subscription.js'
import { Expectation } from './expectation.js'
import type { Link } from './link.js'
import type { ModelServer } from './modelServer.js'

export interface ModelSessionHooks extends SessionHooks {
  violated(what: string): void
}

/** A real session with its reader, who takes as many events as the test has an appetite for. */
export class ModelSession {
  readonly session: Session<string>
  readonly server: ModelServer
  readonly options: SseOptions
  readonly expectation: Expectation
  readonly #violated: (what: string) => void
  /** Where the hub has it. */
  #seat: Link | undefined
  #seats = 0
  #appetite = 0
  #isReading = false
  #toldGaps = 0
  #heardGaps = 0
  /** Its reader has always read on, and nothing kept it from doing so. */
  isPrompt = true
  /** How the reader's loop ended. */
  end: 'not yet' | 'done' | 'failed' = 'not yet'
  opening: 'pending' | 'opened' | 'failed' = 'pending'
  closing: 'not asked' | 'pending' | 'closed' = 'not asked'

  constructor(id: number, server: ModelServer, options: SseOptions, hooks: ModelSessionHooks) {
    const label = `session ${id} of ${server.url}`
    this.server = server
    this.options = options
    this.#violated = (what) => hooks.violated(`${label} ${what}`)
    this.expectation = new Expectation(
      server,
      ({ kind, name }) => {
        const { events = [name] } = options
        if (kind === 'event') return Array.isArray(events) && events.includes(name)
        return kind === 'comment' && options.showCommentEvents === true
      },
      this.#violated,
    )
    this.session = new Session(id, server.url, resolveOptions(options, {}), hooks)
    this.session.onGap(() => (this.#heardGaps += 1))
    this.session.opened.then(
      () => (this.opening = 'opened'),
      () => (this.opening = 'failed'),
    )
  }

  get seat(): Link | undefined {
    return this.#seat
  }

  /** How often it was subscribed. */
  get seats(): number {
    return this.#seats
  }

  /** The hub gives it a place. */
  seatAt(link: Link, { resume }: Subscription): void {
    this.#seat = link
    this.#seats += 1
    // A session that has not heard a word of its first broker begins with the next one.
    if (resume === undefined && this.expectation.latest === undefined) this.expectation.start = undefined
    this.expectation.start ??= link.worker.startOf(this.server)
  }

  unseat(): void {
    this.#seat = undefined
  }

  get isEager(): boolean {
    return this.#appetite === Infinity
  }

  /** Its reader waits for an event. */
  get isWaiting(): boolean {
    return this.#isReading
  }

  receive(delivery: SessionDelivery): void {
    if (this.end === 'not yet' && this.closing === 'not asked') this.#note(delivery)
    this.session.receive(delivery)
    if (this.#heardGaps !== this.#toldGaps) this.#violated('was not told of a gap')
  }

  read(count: number): void {
    this.#appetite += count
    if (this.#appetite !== Infinity) this.isPrompt = false
    if (!this.#isReading) void this.#read()
  }

  stall(): void {
    this.#appetite = 0
    this.isPrompt = false
  }

  close(): void {
    if (this.closing !== 'not asked') return
    this.closing = 'pending'
    this.session.close().then(
      () => (this.closing = 'closed'),
      (error: unknown) => this.#violated(`close() rejected with ${String(error)}`),
    )
  }

  async #read(): Promise<void> {
    this.#isReading = true
    while (this.#appetite > 0 && this.end === 'not yet') {
      this.#appetite -= 1
      this.expectation.took()
      try {
        const { done, value } = await this.session.incoming.next()
        if (done === true) this.end = 'done'
        else this.expectation.gave(Number.parseInt(value.comments ?? value.data, 10))
      } catch {
        // How a session may fail is the invariants' concern.
        this.end = 'failed'
      }
    }
    this.#isReading = false
  }

  #note(delivery: SessionDelivery): void {
    if (delivery.type === 'gap') {
      this.#toldGaps += 1
      this.expectation.gap(delivery.gap)
    }
    if (delivery.type !== 'events') return
    const events: readonly WireEvent[] = JSON.parse(delivery.batch)
    for (const [, , payload] of events) {
      const text = typeof payload === 'string' ? payload : 'comments' in payload ? payload.comments : ''
      this.expectation.arrived(Number.parseInt(text, 10))
    }
  }
}
