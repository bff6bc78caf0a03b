import type { ResponseData, SseErrorData } from './error.js'

/** The request of a connection and the answer to it. */
export interface CallData {
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: readonly (readonly [name: string, value: string])[]
  }
  readonly response: ResponseData
}

/** The state of a stream, as its sessions are told. */
export type StreamStatus =
  | { readonly state: 'connecting'; readonly attempt: number }
  | { readonly state: 'open'; readonly since: number; readonly call: CallData }
  | {
      readonly state: 'waiting'
      readonly attempt: number
      readonly retryAt: number
      readonly error: SseErrorData
    }
  /** `call` where the stream ended without ever being open, on a 204. */
  | { readonly state: 'closed'; readonly reason: 'ended'; readonly call?: CallData }
  | { readonly state: 'closed'; readonly reason: 'failed'; readonly error: SseErrorData }
