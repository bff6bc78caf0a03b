import { describe, expect, it } from 'vitest'

import { type Effect, type Input, type MachineState, step } from '../../src/core/machine.js'

const policy = { maxReconnectionAttempts: 2, reconnectionTime: 1000 }
const moment = { now: 50_000, chance: 0 }
const course = {
  serial: 3,
  failures: 0,
  reconnections: 0,
  reconnectionTime: 1000,
  audience: 'present',
  network: 'online',
} as const
const failure = { code: 'network', message: 'gone' } as const
const error = { ...failure, attempts: 1 }

const states = {
  idle: { ...course, state: 'idle' },
  connecting: { ...course, state: 'connecting' },
  unproven: { ...course, state: 'open', since: 0, health: 'unproven' },
  proven: { ...course, state: 'open', since: 0, health: 'proven' },
  waiting: { ...course, state: 'waiting', retryAt: 51_000, notBefore: 50_000, error },
  closed: { ...course, state: 'closed', outcome: { reason: 'ended' } },
} satisfies Record<string, MachineState>

const inputs = {
  start: { type: 'start' },
  stop: { type: 'stop' },
  left: { type: 'left' },
  joined: { type: 'joined' },
  rewind: { type: 'rewind' },
  accepted: { type: 'accepted', serial: 3 },
  refusedPassing: { type: 'refused', serial: 3, finality: 'passing', failure, retryAfterMs: 0 },
  refusedFinal: { type: 'refused', serial: 3, finality: 'final', failure, retryAfterMs: 0 },
  finished: { type: 'finished', serial: 3 },
  ended: { type: 'ended', serial: 3 },
  brokePassing: { type: 'broke', serial: 3, finality: 'passing', failure },
  brokeFinal: { type: 'broke', serial: 3, finality: 'final', failure },
  event: { type: 'event', serial: 3 },
  retry: { type: 'retry', serial: 3, ms: 7 },
  connectTimer: { type: 'timer', serial: 3, timer: 'connect' },
  healthyTimer: { type: 'timer', serial: 3, timer: 'healthy' },
  retryTimer: { type: 'timer', serial: 3, timer: 'retry' },
  quiet: { type: 'quiet', serial: 3, quietMs: 60_000 },
  nudge: { type: 'nudge' },
  offline: { type: 'network', network: 'offline' },
  online: { type: 'network', network: 'online' },
} satisfies Record<string, Input>

type StateName = keyof typeof states
type InputName = keyof typeof inputs

const SAME = 'same'

/** Every state × every input: the next state, and the effects in their order. */
const table: Record<StateName, Record<InputName, string>> = {
  idle: {
    start: 'connecting | connect 4, set connect 30000',
    stop: 'closed stopped',
    left: 'idle',
    joined: 'idle',
    rewind: SAME,
    accepted: SAME,
    refusedPassing: SAME,
    refusedFinal: SAME,
    finished: SAME,
    ended: SAME,
    brokePassing: SAME,
    brokeFinal: SAME,
    event: SAME,
    retry: 'idle',
    connectTimer: SAME,
    healthyTimer: SAME,
    retryTimer: SAME,
    quiet: SAME,
    nudge: SAME,
    offline: 'idle',
    online: SAME,
  },
  connecting: {
    start: SAME,
    stop: 'closed stopped | clear connect, disconnect',
    left: 'connecting',
    joined: 'connecting',
    rewind: 'connecting | clear connect, disconnect, connect 4, set connect 30000',
    accepted: 'open unproven | clear connect, set healthy 5000',
    refusedPassing: 'waiting | clear connect, disconnect, set retry 1000',
    refusedFinal: 'closed failed | clear connect, disconnect',
    finished: 'closed ended | clear connect, disconnect',
    ended: SAME,
    brokePassing: 'waiting | clear connect, disconnect, set retry 1000',
    brokeFinal: 'closed failed | clear connect, disconnect',
    event: SAME,
    retry: 'connecting',
    connectTimer: 'waiting | clear connect, disconnect, set retry 1000',
    healthyTimer: SAME,
    retryTimer: SAME,
    quiet: SAME,
    nudge: SAME,
    offline: 'connecting',
    online: SAME,
  },
  unproven: {
    start: SAME,
    stop: 'closed stopped | clear healthy, disconnect',
    left: 'open unproven',
    joined: 'open unproven',
    rewind: 'connecting | clear healthy, disconnect, connect 4, set connect 30000',
    accepted: SAME,
    refusedPassing: SAME,
    refusedFinal: SAME,
    finished: SAME,
    ended: 'waiting | clear healthy, disconnect, set retry 1000',
    brokePassing: 'waiting | clear healthy, disconnect, set retry 1000',
    brokeFinal: 'closed failed | clear healthy, disconnect',
    event: 'open proven | clear healthy',
    retry: 'open unproven',
    connectTimer: SAME,
    healthyTimer: 'open proven | clear healthy',
    retryTimer: SAME,
    quiet: SAME,
    nudge: SAME,
    offline: 'open unproven',
    online: SAME,
  },
  proven: {
    start: SAME,
    stop: 'closed stopped | disconnect',
    left: 'open proven',
    joined: 'open proven',
    rewind: 'connecting | disconnect, connect 4, set connect 30000',
    accepted: SAME,
    refusedPassing: SAME,
    refusedFinal: SAME,
    finished: SAME,
    ended: 'waiting | disconnect, set retry 1000',
    brokePassing: 'waiting | disconnect, set retry 1000',
    brokeFinal: 'closed failed | disconnect',
    event: SAME,
    retry: 'open proven',
    connectTimer: SAME,
    healthyTimer: SAME,
    retryTimer: SAME,
    quiet: SAME,
    nudge: SAME,
    offline: 'open proven',
    online: SAME,
  },
  waiting: {
    start: SAME,
    stop: 'closed stopped | clear retry',
    left: 'waiting',
    joined: 'waiting',
    rewind: 'connecting | clear retry, connect 4, set connect 30000',
    accepted: SAME,
    refusedPassing: SAME,
    refusedFinal: SAME,
    finished: SAME,
    ended: SAME,
    brokePassing: SAME,
    brokeFinal: SAME,
    event: SAME,
    retry: 'waiting',
    connectTimer: SAME,
    healthyTimer: SAME,
    retryTimer: 'connecting | connect 4, set connect 30000',
    quiet: SAME,
    nudge: 'connecting | clear retry, connect 4, set connect 30000',
    offline: 'waiting | clear retry',
    online: SAME,
  },
  closed: {
    start: SAME,
    stop: SAME,
    left: SAME,
    joined: SAME,
    rewind: SAME,
    accepted: SAME,
    refusedPassing: SAME,
    refusedFinal: SAME,
    finished: SAME,
    ended: SAME,
    brokePassing: SAME,
    brokeFinal: SAME,
    event: SAME,
    retry: SAME,
    connectTimer: SAME,
    healthyTimer: SAME,
    retryTimer: SAME,
    quiet: SAME,
    nudge: SAME,
    offline: SAME,
    online: SAME,
  },
}

function summary(before: MachineState, after: MachineState, effects: readonly Effect[]): string {
  if (after === before) return effects.length === 0 ? SAME : 'same state, yet effects'
  let name: string = after.state
  if (after.state === 'open') name += ` ${after.health}`
  if (after.state === 'closed') name += ` ${after.outcome.reason}`
  return effects.length === 0 ? name : `${name} | ${effects.map(effectSummary).join(', ')}`
}

function effectSummary(effect: Effect): string {
  switch (effect.type) {
    case 'connect':
      return `connect ${effect.serial}`
    case 'disconnect':
      return 'disconnect'
    case 'setTimer':
      return `set ${effect.timer} ${effect.ms}`
    case 'clearTimer':
      return `clear ${effect.timer}`
  }
}

const stateNames = Object.keys(states) as StateName[]
const inputNames = Object.keys(inputs) as InputName[]

describe.each(stateNames)('in state %s', (stateName) => {
  it.each(inputNames)('input %s', (inputName) => {
    const [after, effects] = step(states[stateName], inputs[inputName], policy, moment)
    expect(summary(states[stateName], after, effects)).toBe(table[stateName][inputName])
  })

  it.each(inputNames.filter((name) => 'serial' in inputs[name]))(
    'a stale %s changes nothing',
    (inputName) => {
      const stale = { ...inputs[inputName], serial: 2 } as Input
      const [after, effects] = step(states[stateName], stale, policy, moment)
      expect(summary(states[stateName], after, effects)).toBe(SAME)
    },
  )
})

/** Runs inputs one after the other; a number is a serial-less shorthand for "the current one". */
function run(inputsInOrder: readonly ((serial: number) => Input)[], maxReconnectionAttempts: number) {
  let state: MachineState = { ...course, serial: 0, state: 'idle' }
  const delays: number[] = []
  for (const input of inputsInOrder) {
    const [after, effects] = step(state, input(state.serial), { ...policy, maxReconnectionAttempts }, moment)
    for (const effect of effects) {
      if (effect.type === 'setTimer' && effect.timer === 'retry') delays.push(effect.ms)
    }
    state = after
  }
  return { state, delays }
}

const start = (): Input => ({ type: 'start' })
const accepted = (serial: number): Input => ({ type: 'accepted', serial })
const event = (serial: number): Input => ({ type: 'event', serial })
const ended = (serial: number): Input => ({ type: 'ended', serial })
const broke = (serial: number): Input => ({ type: 'broke', serial, finality: 'passing', failure })
const due = (serial: number): Input => ({ type: 'timer', serial, timer: 'retry' })

describe('counting attempts', () => {
  it('KTOR 17: three failures and then success with 4 attempts go on', () => {
    const { state } = run([start, broke, due, broke, due, broke, due, accepted, event], 4)
    expect(state).toMatchObject({ state: 'open', failures: 0, reconnections: 0 })
  })

  it('KTOR 16: a refused reconnection with 1 attempt is the end', () => {
    const { state } = run([start, accepted, event, ended, due, broke], 1)
    expect(state).toMatchObject({
      state: 'closed',
      outcome: { reason: 'failed', error: { attempts: 1 } },
    })
  })

  it('0 attempts: the end of the body is a normal end, a broken connection an error', () => {
    expect(run([start, accepted, event, ended], 0).state).toMatchObject({
      outcome: { reason: 'ended' },
    })
    expect(run([start, accepted, event, broke], 0).state).toMatchObject({
      outcome: { reason: 'failed' },
    })
    expect(run([start, broke], 0).state).toMatchObject({ outcome: { reason: 'failed' } })
  })

  it('a bare 200 does not reset the counter: accept-then-close ends too', () => {
    const { state } = run([start, accepted, ended, due, accepted, ended, due, accepted, ended], 2)
    expect(state).toMatchObject({
      state: 'closed',
      outcome: { reason: 'failed', error: { attempts: 3 } },
    })
  })

  it('five seconds open reset it as an event does', () => {
    const healthy = (serial: number): Input => ({ type: 'timer', serial, timer: 'healthy' })
    const { state } = run([start, broke, due, accepted, healthy, ended], 1)
    expect(state).toMatchObject({ state: 'waiting', failures: 0, reconnections: 1 })
  })
})

describe('without a session', () => {
  it('a connection that ends is not made anew', () => {
    const left = (): Input => ({ type: 'left' })
    const stopped = { state: 'closed', outcome: { reason: 'stopped' } }
    expect(run([start, accepted, event, left, ended], Infinity).state).toMatchObject(stopped)
    expect(run([start, accepted, event, ended, left, due], Infinity).state).toMatchObject(stopped)
    expect(run([start, left, broke], Infinity).state).toMatchObject(stopped)
  })

  it('one that comes in time is served as before', () => {
    const [left, joined] = [(): Input => ({ type: 'left' }), (): Input => ({ type: 'joined' })]
    const { state } = run([start, accepted, event, left, joined, ended], Infinity)
    expect(state).toMatchObject({ state: 'waiting', audience: 'present' })
  })
})

describe('delays', () => {
  it('wait the base after a healthy connection, whatever chance says', () => {
    const [state] = step(
      { ...course, state: 'open', since: 0, health: 'proven' },
      { type: 'ended', serial: 3 },
      policy,
      { now: 50_000, chance: 0.99 },
    )
    expect(state).toMatchObject({ state: 'waiting', retryAt: 51_000 })
  })

  it('take the server’s retry at once, and for the rest of the life', () => {
    const retry = (serial: number): Input => ({ type: 'retry', serial, ms: 40 })
    const { delays } = run([start, accepted, retry, event, ended, due, accepted, event, ended], Infinity)
    expect(delays).toEqual([40, 40])
  })

  it('never overflow a timer, whatever the server asks for', () => {
    const retry = (serial: number): Input => ({ type: 'retry', serial, ms: 1e300 })
    expect(run([start, accepted, retry, event, ended], Infinity).delays).toEqual([2_147_483_647])
  })

  it('Retry-After is a floor', () => {
    const refused = (serial: number): Input => ({
      type: 'refused',
      serial,
      finality: 'passing',
      failure,
      retryAfterMs: 60_000,
    })
    expect(run([start, refused], Infinity).delays).toEqual([60_000])
  })
})
