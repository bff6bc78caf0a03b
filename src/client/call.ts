import type { CallData } from '../protocol/status.js'
import { headersFromData, responseFromData, type SseResponse } from './sseError.js'

/**
 * The request of a session's current connection, and the answer to it. Replaced by each reconnection.
 *
 * @example
 * ```ts
 * session.call.response.status // 200
 * session.call.response.headers.get('content-type')
 * ```
 */
export interface SseCall {
  readonly request: { readonly method: string; readonly url: string; readonly headers: Headers }
  readonly response: SseResponse
}

export function callFromData({ request, response }: CallData): SseCall {
  return {
    request: { ...request, headers: headersFromData(request.headers) },
    response: responseFromData(response),
  }
}
