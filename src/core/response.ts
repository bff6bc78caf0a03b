import type { ResponseHead } from './env.js'
import { MAX_TIMER_MS } from './backoff.js'

/** What an answer means for the stream. */
export type Verdict =
  /** The stream is open. */
  | { readonly type: 'accept' }
  /** The server says that there is nothing more: a normal end. */
  | { readonly type: 'end' }
  /** A refusal: `retry` when it may pass, `fail` when trying again would not help. */
  | { readonly type: 'retry' | 'fail'; readonly code: 'status' | 'content-type'; readonly message: string }

/** Refusals that say of themselves that they pass: Request Timeout, Too Early, Too Many Requests. */
const PASSING = [408, 425, 429]

/**
 * Only 200 with `text/event-stream` opens a stream; 204 ends it for good. `retryOn` replaces the list of the
 * statuses that are worth another try.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model
 */
export function judge(response: ResponseHead, retryOn?: readonly number[]): Verdict {
  const { status } = response
  if (status === 204) return { type: 'end' }
  if (status !== 200) {
    const isPassing = retryOn?.includes(status) ?? (PASSING.includes(status) || status >= 500)
    return {
      type: isPassing ? 'retry' : 'fail',
      code: 'status',
      message: `Expected status code 200 but was ${status}`,
    }
  }
  const contentType = headerOf(response, 'content-type')
  const essence = contentType?.split(';')[0]?.trim().toLowerCase()
  if (essence === 'text/event-stream') return { type: 'accept' }
  return {
    type: 'fail',
    code: 'content-type',
    message: `Expected Content-Type text/event-stream but was ${contentType ?? 'none'}`,
  }
}

/**
 * The wait that `Retry-After` asks for, in milliseconds; 0 without one or with one that is no number and no date.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(response: ResponseHead, now: number): number {
  const value = headerOf(response, 'retry-after')?.trim()
  if (value === undefined || value === '') return 0
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isNaN(ms) ? 0 : Math.min(MAX_TIMER_MS, Math.max(0, ms))
}

function headerOf(response: ResponseHead, name: string): string | undefined {
  return response.headers.find(([key]) => key.toLowerCase() === name)?.[1]
}
