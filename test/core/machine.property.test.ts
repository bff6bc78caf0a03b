import assert from 'node:assert/strict'

import fc from 'fast-check'
import { it } from 'vitest'

import type { StreamPolicy } from '../../src/protocol/subscription.js'
import {
  type Effect,
  initialState,
  type Input,
  type MachineState,
  step,
  type TimerName,
} from '../../src/core/machine.js'

// Random inputs, fresh and stale, in any order. What runs outside (the connection, the timers) is followed by the
// effects alone, as the stream follows them.

const failure = { code: 'network', message: 'gone' } as const
const finality = fc.constantFrom('passing' as const, 'final' as const)

/** An input and how many connections ago it belongs. */
const inputs = fc.array(
  fc.record({
    age: fc.integer({ min: 0, max: 2 }),
    chance: fc.double({ min: 0, max: 0.999, noNaN: true }),
    elapsed: fc.integer({ min: 0, max: 40_000 }),
    make: fc.oneof(
      fc.constant((): Input => ({ type: 'start' })),
      fc.constant((): Input => ({ type: 'rewind' })),
      fc.constant((): Input => ({ type: 'left' })),
      fc.constant((): Input => ({ type: 'joined' })),
      // `stop` ends the run, so it is rare.
      { weight: 1, arbitrary: fc.constant((): Input => ({ type: 'stop' })) },
      fc.constant((): Input => ({ type: 'nudge' })),
      fc.constantFrom('online' as const, 'offline' as const).map((network) => (): Input => ({
        type: 'network',
        network,
      })),
      fc.integer({ min: 0, max: 20_000 }).map((quietMs) => (serial: number): Input => ({
        type: 'quiet',
        serial,
        quietMs,
      })),
      fc.constant((serial: number): Input => ({ type: 'accepted', serial })),
      fc.constant((serial: number): Input => ({ type: 'finished', serial })),
      fc.constant((serial: number): Input => ({ type: 'ended', serial })),
      { weight: 5, arbitrary: fc.constant((serial: number): Input => ({ type: 'event', serial })) },
      fc
        .record({ finality, retryAfterMs: fc.integer({ min: 0, max: 100_000 }) })
        .map((rest) => (serial: number): Input => ({ type: 'refused', serial, failure, ...rest })),
      fc.record({ finality }).map((rest) => (serial: number): Input => ({
        type: 'broke',
        serial,
        failure,
        ...rest,
      })),
      fc.double({ min: 0, max: 1e12, noNaN: true }).map((ms) => (serial: number): Input => ({
        type: 'retry',
        serial,
        ms,
      })),
      fc.constantFrom<TimerName>('connect', 'healthy', 'retry').map((timer) => (serial: number): Input => ({
        type: 'timer',
        serial,
        timer,
      })),
    ),
  }),
  { maxLength: 60 },
)

class Outside {
  connection: number | undefined
  readonly timers = new Map<TimerName, number>()

  perform(effect: Effect): void {
    switch (effect.type) {
      case 'connect':
        assert(this.connection === undefined, 'a second connection while one is alive')
        this.connection = effect.serial
        break
      case 'disconnect':
        this.connection = undefined
        break
      case 'setTimer':
        assert(!this.timers.has(effect.timer), `timer ${effect.timer} set twice`)
        assert(effect.ms >= 0 && effect.ms <= 2_147_483_647, `a timer of ${effect.ms} ms`)
        this.timers.set(effect.timer, effect.serial)
        break
      case 'clearTimer':
        this.timers.delete(effect.timer)
        break
    }
  }
}

const timersOf: Record<MachineState['state'], readonly TimerName[]> = {
  idle: [],
  connecting: ['connect'],
  open: ['healthy', 'idle'],
  waiting: ['retry'],
  closed: [],
}

it('keeps its invariants under random inputs', () => {
  fc.assert(
    fc.property(
      inputs,
      fc.integer({ min: 0, max: 6 }),
      fc.boolean(),
      (steps, maxReconnectionAttempts, idle) => {
        const policy: StreamPolicy = {
          maxReconnectionAttempts,
          reconnectionTime: 1000,
          ...(idle ? { idleTimeoutMs: 10_000 } : {}),
        }
        const outside = new Outside()
        let state = initialState(policy)
        let now = 0
        for (const { make, age, chance, elapsed } of steps) {
          now += elapsed
          const input = make(state.serial - age)
          if ('serial' in input && age > 0) {
            const [same, effects] = step(state, input, policy, { now, chance })
            assert(same === state && effects.length === 0, 'a stale answer did something')
            continue
          }
          // A timer fires only when it is set; setting is all that the outside knows.
          if (input.type === 'timer') {
            if (outside.timers.get(input.timer) !== state.serial) continue
            outside.timers.delete(input.timer)
          }
          if (input.type === 'quiet') {
            if (outside.timers.get('idle') !== state.serial) continue
            outside.timers.delete('idle')
          }
          const before = state
          const [after, effects] = step(before, input, policy, { now, chance })
          for (const effect of effects) outside.perform(effect)
          state = after

          const connected = state.state === 'connecting' || state.state === 'open'
          const alive = connected ? state.serial : undefined
          assert(outside.connection === alive, 'a connection alive exactly while connected')
          for (const timer of outside.timers.keys()) {
            assert(timersOf[state.state].includes(timer), `timer ${timer} left in ${state.state}`)
          }
          if (state.state === 'waiting') {
            assert(before.state === 'waiting' || state.retryAt >= now, 'a retry in the past')
            const wakes = outside.timers.has('retry') || state.network === 'offline'
            assert(wakes, 'a waiting stream that never wakes')
            assert(wakes && (state.retryAt === Infinity) !== outside.timers.has('retry'))
          }
          if (state.state === 'connecting') assert(outside.timers.has('connect'), 'no time limit')
          assert(state.serial >= before.serial)
          assert(state.reconnections <= maxReconnectionAttempts)
          const healed = state.failures === 0 && state.reconnections === 0
          assert(healed || state.failures >= before.failures, 'attempts that do not grow')
          if (state.state === 'open' && idle)
            assert(outside.timers.has('idle'), 'a silence that nobody watches')
          const opens = effects.some(({ type }) => type === 'connect') && input.type !== 'rewind'
          assert(
            !opens || input.type === 'start' || state.audience === 'present',
            'a reconnection for nobody',
          )
          if (before.state === 'closed') assert(state === before, 'a closed stream that changed')
        }
      },
    ),
    { numRuns: 5000 },
  )
})
