import { type Remote, releaseProxy, transfer, wrap } from 'comlink'

import {
  type BrokerApi,
  brokerLockName,
  type Forgettable,
  tabLockName,
  type Welcome,
} from '../protocol/brokerApi.js'
import type { BrokerMessage, Delivery, HeadersAnswer, SessionId, TabMessage } from '../protocol/message.js'
import type { BrokerSnapshot } from '../protocol/snapshot.js'
import type { Subscription } from '../protocol/subscription.js'
import { PROTOCOL_VERSION } from '../protocol/version.js'
import { startHeartbeat } from './heartbeat.js'
import { holdLock, watchLock } from './lifeLock.js'
import { pageState, watchPage } from './pageState.js'
import { errorFromData, SseError } from './sseError.js'

/** How long a worker may take to start and to answer a tab's first word. */
export const ATTACH_TIMEOUT_MS = 10_000

/** What a page's broker hears from its attachment. */
export interface AttachmentListener {
  onDelivery(delivery: Delivery): void
  /** The worker has died, or is another one now. */
  onLost(): void
  /** The worker does not answer any more. */
  onWedged(): void
}

/** This page's tie to one life of the worker: control calls, the data port, and the watch over its death. */
export class Attachment {
  readonly #control: MessagePort
  readonly #api: Remote<BrokerApi<MessagePort>>
  readonly #channel = new MessageChannel()
  /** Rejects the calls that are pending: comlink would leave them so for ever when the worker is lost. */
  readonly #pending = new Set<(error: SseError) => void>()
  /** Why no call can be made any more. */
  #lost: SseError | undefined
  #releaseTabLock: (() => void) | undefined
  #unwatch: (() => void) | undefined
  #unwatchPage: (() => void) | undefined
  #stopHeartbeat: (() => void) | undefined

  /**
   * Starts the worker, or joins the one that runs. Rejects with `SseError` when it cannot be loaded, does not
   * answer, or speaks another version.
   *
   * The order matters: the tab holds its lock before it says hello, and the broker holds its own before it
   * answers, so that neither can die unnoticed by the other.
   */
  static async open(start: () => SharedWorker, listener: AttachmentListener): Promise<Attachment> {
    const attachment = new Attachment(start())
    try {
      await attachment.#begin(listener)
      return attachment
    } catch (error) {
      attachment.detach()
      throw error
    }
  }

  private constructor(worker: SharedWorker) {
    this.#control = worker.port
    this.#api = wrap<BrokerApi<MessagePort>>(worker.port)
    // A script that cannot be loaded says so here and nowhere else: its port stays silent.
    worker.onerror = () => {
      const message =
        'The worker script could not be loaded. Is worker.js served by this origin, and does the policy ' +
        '(worker-src) allow it?'
      this.#lose(new SseError('unsupported', message))
    }
  }

  async subscribe(subscription: Subscription): Promise<void> {
    const wrong = await this.#ask(this.#api.subscribe(subscription))
    if (wrong !== undefined) throw errorFromData(wrong)
  }

  forget(what: Forgettable): Promise<void> {
    return this.#ask(this.#api.forget(what))
  }

  /** `taken`: up to where its reader is, since what was said of that on the other port may come later than this. */
  unsubscribe(session: SessionId, taken: number): Promise<void> {
    return this.#ask(this.#api.unsubscribe(session, taken))
  }

  inspect(): Promise<BrokerSnapshot> {
    return this.#ask(this.#api.inspect())
  }

  /** A session's reader has taken its events up to this position. */
  taken(session: SessionId, position: number): void {
    this.#post({ type: 'taken', session, position })
  }

  /** A session answers what headers are to go along. */
  answer(session: SessionId, question: number, answer: HeadersAnswer): void {
    this.#post({ type: 'headers', session, question, answer })
  }

  /** Leaves the worker; what is pending rejects. */
  detach(): void {
    this.#post({ type: 'bye' })
    this.#lose(new SseError('worker-lost', 'The page has left the worker'))
    this.#unwatch?.()
    this.#unwatchPage?.()
    this.#stopHeartbeat?.()
    this.#api[releaseProxy]()
    // comlink does not close the port of the caller's side.
    this.#control.close()
    this.#channel.port1.close()
    this.#releaseTabLock?.()
  }

  async #begin(listener: AttachmentListener): Promise<void> {
    const timeout = setTimeout(() => {
      const message = `The worker did not answer within ${ATTACH_TIMEOUT_MS} ms`
      this.#lose(new SseError('worker-lost', message))
    }, ATTACH_TIMEOUT_MS)
    try {
      const hello = { version: PROTOCOL_VERSION, tab: crypto.randomUUID(), page: pageState() }
      this.#releaseTabLock = await holdLock(tabLockName(hello.tab))
      const brokerEnd = this.#channel.port2
      const welcome = await this.#ask<Welcome>(this.#api.attach(hello, transfer(brokerEnd, [brokerEnd])))
      if (welcome.type === 'refused') throw errorFromData(welcome.error)
      this.#watch(welcome.incarnation, listener)
    } finally {
      clearTimeout(timeout)
    }
  }

  #watch(incarnation: string, listener: AttachmentListener): void {
    const onLost = (): void => {
      this.#lose(new SseError('worker-lost', 'The worker has died'))
      listener.onLost()
    }
    this.#channel.port1.onmessage = ({ data }: MessageEvent<BrokerMessage>) => {
      if (data.incarnation !== incarnation) onLost()
      else for (const delivery of data.deliveries) listener.onDelivery(delivery)
    }
    this.#unwatchPage = watchPage((page) => this.#post({ type: 'page', page }))
    this.#unwatch = watchLock(brokerLockName(incarnation), onLost)
    this.#stopHeartbeat = startHeartbeat(incarnation, () => this.#ask(this.#api.ping()), {
      onReplaced: onLost,
      onWedged: () => {
        this.#lose(new SseError('worker-lost', 'The worker does not answer'))
        listener.onWedged()
      },
    })
  }

  #lose(error: SseError): void {
    this.#lost ??= error
    for (const reject of this.#pending) reject(this.#lost)
  }

  async #ask<T>(answer: Promise<T>): Promise<T> {
    if (this.#lost !== undefined) throw this.#lost
    // Not a race against one long-lived promise: that would hold every answer of the page's life.
    let giveUp: (error: SseError) => void = () => {}
    const lost = new Promise<never>((_, reject) => {
      giveUp = reject
    })
    this.#pending.add(giveUp)
    try {
      return await Promise.race([answer, lost])
    } finally {
      this.#pending.delete(giveUp)
    }
  }

  #post(message: TabMessage): void {
    this.#channel.port1.postMessage(message)
  }
}
