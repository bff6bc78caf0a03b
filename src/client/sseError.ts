import type { ResponseData, SseErrorCode, SseErrorData } from '../protocol/error.js'
import { isObject } from './isObject.js'

/** The answer of a server. */
export interface SseResponse {
  readonly status: number
  readonly statusText: string
  readonly headers: Headers
  /** After redirects. */
  readonly url: string
  /** Of a refused answer: the first 64 Ki characters of its body. Empty for one that was accepted. */
  readonly body: string
}

/** What an {@link SseError} is made with. */
export interface SseErrorInit {
  readonly attempts?: number
  readonly response?: SseResponse
  readonly cause?: unknown
}

/**
 * Every failure of a session or a broker. `code` says what went wrong, in one word.
 *
 * @example
 * ```ts
 * try {
 *   await broker.sse('/events', render)
 * } catch (error) {
 *   if (isSseError(error) && error.code === 'status') showLogin(error.response?.status)
 *   else throw error
 * }
 * ```
 */
export class SseError extends Error {
  override readonly name = 'SseError'
  /** What went wrong. */
  readonly code: SseErrorCode
  /** How many attempts had failed in a row; 0 where none was made. */
  readonly attempts: number
  /** The failing answer, where the server gave one. */
  readonly response?: SseResponse

  constructor(code: SseErrorCode, message: string, init: SseErrorInit = {}) {
    super(message, 'cause' in init ? { cause: init.cause } : undefined)
    this.code = code
    this.attempts = init.attempts ?? 0
    if (init.response !== undefined) this.response = init.response
  }
}

/**
 * Whether a value is an {@link SseError}. By name and code, not by class: it holds for an error of another
 * realm (an iframe) or of a second copy of this package.
 */
export function isSseError(value: unknown): value is SseError {
  return isObject(value) && 'name' in value && value.name === 'SseError' && 'code' in value
}

/** An error that came from the worker, as the class that users know. */
export function errorFromData({ code, message, attempts, response, cause }: SseErrorData): SseError {
  return new SseError(code, message, {
    attempts,
    ...(response === undefined ? {} : { response: responseFromData(response) }),
    ...(cause === undefined ? {} : { cause: causeFromData(cause) }),
  })
}

export function responseFromData(data: ResponseData): SseResponse {
  return { ...data, headers: headersFromData(data.headers) }
}

export function headersFromData(headers: ResponseData['headers']): Headers {
  return new Headers(headers.map(([name, value]): [string, string] => [name, value]))
}

function causeFromData({ name, message }: NonNullable<SseErrorData['cause']>): Error {
  const cause = new Error(message)
  cause.name = name
  return cause
}
