import type { BrokerSnapshot } from './snapshot.js'
import type { SseErrorData } from './error.js'
import type { PageState, SessionId } from './message.js'
import type { StreamRequest, Subscription } from './subscription.js'

/** A tab's first word to a broker. */
export interface Hello {
  readonly version: number
  /** The tab's id; the tab holds the Web Lock of {@link tabLockName} before it says hello. */
  readonly tab: string
  /** As it is now; changes follow on the data port. */
  readonly page?: PageState
}

/** The broker's answer to {@link Hello}. */
export type Welcome =
  | { readonly type: 'welcome'; readonly incarnation: string }
  | { readonly type: 'refused'; readonly error: SseErrorData }

/** Control calls of a tab, carried by comlink. Events never travel here. */
export interface BrokerApi<Port> {
  attach(hello: Hello, port: Port): Promise<Welcome>
  /** Answers with what is wrong with the subscription, if something is that only the worker can know. */
  subscribe(subscription: Subscription): SseErrorData | undefined
  /** `taken`: the position up to which the session's reader is; 0 when it has taken nothing. */
  unsubscribe(session: SessionId, taken: number): void
  inspect(): BrokerSnapshot
  /** A sign of life: the incarnation. */
  ping(): string
  /** Settles when the kept cursors are gone: of one stream, of one identity, or of all. */
  forget(what: Forgettable): Promise<void>
}

/** Whose kept cursors are to go. */
export type Forgettable =
  | { readonly type: 'stream'; readonly request: StreamRequest }
  | { readonly type: 'identity'; readonly identity: string }
  | { readonly type: 'all' }

/** The Web Lock that a tab holds while it lives; the broker queues for it to learn of the tab's end. */
export const tabLockName = (tab: string): string => `sse-broker:tab:${tab}`

/** The Web Lock that a broker holds while it lives; tabs queue for it to learn of the worker's death. */
export const brokerLockName = (incarnation: string): string => `sse-broker:broker:${incarnation}`
