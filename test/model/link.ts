import type { BrokerMessage, TabMessage } from '../../src/protocol/message.js'
import { SseError } from '../../src/client/sseError.js'
import type { Hub } from '../../src/core/hub.js'
import type { ModelWorker } from './modelWorker.js'

/** A control call on its way to the broker. */
interface Call {
  readonly perform: (hub: Hub) => void
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * One attachment of a tab to a worker: its ports. Each is in order, but one may be late against the other, and what
 * is on its way is lost when either side dies.
 */
export class Link {
  readonly worker: ModelWorker
  readonly id: string
  readonly toTab: BrokerMessage[] = []
  readonly toBroker: TabMessage[] = []
  readonly calls: Call[] = []
  readonly #pending = new Set<(error: unknown) => void>()
  readonly #onMessage: (message: BrokerMessage) => void
  /** `left`: the tab has let go of its lock, and the worker will notice; `lost`: the worker has died. */
  state: 'up' | 'left' | 'lost' = 'up'

  constructor(worker: ModelWorker, id: string, onMessage: (message: BrokerMessage) => void) {
    this.worker = worker
    this.id = id
    this.#onMessage = onMessage
    worker.links.add(this)
  }

  get inFlight(): number {
    return this.toTab.length + this.toBroker.length + this.calls.length
  }

  attach(): Promise<void> {
    return this.call((hub) => hub.attach(this.id, (message) => this.toTab.push(structuredClone(message))))
  }

  call(perform: (hub: Hub) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.add(reject)
      const done = (): void => void this.#pending.delete(reject)
      if (this.state === 'lost') return
      this.calls.push({
        perform,
        resolve: () => {
          done()
          resolve()
        },
        reject: (error) => {
          done()
          reject(error)
        },
      })
    })
  }

  post(message: TabMessage): void {
    if (this.state === 'up') this.toBroker.push(structuredClone(message))
  }

  deliverToTab(count: number): void {
    for (const message of this.toTab.splice(0, count)) if (this.state === 'up') this.#onMessage(message)
  }

  deliverToBroker(count: number): void {
    for (const message of this.toBroker.splice(0, count)) this.worker.hub.receive(this.id, message)
  }

  deliverCalls(count: number): void {
    for (const { perform, resolve, reject } of this.calls.splice(0, count)) {
      try {
        perform(this.worker.hub)
        resolve()
      } catch (error) {
        reject(error)
      }
    }
  }

  /** The tab goes: what it has posted still arrives. */
  leave(): void {
    if (this.state === 'up') this.state = 'left'
    this.toTab.length = 0
    this.#rejectPending('The page has left the worker')
  }

  /** The worker has died. */
  lose(): void {
    this.state = 'lost'
    this.toTab.length = this.toBroker.length = this.calls.length = 0
  }

  /** The tab notices that the worker has died. */
  noticeLoss(): void {
    this.#rejectPending('The worker has died')
  }

  /** The worker notices that the tab is gone. */
  noticeGone(): void {
    this.deliverCalls(Infinity)
    this.deliverToBroker(Infinity)
    this.worker.hub.detach(this.id)
    this.worker.links.delete(this)
  }

  #rejectPending(message: string): void {
    for (const reject of this.#pending) reject(new SseError('worker-lost', message))
    this.#pending.clear()
  }
}
