import { DEFAULT_EVENT_NAME } from '../protocol/event.js'
import type { Overflow, StreamPolicy } from '../protocol/subscription.js'
import type { Deserialize } from './deserialize.js'
import { SseError } from './sseError.js'

/** What a broker may set for all of its sessions, and each session for itself; the session's word wins. */
export interface SessionDefaults {
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
  /** Whether the session gets the stream's comments, as events with `comments`. Default `false`. */
  showCommentEvents?: boolean
  /** Whether the session gets the stream's `retry` fields, as events with `retry`. Default `false`. */
  showRetryEvents?: boolean
}

/** What happens to a session that does not read as fast as events come. All fields have defaults. */
export interface OverflowOptions {
  /** How many events may wait for the session in the worker. Default `4096`. */
  limit?: number
  /** How many characters they may have. Default `4_194_304`. */
  maxChars?: number
  /** How long the session may hold up the whole stream before this policy applies, in milliseconds. Default `1000`. */
  patienceMs?: number
  /**
   * What then happens, until the session has caught up: `'gap'` drops the oldest events and tells `onGap` (default);
   * `'latest'` keeps the newest event of each name, or of each value of `by`; `'error'` ends the session with
   * `SseError('overflow')` after what it has; `'wait'` holds the stream for all, as long as it takes.
   */
  policy?: 'gap' | 'latest' | 'error' | 'wait'
  /** For `'latest'`: path of a field in JSON data, such as `'symbol'` or `'quote.symbol'`. */
  by?: string
}

/** Options of {@link createBroker}. */
export interface BrokerOptions extends SessionDefaults {
  /** Brokers of different names never share a connection or a cursor. Default `'default'`. */
  name?: string
  /**
   * The package's `worker.js`, served from this URL of the page's own origin; for builds without a bundler, or
   * with one that does not see `new URL('./worker.js', import.meta.url)`. Default: the file beside the package.
   */
  workerUrl?: string | URL
}

/** Options of one session. */
export interface SseOptions<T = string> extends SessionDefaults {
  /**
   * Names of the events this session wants; the others never leave the worker. Events without a name are
   * called `'message'`. Default: all.
   */
  events?: readonly string[]
  /**
   * What to make of an event's data: `'text'` (default), `'json'`, or a function of the data and its event. When
   * it throws, the reader gets `SseError('decode')` in the event's place, and can go on with the next.
   */
  deserialize?: Deserialize<T>
  /**
   * How many of the stream's last events a session that comes late gets first, or `'all'` that the worker still has
   * (at most 1024 events or a million characters). Default `0`.
   */
  replay?: number | 'all'
  /** What happens when this session does not read fast enough. */
  overflow?: OverflowOptions
  /** Ends the session when aborted; pending calls reject with the signal's reason. */
  signal?: AbortSignal
}

/** Everything a session needs to know, with every default filled in. */
export interface ResolvedOptions<T> {
  readonly policy: StreamPolicy
  readonly overflow: Overflow
  readonly replay: number
  readonly events: readonly string[] | undefined
  readonly showCommentEvents: boolean
  readonly showRetryEvents: boolean
  readonly deserialize: Deserialize<T>
  readonly signal: AbortSignal | undefined
}

type Check = readonly [allowed: string, holds: (value: unknown) => boolean]

const boolean: Check = ['true or false', (value) => typeof value === 'boolean']

const fromOne: Check = ['a number from 1', (value) => typeof value === 'number' && value >= 1]

const milliseconds: Check = [
  'milliseconds, a number from 0 to 2147483647',
  (value) => typeof value === 'number' && value >= 0 && value <= 2_147_483_647,
]

const overflowOptions: Record<keyof OverflowOptions, Check> = {
  limit: fromOne,
  maxChars: fromOne,
  patienceMs: milliseconds,
  policy: [
    "'gap', 'latest', 'error' or 'wait'",
    (value) => ['gap', 'latest', 'error', 'wait'].some((policy) => policy === value),
  ],
  by: ["a path such as 'quote.symbol'", (value) => typeof value === 'string' && value !== ''],
}

const sessionDefaults: Record<keyof SessionDefaults, Check> = {
  maxReconnectionAttempts: [
    'a whole number from 0, or Infinity',
    (value) => value === Infinity || (Number.isInteger(value) && Number(value) >= 0),
  ],
  reconnectionTime: milliseconds,
  showCommentEvents: boolean,
  showRetryEvents: boolean,
}

const brokerOptions: Record<keyof BrokerOptions, Check> = {
  ...sessionDefaults,
  name: ['a string', (value) => typeof value === 'string'],
  workerUrl: ['a string or a URL', (value) => typeof value === 'string' || value instanceof URL],
}

const sseOptions: Record<keyof SseOptions, Check> = {
  ...sessionDefaults,
  events: [
    `an array of event names, not empty; events without a name are called '${DEFAULT_EVENT_NAME}'`,
    (value) => Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string'),
  ],
  deserialize: [
    "'text', 'json' or a function",
    (value) => value === 'text' || value === 'json' || typeof value === 'function',
  ],
  replay: [
    "a whole number from 0, or 'all'",
    (value) => value === 'all' || (Number.isInteger(value) && Number(value) >= 0),
  ],
  overflow: [`an object with ${Object.keys(overflowOptions).join(', ')}`, (value) => value instanceof Object],
  // Not by class: a signal of another realm works as well.
  signal: ['an AbortSignal', (value) => value instanceof Object && 'aborted' in value],
}

/** Throws `SseError('options')` that names the option, its value, and what is allowed. */
export function checkBrokerOptions(options: BrokerOptions): void {
  check('createBroker', options, brokerOptions)
}

/** Checks a session's options and fills in the broker's, then the built-in defaults. */
export function resolveOptions<T>(options: SseOptions<T>, defaults: SessionDefaults): ResolvedOptions<T> {
  check('sse', options, sseOptions)
  const overflow = options.overflow ?? {}
  check('sse: overflow', overflow, overflowOptions)
  const pick = <K extends keyof SessionDefaults>(
    key: K,
    fallback: NonNullable<SessionDefaults[K]>,
  ): NonNullable<SessionDefaults[K]> => options[key] ?? defaults[key] ?? fallback
  return {
    policy: {
      maxReconnectionAttempts: pick('maxReconnectionAttempts', Infinity),
      reconnectionTime: pick('reconnectionTime', 3000),
    },
    showCommentEvents: pick('showCommentEvents', false),
    showRetryEvents: pick('showRetryEvents', false),
    overflow: {
      limit: overflow.limit ?? 4096,
      maxChars: overflow.maxChars ?? 4_194_304,
      patienceMs: overflow.patienceMs ?? 1000,
      policy: overflow.policy ?? 'gap',
      ...(overflow.by === undefined ? {} : { by: overflow.by }),
    },
    replay: options.replay === 'all' ? Infinity : (options.replay ?? 0),
    // A copy: it is sent when the worker is there, and may be a proxy, which cannot be cloned.
    events: options.events === undefined ? undefined : [...options.events],
    deserialize: options.deserialize ?? 'text',
    signal: options.signal,
  }
}

function check(call: string, options: object, checks: Record<string, Check>): void {
  if (!(options instanceof Object) || typeof options === 'function') {
    throw wrong(`${call}: options`, options, 'an object')
  }
  for (const [name, value] of Object.entries(options)) {
    const known = checks[name]
    if (known === undefined) {
      throw wrong(`${call}: option '${name}'`, value, `the options ${Object.keys(checks).join(', ')}`)
    }
    // `undefined` means "not given", as everywhere on the platform.
    const [allowed, holds] = known
    if (value !== undefined && !holds(value)) throw wrong(`${call}: option '${name}'`, value, allowed)
  }
}

function wrong(what: string, value: unknown, allowed: string): SseError {
  return new SseError('options', `${what} is ${show(value)}. Allowed: ${allowed}`)
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`
  if (value instanceof Object && !(value instanceof URL))
    return typeof value === 'function' ? 'a function' : 'an object'
  return String(value)
}
