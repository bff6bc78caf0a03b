import type { Backoff, BufferPolicy, StreamPolicy } from '../protocol/subscription.js'
import { type Check, fromOne, milliseconds, oneOf, string } from './check.js'
import { isObject } from './isObject.js'

/**
 * How a stream keeps its connection. The first session of a stream decides; one that comes later and asks for something
 * else joins all the same, and is told in `status.policy`.
 */
export interface PolicyOptions {
  /**
   * How often in a row a lost connection is tried again before the session fails. `0`: never, and the end of
   * the body is then the session's normal end. Default `Infinity`.
   */
  maxReconnectionAttempts?: number
  /**
   * Delay before a reconnection in milliseconds, until the server names another with `retry`. After further
   * failures the delay grows up to 30 s. Default `3000`.
   */
  reconnectionTime?: number
  /**
   * How that delay grows with each failure: multiplied by `factor` (default `2`) up to `maxMs` (default `30_000`), of
   * which `jitter` (from `0` to `1`, default `1`) of the part above the base is left to chance. `false`: not at all.
   */
  backoff?: Backoff
  /** Statuses that are tried again, instead of 408, 425, 429 and 5xx. */
  retryOn?: readonly number[]
  /** How long the server may take to answer, in milliseconds; then the attempt has failed. Default `30_000`. */
  connectTimeoutMs?: number
  /**
   * A connection that is silent for so many milliseconds, without even a comment, is dropped and made anew. Default:
   * silence is no fault.
   */
  idleTimeoutMs?: number
  /** The largest event, in characters; over it the stream fails with `SseError('too-large')`. Default `1_048_576`. */
  maxEventSize?: number
  /**
   * What an error that comes after the stream was open shows as `error.response.body` of the text received lately: all,
   * the last event or lines or events; never more than 65,536 characters. Default `'off'`.
   */
  bufferPolicy?: BufferPolicy
  /**
   * What the cursor outlives: `'persisted'` a restart of the browser, `'memory'` drops and the worker's death,
   * `'none'` nothing: every connection starts with what is new, and `onGap` tells. Default `'persisted'`.
   */
  resume?: 'persisted' | 'memory' | 'none'
  /** A kept cursor that is older is not used, in milliseconds. Default `86_400_000`, a day. */
  resumeMaxAgeMs?: number
  /** The id after which a stream starts that has no kept cursor. Default: with what is new. */
  lastEventId?: string
}

/** Of no time at all every connection would fall short. */
const timeLimit: Check = [
  'milliseconds, a number from 1 to 2147483647',
  (value) => milliseconds[1](value) && Number(value) >= 1,
]

const wholeFromOne = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 1

const backoffChecks: Record<keyof Exclude<Backoff, false>, Check> = {
  factor: fromOne,
  maxMs: milliseconds,
  jitter: ['a number from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1],
}

export const policyChecks: Record<keyof PolicyOptions, Check> = {
  maxReconnectionAttempts: [
    'a whole number from 0, or Infinity',
    (value) => value === Infinity || (Number.isInteger(value) && Number(value) >= 0),
  ],
  reconnectionTime: milliseconds,
  backoff: [
    `false, or { ${Object.entries(backoffChecks)
      .map(([name, [allowed]]) => `${name}: ${allowed}`)
      .join('; ')} }`,
    (value) =>
      value === false ||
      (isObject(value) &&
        Object.entries(value).every(([name, part]) =>
          Object.entries(backoffChecks).some(([known, [, holds]]) => known === name && holds(part)),
        )),
  ],
  retryOn: [
    'an array of statuses from 300 to 599',
    (value) =>
      Array.isArray(value) &&
      value.every((status) => Number.isInteger(status) && status >= 300 && status < 600),
  ],
  connectTimeoutMs: timeLimit,
  idleTimeoutMs: timeLimit,
  maxEventSize: fromOne,
  bufferPolicy: [
    "'off', 'all', 'lastEvent', { lastLines } or { lastEvents } with a whole number from 1",
    (value) =>
      ['off', 'all', 'lastEvent'].some((policy) => policy === value) ||
      (isObject(value) &&
        /^last(Lines|Events)$/.test(Object.keys(value).join()) &&
        Object.values(value).every(wholeFromOne)),
  ],
  resume: oneOf('persisted', 'memory', 'none'),
  resumeMaxAgeMs: milliseconds,
  lastEventId: string,
}

/** The session's word, else the broker's; what neither says the worker fills in. */
export function policyOf(options: PolicyOptions, defaults: PolicyOptions): StreamPolicy {
  const policy = { maxReconnectionAttempts: Infinity, reconnectionTime: 3000 }
  for (const given of [defaults, options]) {
    for (const name of Object.keys(policyChecks)) {
      const value: unknown = Reflect.get(given, name)
      if (value !== undefined) Object.assign(policy, { [name]: value })
    }
  }
  return policy
}
