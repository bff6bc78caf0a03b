import { initialState, type Input, type MachineState, step } from '../../src/core/machine.js'
import { seededRandom } from './seededRandom.js'

/** A server is lost by everyone at second 0 and is back at `outage`. */
export interface Herd {
  readonly browsers: number
  readonly tabs: number
  /** Seconds that the server is away. */
  readonly outage: number
  /** Seconds that are looked at. */
  readonly span: number
  readonly reconnectionTime: number
}

/** Connections that arrive at the server in each second, whether it is there or not. */
export type PerSecond = Uint32Array

/** How long a connection takes to be made or refused: 20 to 120 ms. */
const travelMs = (random: () => number): number => 20 + 100 * random()

/** Native `EventSource`: a connection for each tab, and the same delay before each attempt. */
export function eventSources(herd: Herd): PerSecond {
  const random = seededRandom(1)
  const perSecond = new Uint32Array(herd.span)
  for (let i = 0; i < herd.browsers * herd.tabs; i += 1) {
    let now = travelMs(random)
    for (;;) {
      now += herd.reconnectionTime
      if (!arrive(perSecond, now)) break
      if (now >= herd.outage * 1000) break
      now += travelMs(random)
    }
  }
  return perSecond
}

/** One stream for each browser, moved by the machine that runs in the worker. */
export function brokers(herd: Herd): PerSecond {
  const random = seededRandom(2)
  const perSecond = new Uint32Array(herd.span)
  for (let i = 0; i < herd.browsers; i += 1) simulateBroker(herd, random, perSecond)
  return perSecond
}

function simulateBroker(herd: Herd, random: () => number, perSecond: PerSecond): void {
  const policy = { maxReconnectionAttempts: Infinity, reconnectionTime: herd.reconnectionTime }
  let state = initialState(policy)
  let now = 0
  const tell = (input: Input): void => {
    ;[state] = step(state, input, policy, { now, chance: random() })
  }
  // A stream that was open and well when the server went.
  tell({ type: 'start' })
  tell({ type: 'accepted', serial: state.serial })
  tell({ type: 'event', serial: state.serial })
  now += travelMs(random)
  tell({ type: 'ended', serial: state.serial })
  for (;;) {
    now = dueOf(state)
    tell({ type: 'timer', timer: 'retry', serial: state.serial })
    if (!arrive(perSecond, now) || now >= herd.outage * 1000) return
    now += travelMs(random)
    const failure = { code: 'network', message: 'refused' } as const
    tell({ type: 'broke', serial: state.serial, finality: 'passing', failure })
  }
}

function dueOf(state: MachineState): number {
  if (state.state !== 'waiting')
    throw new Error(`A stream that lost its server waits, and is not ${state.state}`)
  return state.retryAt
}

/** Counts an arrival; false when it comes after the span. */
function arrive(perSecond: PerSecond, now: number): boolean {
  const second = Math.floor(now / 1000)
  if (second >= perSecond.length) return false
  perSecond[second] = (perSecond[second] ?? 0) + 1
  return true
}
