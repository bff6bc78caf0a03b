import type { ResponseData, SseErrorData } from '../protocol/error.js'
import type { StreamPolicy } from '../protocol/subscription.js'
import { MAX_TIMER_MS, reconnectionDelay } from './backoff.js'

/**
 * The life of a stream as a pure function. The stream performs the effects and answers with inputs; it decides
 * nothing. This is the only place where a stream's state changes.
 */

/** A connection that has been open for so long counts as healthy, even without an event. */
export const HEALTHY_AFTER_MS = 5_000

/** How long a server may take to answer. */
export const CONNECT_TIMEOUT_MS = 30_000

/** What a stream remembers through all its states. */
export interface Course {
  /** Number of the latest connection. Every answer to an effect carries it; an older one is ignored. */
  readonly serial: number
  /** Consecutive failures: reset by the first event of a connection, or by 5 s open. */
  readonly failures: number
  /** Consecutive reconnections, reset with `failures`. One less than those when the very first attempt failed. */
  readonly reconnections: number
  /** Base of the delay; a `retry` from the server replaces it for the rest of the stream's life. */
  readonly reconnectionTime: number
  /** Whether a session is there. Without one the connection may linger, but nobody asks for a new one. */
  readonly audience: 'present' | 'gone'
  /** What the browser says. While it is offline a failure is nobody's fault and nothing is tried. */
  readonly network: 'online' | 'offline'
}

export type MachineState = Course &
  (
    | { readonly state: 'idle' }
    | { readonly state: 'connecting' }
    | { readonly state: 'open'; readonly since: number; readonly health: 'unproven' | 'proven' }
    | {
        readonly state: 'waiting'
        /** `Infinity` while the browser is offline. */
        readonly retryAt: number
        /** What `Retry-After` asked for: not even a page that becomes visible tries before it. */
        readonly notBefore: number
        readonly error: SseErrorData
      }
    | { readonly state: 'closed'; readonly outcome: Outcome }
  )

export type Outcome =
  | { readonly reason: 'ended' }
  | { readonly reason: 'stopped' }
  | { readonly reason: 'failed'; readonly error: SseErrorData }

export type TimerName = 'connect' | 'healthy' | 'retry' | 'idle'

/** A failure before the machine has counted it. */
export type Failure = Omit<SseErrorData, 'attempts'>

export type Input =
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  /** The last session has left; the stream lingers. */
  | { readonly type: 'left' }
  /** A session has come in time. */
  | { readonly type: 'joined' }
  /** The cursor went back to where the sessions are: connect anew from there. */
  | { readonly type: 'rewind' }
  | { readonly type: 'accepted'; readonly serial: number }
  /** The server answered, and not with a stream; `finality` says whether to try again. */
  | {
      readonly type: 'refused'
      readonly serial: number
      readonly finality: 'passing' | 'final'
      readonly failure: Failure
      readonly retryAfterMs: number
    }
  /** The server says that there is nothing more (204). */
  | { readonly type: 'finished'; readonly serial: number }
  /** The body came to its end. `response`: whose body it was. */
  | { readonly type: 'ended'; readonly serial: number; readonly response?: ResponseData }
  /** The time limit for silence is over; how long it has really been silent says `quietMs`. */
  | {
      readonly type: 'quiet'
      readonly serial: number
      readonly quietMs: number
      readonly response?: ResponseData
    }
  /** The browser has gone offline, or has come back. */
  | { readonly type: 'network'; readonly network: 'online' | 'offline' }
  /** A page has become visible, or the machine has woken: what waits is tried at once. */
  | { readonly type: 'nudge' }
  /** No connection, or it broke; `final` when a new one would break at the same place. */
  | {
      readonly type: 'broke'
      readonly serial: number
      readonly finality: 'passing' | 'final'
      readonly failure: Failure
    }
  | { readonly type: 'event'; readonly serial: number }
  | { readonly type: 'retry'; readonly serial: number; readonly ms: number }
  | { readonly type: 'timer'; readonly serial: number; readonly timer: TimerName }

export type Effect =
  | { readonly type: 'connect'; readonly serial: number }
  | { readonly type: 'disconnect' }
  | {
      readonly type: 'setTimer'
      readonly timer: TimerName
      readonly serial: number
      readonly ms: number
    }
  | { readonly type: 'clearTimer'; readonly timer: TimerName }

/** The moment at which an input comes: time and chance, so that the function stays pure. */
export interface Moment {
  readonly now: number
  readonly chance: number
}

export type Transition = readonly [state: MachineState, effects: readonly Effect[]]

export function initialState(policy: StreamPolicy): MachineState {
  return {
    state: 'idle',
    serial: 0,
    failures: 0,
    reconnections: 0,
    reconnectionTime: policy.reconnectionTime,
    audience: 'present',
    network: 'online',
  }
}

/** The next state and what is to be done. An input that means nothing in this state changes nothing. */
export function step(state: MachineState, input: Input, policy: StreamPolicy, moment: Moment): Transition {
  if ('serial' in input && input.serial !== state.serial) return [state, []]
  switch (input.type) {
    case 'start':
      return state.state === 'idle' ? connect(state, [], policy) : [state, []]
    case 'stop':
      return state.state === 'closed' ? [state, []] : close(state, { reason: 'stopped' }, policy)
    case 'left':
      return state.state === 'closed' ? [state, []] : [{ ...state, audience: 'gone' }, []]
    case 'joined':
      return state.state === 'closed' ? [state, []] : [{ ...state, audience: 'present' }, []]
    case 'rewind':
      return state.state === 'idle' || state.state === 'closed'
        ? [state, []]
        : connect(healthy(state), quiet(state, policy), policy)
    case 'retry':
      // A closed stream keeps what it was; anything else takes the time at once, even if the block never ends.
      return state.state === 'closed'
        ? [state, []]
        : [{ ...state, reconnectionTime: Math.min(input.ms, MAX_TIMER_MS) }, []]
    case 'timer':
      return onTimer(state, input.timer, policy, moment)
    case 'accepted':
      return state.state === 'connecting' ? open(state, policy, moment) : [state, []]
    case 'event':
      return state.state === 'open' && state.health === 'unproven' ? prove(state) : [state, []]
    case 'finished':
      return state.state === 'connecting' ? close(state, { reason: 'ended' }, policy) : [state, []]
    case 'ended':
      return state.state === 'open' ? onEnd(state, input.response, policy, moment) : [state, []]
    case 'quiet':
      return state.state === 'open' ? onQuiet(state, input, policy, moment) : [state, []]
    case 'network':
      return state.state === 'closed' ? [state, []] : onNetwork(state, input.network, moment, policy)
    case 'nudge':
      return state.state === 'waiting' ? tryNow(state, moment, policy) : [state, []]
    case 'refused':
      return state.state === 'connecting'
        ? onFailure(state, input.failure, input.finality, input.retryAfterMs, policy, moment)
        : [state, []]
    case 'broke':
      return isConnected(state)
        ? onFailure(state, input.failure, input.finality, 0, policy, moment)
        : [state, []]
  }
}

function connectTimeoutMs(policy: StreamPolicy): number {
  return policy.connectTimeoutMs ?? CONNECT_TIMEOUT_MS
}

function isConnected(state: MachineState): boolean {
  return state.state === 'connecting' || state.state === 'open'
}

function connect(course: Course, before: readonly Effect[], policy: StreamPolicy): Transition {
  const serial = course.serial + 1
  return [
    { ...courseOf(course), state: 'connecting', serial },
    [
      ...before,
      { type: 'connect', serial },
      { type: 'setTimer', timer: 'connect', serial, ms: connectTimeoutMs(policy) },
    ],
  ]
}

function open(course: Course, { idleTimeoutMs }: StreamPolicy, { now }: Moment): Transition {
  const { serial } = course
  return [
    { ...courseOf(course), state: 'open', since: now, health: 'unproven' },
    [
      { type: 'clearTimer', timer: 'connect' },
      { type: 'setTimer', timer: 'healthy', serial, ms: HEALTHY_AFTER_MS },
      ...(idleTimeoutMs === undefined
        ? []
        : [{ type: 'setTimer', timer: 'idle', serial, ms: idleTimeoutMs } as const]),
    ],
  ]
}

function prove(state: MachineState & { readonly state: 'open' }): Transition {
  return [{ ...state, ...healthy(state), health: 'proven' }, [{ type: 'clearTimer', timer: 'healthy' }]]
}

function onTimer(state: MachineState, timer: TimerName, policy: StreamPolicy, moment: Moment): Transition {
  if (timer === 'retry' && state.state === 'waiting') {
    return state.audience === 'gone'
      ? close(state, { reason: 'stopped' }, policy)
      : connect(state, [], policy)
  }
  if (timer === 'healthy' && state.state === 'open' && state.health === 'unproven') return prove(state)
  if (timer === 'connect' && state.state === 'connecting') {
    const message = `No answer within ${connectTimeoutMs(policy)} ms`
    return onFailure(state, { code: 'timeout', message }, 'passing', 0, policy, moment)
  }
  return [state, []]
}

function onEnd(
  state: MachineState & { readonly state: 'open' },
  response: ResponseData | undefined,
  policy: StreamPolicy,
  moment: Moment,
): Transition {
  // Without reconnection the end of the body is the end of the stream, as it would be of any other download.
  if (policy.maxReconnectionAttempts === 0) return close(state, { reason: 'ended' }, policy)
  const failure = failureOf('network', 'The server closed the connection', response)
  return onFailure(state, failure, 'passing', 0, policy, moment)
}

/** One timer for a whole silence, not one for every chunk: it is set anew for what is left. */
function onQuiet(
  state: MachineState & { readonly state: 'open' },
  { quietMs, response }: Input & { readonly type: 'quiet' },
  policy: StreamPolicy,
  moment: Moment,
): Transition {
  const { idleTimeoutMs } = policy
  if (idleTimeoutMs === undefined) return [state, []]
  if (quietMs < idleTimeoutMs) {
    const { serial } = state
    return [state, [{ type: 'setTimer', timer: 'idle', serial, ms: idleTimeoutMs - quietMs }]]
  }
  const failure = failureOf('timeout', `No byte within ${idleTimeoutMs} ms`, response)
  return onFailure(state, failure, 'passing', 0, policy, moment)
}

function failureOf(code: Failure['code'], message: string, response: ResponseData | undefined): Failure {
  return { code, message, ...(response === undefined ? {} : { response }) }
}

function onNetwork(
  state: MachineState,
  network: Course['network'],
  moment: Moment,
  policy: StreamPolicy,
): Transition {
  if (network === state.network) return [state, []]
  const told: MachineState = { ...state, network }
  if (told.state !== 'waiting') return [told, []]
  return network === 'online'
    ? tryNow(told, moment, policy)
    : [{ ...told, retryAt: Infinity }, [{ type: 'clearTimer', timer: 'retry' }]]
}

/** Ends the wait, as far as the server allows it. */
function tryNow(
  state: MachineState & { readonly state: 'waiting' },
  { now }: Moment,
  policy: StreamPolicy,
): Transition {
  if (state.audience === 'gone') return [state, []]
  const { serial, notBefore } = state
  const clear: Effect = { type: 'clearTimer', timer: 'retry' }
  if (now >= notBefore) return connect(state, [clear], policy)
  return [
    { ...state, retryAt: notBefore },
    [clear, { type: 'setTimer', timer: 'retry', serial, ms: notBefore - now }],
  ]
}

/** A connection is over. The end of a healthy one is no failure: the stream merely reconnects. */
function onFailure(
  state: MachineState,
  failure: Failure,
  finality: 'passing' | 'final',
  floor: number,
  policy: StreamPolicy,
  { now, chance }: Moment,
): Transition {
  if (state.audience === 'gone') return close(state, { reason: 'stopped' }, policy)
  const wasHealthy = state.state === 'open' && state.health === 'proven'
  const isOffline =
    state.network === 'offline' && finality === 'passing' && policy.maxReconnectionAttempts > 0
  const burnt = isOffline ? 0 : 1
  const failures = wasHealthy ? 0 : state.failures + burnt
  const error: SseErrorData = { ...failure, attempts: failures }
  const reconnections = state.reconnections + burnt
  if (finality === 'final' || reconnections > policy.maxReconnectionAttempts) {
    return close({ ...state, failures }, { reason: 'failed', error }, policy)
  }
  const { backoff } = policy
  const ms = reconnectionDelay({ base: state.reconnectionTime, failures, chance, floor, backoff })
  const { serial } = state
  return [
    {
      ...courseOf(state),
      state: 'waiting',
      failures,
      reconnections,
      retryAt: isOffline ? Infinity : now + ms,
      notBefore: now + floor,
      error,
    },
    isOffline
      ? quiet(state, policy)
      : [...quiet(state, policy), { type: 'setTimer', timer: 'retry', serial, ms }],
  ]
}

function close(state: MachineState, outcome: Outcome, policy: StreamPolicy): Transition {
  return [{ ...courseOf(state), state: 'closed', outcome }, quiet(state, policy)]
}

/** What stops all that a state has running. */
function quiet(state: MachineState, { idleTimeoutMs }: StreamPolicy): readonly Effect[] {
  switch (state.state) {
    case 'idle':
    case 'closed':
      return []
    case 'connecting':
      return [{ type: 'clearTimer', timer: 'connect' }, { type: 'disconnect' }]
    case 'open':
      return [
        ...(state.health === 'unproven' ? [{ type: 'clearTimer', timer: 'healthy' } as const] : []),
        ...(idleTimeoutMs === undefined ? [] : [{ type: 'clearTimer', timer: 'idle' } as const]),
        { type: 'disconnect' },
      ]
    case 'waiting':
      return [{ type: 'clearTimer', timer: 'retry' }]
  }
}

function healthy(course: Course): Course {
  return { ...courseOf(course), failures: 0, reconnections: 0 }
}

function courseOf(course: Course): Course {
  const { serial, failures, reconnections, reconnectionTime, audience, network } = course
  return { serial, failures, reconnections, reconnectionTime, audience, network }
}
