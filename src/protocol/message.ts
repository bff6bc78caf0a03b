import type { ResponseData, SseErrorData } from './error.js'
import type { Gap } from './gap.js'
import type { Headers } from './headers.js'
import type { StreamStatus } from './status.js'
import type { Place, StreamPolicy } from './subscription.js'

/** Number of a session within its tab; the tab gives it out. */
export type SessionId = number

/**
 * What the broker posts on a tab's data port: everything that is ready for that tab in one message, since a
 * `postMessage` per event costs 20 to 50 times a batch.
 */
export interface BrokerMessage {
  /**
   * Which life of the broker speaks. A browser can re-run a worker's script under live ports; a tab that sees
   * an incarnation it does not know is attached to nobody and must attach again.
   */
  readonly incarnation: string
  readonly deliveries: readonly Delivery[]
}

/** One session's part of a message. */
export type Delivery =
  | {
      readonly type: 'events'
      readonly session: SessionId
      /** JSON text of `WireEvent[]`: cheaper to post and to read than the same batch as cloned objects. */
      readonly batch: string
    }
  | { readonly type: 'status'; readonly session: SessionId; readonly status: StreamStatus }
  | {
      readonly type: 'gap'
      readonly session: SessionId
      readonly gap: Gap
      /** Position of the last event before the gap: what lies between it and the next is not to come after all. */
      readonly since: number
    }
  /**
   * The cursor that is safe for everyone, told at first and whenever it is written: each tab has a copy of what is on
   * disk, and brings it to the next worker.
   */
  | ({ readonly type: 'kept'; readonly session: SessionId; readonly lineage: string } & Place)
  /**
   * Events before the session's first one. It does not get them, but if the worker dies the next one sends some of
   * them again, and the session is to know them then. `until`: position of the last of them.
   */
  | {
      readonly type: 'past'
      readonly session: SessionId
      readonly until: number
      readonly events: readonly PastEvent[]
    }
  /** What comes now begins after this place, and may hold what the session has. */
  | ({ readonly type: 'again'; readonly session: SessionId } & Place)
  /** A worker of another build has started since; for the whole tab. */
  | { readonly type: 'outdated'; readonly session: 'all' }
  /** An attempt is about to be made: which headers are to go along? `response`: the 401 that a first answer met. */
  | {
      readonly type: 'headers'
      readonly session: SessionId
      readonly question: number
      readonly response?: ResponseData
    }
  /** The stream has another policy than this session asked for: the first session decided. */
  | { readonly type: 'policy'; readonly session: SessionId; readonly policy: StreamPolicy }
  /** Nothing more will come; `error` is what the reader is to get after the last event. */
  | { readonly type: 'end'; readonly session: SessionId; readonly error?: SseErrorData }

/** An event that a session does not get, for it to know. */
export type PastEvent = readonly [position: number, id: string, fingerprint: number]

/** A delivery for one session. */
export type SessionDelivery = Exclude<Delivery, { readonly type: 'outdated' }>

/** What a tab posts on its data port. */
export type TabMessage =
  /** The session's reader has taken all events up to this position: their credit returns. */
  | { readonly type: 'taken'; readonly session: SessionId; readonly position: number }
  | {
      readonly type: 'headers'
      readonly session: SessionId
      readonly question: number
      readonly answer: HeadersAnswer
    }
  /** What the page sees of the world; a worker has no such events of its own. */
  | { readonly type: 'page'; readonly page: PageState }
  /** The page goes away; nothing will follow. A page that dies without a word is noticed by its Web Lock. */
  | { readonly type: 'bye' }

/** What a session's `headers` function returned or threw. */
export type HeadersAnswer =
  | { readonly type: 'headers'; readonly headers: Headers }
  | { readonly type: 'failed'; readonly cause: NonNullable<SseErrorData['cause']> }

export interface PageState {
  readonly visibility: 'visible' | 'hidden'
  readonly network: 'online' | 'offline'
}
