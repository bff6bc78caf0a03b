import type { Delivery, PageState } from '../protocol/message.js'

/** Where a session's deliveries go. */
export interface Mailbox {
  readonly tab: string
  readonly visibility: PageState['visibility']
  queue(deliveries: readonly Delivery[]): void
  /** Posts all that is queued, in one message. */
  post(): void
}
