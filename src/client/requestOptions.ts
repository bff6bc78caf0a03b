import type { Headers as HeadersData } from '../protocol/headers.js'
import type { StreamRequest } from '../protocol/subscription.js'
import { aFunction, boolean, check, type Check, oneOf, string, wrong } from './check.js'
import { isObject } from './isObject.js'
import type { SseResponse } from './sseError.js'

/** Called before every attempt. `response`: the 401 that the attempt just met; it is asked once more with it. */
export type HeadersFunction = (attempt: { response?: SseResponse }) => HeadersInit | Promise<HeadersInit>

/** What a stream sends: two sessions that differ in any of it are two streams. */
export interface RequestOptions {
  /** Any that `fetch` allows. Default `'GET'`. */
  method?: string
  /** Sent again with each reconnection. Not with GET or HEAD. */
  body?: string | Uint8Array | URLSearchParams
  /**
   * Sent with each attempt. A function is asked anew before every one, in a page that lives (a visible one first, for
   * at most 10 s), so that a token is always fresh; it needs `identity`. When it throws, that attempt has failed.
   */
  headers?: HeadersInit | HeadersFunction
  /** Cookies and the like, as for `fetch`. Default `'same-origin'`. */
  credentials?: RequestCredentials
  /** Whose stream it is, the user's id say: two users never share one. Only its digest is stored. */
  identity?: string
  /** `false`: a connection of this session's own, and nothing of it is stored. Default `true`. */
  share?: boolean
}

export const requestChecks: Record<keyof RequestOptions, Check> = {
  method: ['a method that fetch allows', (value) => typeof value === 'string' && isMethod(value)],
  body: [
    'a string, a Uint8Array or a URLSearchParams',
    (value) => typeof value === 'string' || value instanceof Uint8Array || value instanceof URLSearchParams,
  ],
  headers: [
    "what fetch takes as headers without 'Last-Event-ID' (see the option lastEventId), or a function",
    (value) => aFunction[1](value) || areHeaders(value),
  ],
  credentials: oneOf('omit', 'same-origin', 'include'),
  identity: string,
  share: boolean,
}

/** What the checks of single options cannot see. */
export function checkRequest({ method = 'GET', body, headers, identity }: RequestOptions): void {
  if (body !== undefined && /^(get|head)$/i.test(method)) {
    throw wrong("sse: option 'body'", body, `none with the method ${method}`)
  }
  if (typeof headers === 'function' && identity === undefined) {
    throw wrong("sse: option 'identity'", identity, 'a string, since headers is a function')
  }
}

/** `forget()` takes a stream's request as its sessions have it. */
export function checkForgotten(options: RequestOptions): void {
  check('forget', options, requestChecks)
  checkRequest(options)
}

/** The request as data. The browser itself says what it would send: content type, normal names. */
export function requestOf(url: string, options: RequestOptions): StreamRequest {
  const { method: wanted = 'GET', body, credentials, identity, share, headers: given } = options
  const fromTab = typeof given === 'function'
  const { method, headers } = new Request(url, {
    method: wanted,
    // Bytes are copied: a page that changes them later must not change the stream.
    body: body instanceof Uint8Array ? body.slice() : (body ?? null),
    headers: fromTab ? [] : (given ?? []),
  })
  return {
    url,
    method,
    headers: [...headers],
    body: body instanceof Uint8Array ? body.slice() : body?.toString(),
    credentials,
    identity,
    asksTab: fromTab || undefined,
    own: share === false ? crypto.randomUUID() : undefined,
  }
}

/** What a `headers` function gave, as data. Throws where `fetch` would. */
export function headersData(init: HeadersInit): HeadersData {
  return [...new Headers(init)]
}

/** `Reflect.construct`, since the type says what fetch takes, and the caller may have no types. */
function areHeaders(value: unknown): boolean {
  try {
    const headers: unknown = Reflect.construct(Headers, [value])
    return isObject(value) && headers instanceof Headers && !headers.has('last-event-id')
  } catch {
    return false
  }
}

function isMethod(method: string): boolean {
  try {
    return new Request('http://a', { method }) instanceof Request
  } catch {
    return false
  }
}
