/**
 * What went wrong, in one word:
 *
 * - `status`: the server answered with a status that is not 200.
 * - `content-type`: the server answered with something that is no `text/event-stream`.
 * - `network`: no connection, or it broke.
 * - `timeout`: no answer within `connectTimeoutMs`, or no byte within `idleTimeoutMs`.
 * - `headers`: the `headers` function threw or did not answer; `cause` is what it threw.
 * - `too-large`: one event is larger than the limit.
 * - `decode`: `deserialize` threw.
 * - `overflow`: the session was too slow and its policy says to end it.
 * - `aborted`: the session's signal was aborted.
 * - `closed`: the session or the broker is closed.
 * - `unsupported`: this browser lacks what the broker needs, or would not start its worker.
 * - `worker-lost`: the broker's worker died or does not answer.
 * - `version`: another build of sse-broker runs under the same name, and the two cannot talk.
 * - `options`: an argument is wrong.
 */
export type SseErrorCode =
  | 'status'
  | 'content-type'
  | 'network'
  | 'timeout'
  | 'headers'
  | 'too-large'
  | 'decode'
  | 'overflow'
  | 'aborted'
  | 'closed'
  | 'unsupported'
  | 'worker-lost'
  | 'version'
  | 'options'

/** What a server answered, as it crosses the port. */
export interface ResponseData {
  readonly status: number
  readonly statusText: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** After redirects. */
  readonly url: string
  /** The beginning of the body of a refused answer; empty for one that was accepted. */
  readonly body: string
}

/**
 * An `SseError` as it crosses the port: structured clone keeps neither the class nor the code of an error, and
 * comlink only its message.
 */
export interface SseErrorData {
  readonly code: SseErrorCode
  readonly message: string
  readonly attempts: number
  readonly response?: ResponseData
  /** Name and message of what lies beneath. */
  readonly cause?: { readonly name: string; readonly message: string }
}
