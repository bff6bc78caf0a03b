import { afterEach, describe, it, vi } from 'vitest'

import { checkAtTheEnd, checkNow, checkWhenHealed } from './invariants.js'
import type { Numbering } from './modelServer.js'
import { drained, World } from './world.js'

// What the model has found, each in its shortest form, step by step as a failure of model.test.ts prints it.

vi.mock('../../src/protocol/credit.js', () => ({ CREDIT_EVENTS: 8, CREDIT_CHARS: 2000 }))

afterEach(() => {
  vi.unstubAllGlobals()
})

type Step = (world: World) => unknown

/** Plays the steps, heals the world and closes it; all invariants are checked on the way. */
async function play(numbering: Numbering, ...steps: readonly Step[]): Promise<void> {
  const world = new World({ numbering, limit: 16, reconnectionTime: 50 })
  for (const step of steps) {
    await step(world)
    await drained()
    checkNow(world)
  }
  await checkWhenHealed(world)
  await checkAtTheEnd(world)
}

const pageOf = (world: World, n: number) => {
  const tab = world.tabs[n - 1]
  if (tab === undefined) throw new Error(`There is no page ${n}`)
  return tab
}

const openTab: Step = (world) => world.openTab()
const open =
  (page: number, reader: 'eager' | 'stuck' = 'eager', events?: readonly string[]): Step =>
  (world) => {
    const options = { showCommentEvents: false, ...(events === undefined ? {} : { events }) }
    world.openSession(pageOf(world, page), 0, options, reader === 'eager' ? Infinity : 0)
  }
const send =
  (count: number): Step =>
  (world) =>
    world.server(0).append(count, (serial) => (serial % 4 === 0 ? 'event' : 'grouped'))
const cut: Step = (world) => world.server(0).live[0]?.cut(0, 'end')
const hide =
  (page: number): Step =>
  (world) =>
    pageOf(world, page).hide()
const show =
  (page: number): Step =>
  (world) =>
    pageOf(world, page).show()
const freeze =
  (page: number): Step =>
  (world) =>
    pageOf(world, page).freeze()
const notice =
  (page: number): Step =>
  (world) =>
    pageOf(world, page).noticeDeath()
const killWorker: Step = (world) => {
  world.store.drop()
  world.killWorker()
}
const slowDisk: Step = ({ store }) => {
  store.speed = 'slow'
}
const deliverAll: Step = (world) => world.deliverAll()
const pass =
  (ms: number): Step =>
  (world) =>
    world.advance(ms)
const lag =
  (ms: number): Step =>
  (world) =>
    world.lag(ms)

describe('never ahead', () => {
  it('the disk goes back with a stream that does', () =>
    play(
      'each',
      openTab,
      open(1),
      deliverAll,
      send(4),
      deliverAll,
      hide(1),
      deliverAll,
      pass(5000),
      show(1),
      open(1, 'stuck'),
      deliverAll,
    ))

  it('what lies unread in a tab that comes back is not kept', () =>
    play('each', openTab, open(1, 'stuck'), deliverAll, send(2), deliverAll, hide(1), show(1), deliverAll))

  it('what another session of a new broker has not taken is not kept, when nothing was kept before', () =>
    play(
      'each',
      openTab,
      open(1),
      open(1, 'stuck'),
      pass(500),
      send(1),
      deliverAll,
      killWorker,
      hide(1),
      show(1),
      pass(5000),
    ))

  it('a session that comes back behind the cursor takes it back', () =>
    play(
      'each',
      openTab,
      open(1, 'stuck'),
      pass(500),
      open(1),
      hide(1),
      send(12),
      show(1),
      deliverAll,
      killWorker,
      deliverAll,
    ))
})

describe('never silently', () => {
  it('a session that had received nothing, and a new broker that starts further on', () =>
    play(
      'each',
      openTab,
      openTab,
      open(1),
      deliverAll,
      hide(1),
      send(1),
      open(2),
      deliverAll,
      killWorker,
      notice(2),
      pass(1),
    ))

  it('what was lost once does not swallow what is new', () =>
    play(
      'each',
      openTab,
      open(1),
      pass(1),
      send(61),
      lag(1000),
      deliverAll,
      hide(1),
      show(1),
      deliverAll,
      send(3),
    ))

  it('a session without a place does not take the others back to nothing', () =>
    play(
      'each',
      openTab,
      openTab,
      open(1),
      open(2),
      deliverAll,
      hide(1),
      hide(2),
      send(30),
      show(2),
      deliverAll,
      killWorker,
      send(5),
    ))
})

describe('once', () => {
  it('a session that is taken back further than its own start', () =>
    play(
      'each',
      openTab,
      openTab,
      open(1, 'eager', ['b']),
      deliverAll,
      send(1),
      pass(500),
      send(8),
      killWorker,
      open(2),
      deliverAll,
      killWorker,
      send(20),
      notice(1),
      notice(2),
    ))

  it('a rewind for a session that was away goes behind what the others remember', () =>
    play(
      'each',
      openTab,
      openTab,
      open(1, 'stuck'),
      pass(5000),
      freeze(1),
      send(20),
      deliverAll,
      hide(1),
      open(2),
      pass(500),
      killWorker,
      notice(2),
      send(1),
      pass(1),
    ))

  it('a write that was told and never got to the disk', () =>
    play(
      'each',
      openTab,
      send(2),
      open(1),
      deliverAll,
      send(2),
      slowDisk,
      pass(5000),
      send(20),
      deliverAll,
      killWorker,
      openTab,
      open(2),
    ))

  it('the event at which the cursor stands', () =>
    play('each', openTab, open(1), deliverAll, send(1), pass(500), hide(1), send(1), pass(1)))

  it.fails('events that share an id, and a plain drop', () =>
    play('groups', openTab, open(1), deliverAll, send(22), cut, pass(1)))
})
