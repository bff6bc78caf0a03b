import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, it, vi } from 'vitest'

import { commandsRun } from './command.js'
import { checkAtTheEnd, checkWhenHealed } from './invariants.js'
import { machineCommands } from './machineCommands.js'
import { serverCommands } from './serverCommands.js'
import { tabCommands } from './tabCommands.js'
import { World } from './world.js'

/*
 * The model-based test of docs/delivery.md: a real hub and real sessions, in a world of random tabs, servers, deaths and
 * delays. After each step and at the end, what the sessions have yielded and were told is held against the servers' logs.
 *
 * A failure prints its seed and the shortest way there that was found. `MODEL_SEED=… npm run test:unit -- model` does it
 * all again; with `MODEL_PATH=…` (the first number of the printed path is enough) only the run that failed. The steps that are
 * printed can be written down one by one as in found.test.ts, which is where a failure goes when it is understood.
 */

// A small credit: what takes thousands of events in a browser takes tens here.
vi.mock('../../src/protocol/credit.js', () => ({ CREDIT_EVENTS: 8, CREDIT_CHARS: 2000 }))

const STEPS = 100_000
const MAX_COMMANDS = 300

const { MODEL_SEED, MODEL_PATH } = process.env
const seed = MODEL_SEED === undefined ? Math.floor(Math.random() * 0x7fff_ffff) : Number(MODEL_SEED)

const commands = fc.commands(
  [...tabCommands, ...serverCommands, ...machineCommands].flatMap(([weight, command]) =>
    Array.from({ length: weight }, () => command),
  ),
  { maxCommands: MAX_COMMANDS, size: 'max' },
)

const stepsRun = (): number => [...commandsRun.values()].reduce((sum, count) => sum + count, 0)

beforeAll(() => {
  console.log(`The model's seed: ${seed}`)
})
afterEach(() => {
  vi.unstubAllGlobals()
})
afterAll(() => {
  console.log(`${stepsRun()} steps: ${JSON.stringify(Object.fromEntries(commandsRun))}`)
})

it('nothing lost, nothing twice, nothing stuck', { timeout: 300_000 }, async () => {
  const plans = fc.record({
    numbering: fc.constantFrom('each' as const, 'pings' as const),
    limit: fc.constantFrom(16, 64, 4096),
    reconnectionTime: fc.constantFrom(50, 3000),
  })
  const property = fc.asyncProperty(plans, commands, async (plan, run) => {
    const world = new World(plan)
    await fc.asyncModelRun(() => ({ model: world, real: world }), run)
    await checkWhenHealed(world)
    await checkAtTheEnd(world)
  })
  if (MODEL_PATH !== undefined) {
    await fc.assert(property, { seed, path: MODEL_PATH })
    return
  }
  // In portions, until there were enough steps. Each has its own seed, so that a failure is quick to repeat.
  for (let portion = 0; stepsRun() < STEPS; portion += 1) {
    await fc.assert(property, { seed: (seed + portion * 1_000_003) % 0x7fff_ffff, numRuns: 100 })
  }
})
