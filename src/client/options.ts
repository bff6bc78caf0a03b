import { DEFAULT_EVENT_NAME, type SseEvent } from '../protocol/event.js'
import type { Json, Match, NamedFilter } from '../protocol/json.js'
import type { Overflow, StreamPolicy } from '../protocol/subscription.js'
import { aFunction, boolean, type Check, check, fromOne, milliseconds, oneOf, string } from './check.js'
import { type CodecOf, type Deserialize, type EventSchemas, isSchema } from './deserialize.js'
import { isObject } from './isObject.js'
import { policyChecks, policyOf, type PolicyOptions } from './policyOptions.js'
import { checkRequest, requestChecks, type RequestOptions } from './requestOptions.js'
import type { CodecOptions } from './sessionOptions.js'
import type { SessionStatus } from './status.js'

/** What a broker may set for all of its sessions, and each session for itself; the session's word wins. */
export interface SessionDefaults extends PolicyOptions {
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
  /**
   * Starts a worker of your own, which calls `startBroker` of `sse-broker/worker`, for codecs and filters. It must bear
   * the name given. Default: the worker of the package.
   *
   * @example
   * ```ts
   * createBroker<typeof import('./worker').extensions>({
   *   worker: (name) => new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name }),
   * })
   * ```
   */
  worker?: (name: string) => SharedWorker
}

/** Options of one session. */
export interface SseOptions<T = string> extends SessionDefaults, RequestOptions {
  /**
   * Names of the events this session wants; the others never leave the worker. Events without a name are
   * called `'message'`. Default: all. As an object of schemas by name, each validates the JSON data of its events, and
   * `incoming` is typed by `event`.
   */
  events?: readonly string[] | EventSchemas
  /**
   * Fields of JSON data by their path, and the value, or the values, that let an event through; the others never leave
   * the worker: `{ 'quote.symbol': ['ACME', 'INIT'] }`. Default: no condition.
   */
  match?: Match
  /**
   * Which events the session gets: a function, called in this page with what `deserialize` made; or the name of a filter
   * of your own worker, with its parameters. Default: all.
   */
  filter?: ((event: SseEvent<T>) => boolean) | NamedFilter
  /**
   * What to make of an event's data: `'text'`, `'json'`, a Standard Schema (zod, valibot, arktype and others) for
   * JSON, a function of the data and its event, or `{ codec }` of your own worker. When it throws, the reader gets
   * `SseError('decode')` in the event's place, and can go on with the next. Default `'text'`, and `'json'` where
   * `events` are schemas.
   */
  deserialize?: Deserialize<T>
  /**
   * How many of the stream's last events a session that comes late gets first, or `'all'` that the worker still has
   * (at most 1024 events or a million characters). Default `0`.
   */
  replay?: number | 'all'
  /** What happens when this session does not read fast enough. */
  overflow?: OverflowOptions
  /**
   * `'hold'`: nothing is delivered while the page is hidden; what comes waits in the worker, and over its bounds the
   * overflow policy applies at once, without holding anybody up. Default `'deliver'`.
   */
  whenHidden?: 'deliver' | 'hold'
  /**
   * Called with every state from the first on, also before the session is open: for a page that is loaded while the
   * server is away.
   */
  onStatus?: (status: SessionStatus) => void
  /** Ends the session when aborted; pending calls reject with the signal's reason. */
  signal?: AbortSignal
}

/** Everything a session needs to know, with every default filled in. */
export interface ResolvedOptions<T> {
  readonly policy: StreamPolicy
  readonly overflow: Overflow
  readonly replay: number
  readonly request: RequestOptions
  readonly events: readonly string[] | undefined
  readonly schemas: EventSchemas | undefined
  readonly match: Match | undefined
  readonly filter: SseOptions<T>['filter']
  readonly onStatus: SseOptions['onStatus']
  readonly showCommentEvents: boolean
  readonly showRetryEvents: boolean
  readonly deserialize: Deserialize<T> | CodecOf
  readonly signal: AbortSignal | undefined
}

const overflowOptions: Record<keyof OverflowOptions, Check> = {
  limit: fromOne,
  maxChars: fromOne,
  patienceMs: milliseconds,
  policy: oneOf('gap', 'latest', 'error', 'wait'),
  by: ["a path such as 'quote.symbol'", (value) => typeof value === 'string' && value !== ''],
}

const sessionDefaults: Record<keyof SessionDefaults, Check> = {
  ...policyChecks,
  showCommentEvents: boolean,
  showRetryEvents: boolean,
}

const brokerOptions: Record<keyof BrokerOptions, Check> = {
  ...sessionDefaults,
  name: string,
  worker: aFunction,
  workerUrl: ['a string or a URL', (value) => typeof value === 'string' || value instanceof URL],
}

const sseOptions: Record<keyof SseOptions, Check> = {
  ...sessionDefaults,
  ...requestChecks,
  events: [
    `an array of event names, not empty, or an object of Standard Schemas; events without a name are called '${DEFAULT_EVENT_NAME}'`,
    (value) =>
      Array.isArray(value)
        ? value.length > 0 && value.every((name) => typeof name === 'string')
        : isRecord(value) && Object.keys(value).length > 0 && Object.values(value).every(isSchema),
  ],
  match: ['an object of JSON values', (value) => isRecord(value) && isJson(value)],
  filter: [
    'a function, or { name, params } of JSON data',
    (value) =>
      aFunction[1](value) ||
      (isRecord(value) && typeof Reflect.get(value, 'name') === 'string' && isJson(value)),
  ],
  deserialize: [
    "'text', 'json', a Standard Schema, a function, or { codec: 'its name' }",
    (value) =>
      value === 'text' ||
      value === 'json' ||
      isSchema(value) ||
      aFunction[1](value) ||
      (isRecord(value) && typeof Reflect.get(value, 'codec') === 'string'),
  ],
  onStatus: aFunction,
  replay: [
    "a whole number from 0, or 'all'",
    (value) => value === 'all' || (Number.isInteger(value) && Number(value) >= 0),
  ],
  whenHidden: oneOf('deliver', 'hold'),
  overflow: [`an object with ${Object.keys(overflowOptions).join(', ')}`, (value) => isObject(value)],
  // Not by class: a signal of another realm works as well.
  signal: ['an AbortSignal', (value) => isObject(value) && 'aborted' in value],
}

/** Throws `SseError('options')` that names the option, its value, and what is allowed. */
export function checkBrokerOptions(options: BrokerOptions): void {
  check('createBroker', options, brokerOptions)
}

/** Checks a session's options and fills in the broker's, then the built-in defaults. */
export function resolveOptions<T>(
  options: SseOptions<T> | CodecOptions<T>,
  defaults: SessionDefaults,
): ResolvedOptions<T> {
  check('sse', options, sseOptions)
  checkRequest(options)
  const overflow = options.overflow ?? {}
  check('sse: overflow', overflow, overflowOptions)
  const pick = <K extends keyof SessionDefaults>(
    key: K,
    fallback: NonNullable<SessionDefaults[K]>,
  ): NonNullable<SessionDefaults[K]> => options[key] ?? defaults[key] ?? fallback
  return {
    policy: policyOf(options, defaults),
    request: options,
    showCommentEvents: pick('showCommentEvents', false),
    showRetryEvents: pick('showRetryEvents', false),
    overflow: {
      limit: overflow.limit ?? 4096,
      maxChars: overflow.maxChars ?? 4_194_304,
      patienceMs: overflow.patienceMs ?? 1000,
      policy: overflow.policy ?? 'gap',
      ...(overflow.by === undefined ? {} : { by: overflow.by }),
      ...(options.whenHidden === 'hold' ? { whenHidden: 'hold' } : {}),
    },
    replay: options.replay === 'all' ? Infinity : (options.replay ?? 0),
    ...namesOf(options.events),
    match: options.match,
    filter: options.filter,
    onStatus: options.onStatus,
    deserialize: options.deserialize ?? (isList(options.events) ? 'text' : 'json'),
    signal: options.signal,
  }
}

function isList(events: SseOptions['events'] = []): events is readonly string[] {
  return Array.isArray(events)
}

function namesOf(events: SseOptions['events']): Pick<ResolvedOptions<unknown>, 'events' | 'schemas'> {
  // A copy: it is sent when the worker is there, and may be a proxy, which cannot be cloned.
  if (events === undefined) return { events, schemas: undefined }
  if (isList(events)) return { events: [...events], schemas: undefined }
  return { events: Object.keys(events), schemas: events }
}

function isRecord(value: unknown): value is object {
  return isObject(value) && typeof value !== 'function' && !Array.isArray(value)
}

/** Whether a value is data all through: a function in it could not cross to the worker. */
function isJson(value: unknown): value is Json {
  if (Array.isArray(value)) return value.every(isJson)
  if (isRecord(value)) return Object.values(value).every(isJson)
  return value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value)
}
