import type { SseErrorData } from '../protocol/error.js'
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
}

export type MachineState = Course &
  (
    | { readonly state: 'idle' }
    | { readonly state: 'connecting' }
    | { readonly state: 'open'; readonly since: number; readonly health: 'unproven' | 'proven' }
    | { readonly state: 'waiting'; readonly retryAt: number; readonly error: SseErrorData }
    | { readonly state: 'closed'; readonly outcome: Outcome }
  )

export type Outcome =
  | { readonly reason: 'ended' }
  | { readonly reason: 'stopped' }
  | { readonly reason: 'failed'; readonly error: SseErrorData }

export type TimerName = 'connect' | 'healthy' | 'retry'

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
  /** The body came to its end. */
  | { readonly type: 'ended'; readonly serial: number }
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
  }
}

/** The next state and what is to be done. An input that means nothing in this state changes nothing. */
export function step(state: MachineState, input: Input, policy: StreamPolicy, moment: Moment): Transition {
  if ('serial' in input && input.serial !== state.serial) return [state, []]
  switch (input.type) {
    case 'start':
      return state.state === 'idle' ? connect(state, []) : [state, []]
    case 'stop':
      return state.state === 'closed' ? [state, []] : close(state, { reason: 'stopped' })
    case 'left':
      return state.state === 'closed' ? [state, []] : [{ ...state, audience: 'gone' }, []]
    case 'joined':
      return state.state === 'closed' ? [state, []] : [{ ...state, audience: 'present' }, []]
    case 'rewind':
      return state.state === 'idle' || state.state === 'closed'
        ? [state, []]
        : connect(healthy(state), quiet(state))
    case 'retry':
      // A closed stream keeps what it was; anything else takes the time at once, even if the block never ends.
      return state.state === 'closed'
        ? [state, []]
        : [{ ...state, reconnectionTime: Math.min(input.ms, MAX_TIMER_MS) }, []]
    case 'timer':
      return onTimer(state, input.timer, policy, moment)
    case 'accepted':
      return state.state === 'connecting' ? open(state, moment) : [state, []]
    case 'event':
      return state.state === 'open' && state.health === 'unproven' ? prove(state) : [state, []]
    case 'finished':
      return state.state === 'connecting' ? close(state, { reason: 'ended' }) : [state, []]
    case 'ended':
      return state.state === 'open' ? onEnd(state, policy, moment) : [state, []]
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

function isConnected(state: MachineState): boolean {
  return state.state === 'connecting' || state.state === 'open'
}

function connect(course: Course, before: readonly Effect[]): Transition {
  const serial = course.serial + 1
  return [
    { ...courseOf(course), state: 'connecting', serial },
    [
      ...before,
      { type: 'connect', serial },
      { type: 'setTimer', timer: 'connect', serial, ms: CONNECT_TIMEOUT_MS },
    ],
  ]
}

function open(course: Course, { now }: Moment): Transition {
  return [
    { ...courseOf(course), state: 'open', since: now, health: 'unproven' },
    [
      { type: 'clearTimer', timer: 'connect' },
      { type: 'setTimer', timer: 'healthy', serial: course.serial, ms: HEALTHY_AFTER_MS },
    ],
  ]
}

function prove(state: MachineState & { readonly state: 'open' }): Transition {
  return [{ ...state, ...healthy(state), health: 'proven' }, [{ type: 'clearTimer', timer: 'healthy' }]]
}

function onTimer(state: MachineState, timer: TimerName, policy: StreamPolicy, moment: Moment): Transition {
  if (timer === 'retry' && state.state === 'waiting') {
    return state.audience === 'gone' ? close(state, { reason: 'stopped' }) : connect(state, [])
  }
  if (timer === 'healthy' && state.state === 'open' && state.health === 'unproven') return prove(state)
  if (timer === 'connect' && state.state === 'connecting') {
    const message = `No answer within ${CONNECT_TIMEOUT_MS} ms`
    return onFailure(state, { code: 'timeout', message }, 'passing', 0, policy, moment)
  }
  return [state, []]
}

function onEnd(
  state: MachineState & { readonly state: 'open' },
  policy: StreamPolicy,
  moment: Moment,
): Transition {
  // Without reconnection the end of the body is the end of the stream, as it would be of any other download.
  if (policy.maxReconnectionAttempts === 0) return close(state, { reason: 'ended' })
  return onFailure(
    state,
    { code: 'network', message: 'The server closed the connection' },
    'passing',
    0,
    policy,
    moment,
  )
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
  if (state.audience === 'gone') return close(state, { reason: 'stopped' })
  const wasHealthy = state.state === 'open' && state.health === 'proven'
  const failures = wasHealthy ? 0 : state.failures + 1
  const error: SseErrorData = { ...failure, attempts: failures }
  const reconnections = state.reconnections + 1
  if (finality === 'final' || reconnections > policy.maxReconnectionAttempts) {
    return close({ ...state, failures }, { reason: 'failed', error })
  }
  const ms = reconnectionDelay({ base: state.reconnectionTime, failures, chance, floor })
  const { serial } = state
  return [
    {
      ...courseOf(state),
      state: 'waiting',
      failures,
      reconnections,
      retryAt: now + ms,
      error,
    },
    [...quiet(state), { type: 'setTimer', timer: 'retry', serial, ms }],
  ]
}

function close(state: MachineState, outcome: Outcome): Transition {
  return [{ ...courseOf(state), state: 'closed', outcome }, quiet(state)]
}

/** What stops all that a state has running. */
function quiet(state: MachineState): readonly Effect[] {
  switch (state.state) {
    case 'idle':
    case 'closed':
      return []
    case 'connecting':
      return [{ type: 'clearTimer', timer: 'connect' }, { type: 'disconnect' }]
    case 'open':
      return state.health === 'unproven'
        ? [{ type: 'clearTimer', timer: 'healthy' }, { type: 'disconnect' }]
        : [{ type: 'disconnect' }]
    case 'waiting':
      return [{ type: 'clearTimer', timer: 'retry' }]
  }
}

function healthy(course: Course): Course {
  return { ...courseOf(course), failures: 0, reconnections: 0 }
}

function courseOf({ serial, failures, reconnections, reconnectionTime, audience }: Course): Course {
  return { serial, failures, reconnections, reconnectionTime, audience }
}
