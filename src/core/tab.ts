import type { BrokerMessage, Delivery, PageState } from '../protocol/message.js'
import type { Mailbox } from './mailbox.js'
import type { Stream } from './stream.js'
import type { Subscriber } from './subscriber.js'

/** One page attached to the broker, with its sessions. */
export class Tab implements Mailbox {
  readonly tab: string
  page: PageState = { visibility: 'visible', network: 'online' }
  readonly sessions = new Map<number, { readonly subscriber: Subscriber; readonly stream: Stream }>()
  readonly #incarnation: string
  readonly #send: (message: BrokerMessage) => void
  #queued: Delivery[] = []

  constructor(tab: string, incarnation: string, send: (message: BrokerMessage) => void) {
    this.tab = tab
    this.#incarnation = incarnation
    this.#send = send
  }

  get visibility(): PageState['visibility'] {
    return this.page.visibility
  }

  queue(deliveries: readonly Delivery[]): void {
    this.#queued.push(...deliveries)
  }

  post(): void {
    if (this.#queued.length === 0) return
    const deliveries = this.#queued
    this.#queued = []
    this.#send({ incarnation: this.#incarnation, deliveries })
  }
}
