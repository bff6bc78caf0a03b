import type { Hub } from '../core/hub.js'
import {
  type BrokerApi,
  type Forgettable,
  type Hello,
  tabLockName,
  type Welcome,
} from '../protocol/brokerApi.js'
import type { SseErrorData } from '../protocol/error.js'
import type { SessionId, TabMessage } from '../protocol/message.js'
import type { BrokerSnapshot } from '../protocol/snapshot.js'
import type { Subscription } from '../protocol/subscription.js'
import { PROTOCOL_VERSION } from '../protocol/version.js'

/** The control calls of one tab, and the watch over its life. */
export class TabControl implements BrokerApi<MessagePort> {
  readonly #hub: Hub
  readonly #brokerLock: Promise<void>
  readonly #onGone: () => void
  #tab: string | undefined

  /** `onGone` is called when the tab is, with or without a word. */
  constructor(hub: Hub, brokerLock: Promise<void>, onGone: () => void) {
    this.#hub = hub
    this.#brokerLock = brokerLock
    this.#onGone = onGone
  }

  async attach({ version, tab, page }: Hello, port: MessagePort): Promise<Welcome> {
    if (version !== PROTOCOL_VERSION) {
      const message =
        `This page speaks version ${version} of the sse-broker protocol, the running worker version ` +
        `${PROTOCOL_VERSION}. Reload all tabs, or give the brokers different names`
      return { type: 'refused', error: { code: 'version', message, attempts: 0 } }
    }
    // A tab that queued for the lock before this worker held it would take it, and believe the worker dead.
    await this.#brokerLock
    this.#tab = tab
    this.#hub.attach(tab, (message) => port.postMessage(message), page)
    port.onmessage = ({ data }: MessageEvent<TabMessage>) => this.#hub.receive(tab, data)
    void navigator.locks.request(tabLockName(tab), () => {
      this.#hub.detach(tab)
      port.close()
      this.#onGone()
    })
    return { type: 'welcome', incarnation: this.#hub.incarnation }
  }

  subscribe(subscription: Subscription): SseErrorData | undefined {
    return this.#hub.subscribe(this.#attached(), subscription)
  }

  unsubscribe(session: SessionId, taken: number): void {
    this.#hub.unsubscribe(this.#attached(), session, taken)
  }

  inspect(): BrokerSnapshot {
    return this.#hub.inspect()
  }

  ping(): string {
    return this.#hub.incarnation
  }

  forget(what: Forgettable): Promise<void> {
    return this.#hub.forget(what)
  }

  #attached(): string {
    if (this.#tab === undefined) throw new Error('The tab is not attached')
    return this.#tab
  }
}
