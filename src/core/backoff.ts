import type { Backoff } from '../protocol/subscription.js'

/** No delay grows over this, unless the server itself asks for a longer one. */
export const MAX_DELAY_MS = 30_000

/** Each consecutive failure multiplies the span that the jitter draws from. */
export const BACKOFF_FACTOR = 2

/** What the span grows from after a failure, however short a time the server or the page asked for. */
export const MIN_SPAN_MS = 250

/** A browser's timers hold 31 bits: with a longer delay they fire at once, and a server would be polled. */
export const MAX_TIMER_MS = 2_147_483_647

/** What the delay before a reconnection depends on. */
export interface BackoffInput {
  /** The server's `retry`, else the stream's `reconnectionTime`. */
  readonly base: number
  /** Consecutive failures so far; 0 after a healthy connection. */
  readonly failures: number
  /** From 0 up to 1. */
  readonly chance: number
  /** What `Retry-After` asked for at least. */
  readonly floor: number
  readonly backoff?: Backoff | undefined
}

/**
 * The delay before the next attempt in milliseconds: the base after a healthy connection, and with each failure
 * a span twice as wide above it, from which chance draws (full jitter), so that the clients of a server that
 * fell do not all come back in the same moment.
 */
export function reconnectionDelay({ base, failures, chance, floor, backoff = {} }: BackoffInput): number {
  const { factor = BACKOFF_FACTOR, maxMs = MAX_DELAY_MS, jitter = 1 } = backoff === false ? CONSTANT : backoff
  // A base of 0 would stay 0, and a server that fails would be asked without a pause.
  const start = failures === 0 || backoff === false ? base : Math.max(base, MIN_SPAN_MS)
  const span = Math.max(0, Math.min(maxMs, start * factor ** failures) - base)
  const jittered = base + span * (1 - jitter + jitter * chance)
  return Math.min(MAX_TIMER_MS, Math.max(floor, Math.round(jittered)))
}

const CONSTANT: Exclude<Backoff, false> = { factor: 1 }
