/**
 * One server-sent event as a session yields it.
 *
 * @example
 * ```ts
 * for await (const { id, event, data } of session.incoming) console.log(id, event, data)
 * ```
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage
 */
export interface SseEvent<T = string> {
  /**
   * The `data` lines joined with `\n`, or what `deserialize` made of them. Comment and retry events
   * have none: `''` in a session of text, `undefined` in one that deserializes.
   */
  data: T
  /** The `event` field; `'message'` where the server named none. */
  event: string
  /** The stream's last event id when this event came, as `MessageEvent.lastEventId`; `''` before the first. */
  id: string
  /** Only on retry events (`showRetryEvents`): the reconnection time the server asked for, in milliseconds. */
  retry?: number
  /** Only on comment events (`showCommentEvents`): the comment, without its colon and one leading space. */
  comments?: string
}

/** The payload of an event that has no `data`: it holds only a comment or only a reconnection time. */
export type Marginal = { readonly comments: string } | { readonly retry: number }

/** What a codec or a filter in the worker made of the data: a value, or its failure beside the text. */
export type Coded = {
  /** The fingerprint of the text, which the page does not see. */
  readonly print: number
} & (
  | { readonly value: unknown }
  | { readonly failure: { readonly name: string; readonly message: string }; readonly text: string }
)

/**
 * An event on the wire. A tuple, since a batch of tuples is half the text of a batch of objects. A string is
 * data; an object is a comment or a reconnection time. The name is left out where it is `message`.
 */
export type WireEvent = readonly [
  position: number,
  id: string,
  payload: string | Marginal | Coded,
  event?: string,
]

/** The name of an event whose block has no `event` field, or an empty one. */
export const DEFAULT_EVENT_NAME = 'message'
