import fc from 'fast-check'

import { command, commandOn, nothing, type Weighted } from './command.js'
import type { Link } from './link.js'
import type { World } from './world.js'

const few = fc.integer({ min: 1, max: 3 })
const busy = (world: World): readonly Link[] => world.links.filter((link) => world.isMoving(link))

/** What happens to the worker, to messages and to the disk, and time. */
export const machineCommands: readonly Weighted[] = [
  commandOn(
    6,
    'kill worker',
    ({ runningWorker }) => (runningWorker === undefined ? [] : [runningWorker]),
    fc.constantFrom('written' as const, 'lost' as const),
    (_, writes, world) => {
      if (writes === 'written') world.store.commit()
      else world.store.drop()
      world.killWorker()
    },
  ),
  commandOn(
    9,
    'worker notices a tab gone',
    ({ links }) => links.filter(({ state }) => state === 'left'),
    nothing,
    (link) => link.noticeGone(),
  ),
  commandOn(15, 'to a tab', busy, few, (link, count, world) => {
    if (!world.isFrozen(link)) link.deliverToTab(count)
  }),
  commandOn(15, 'to the worker', busy, few, (link, count) => link.deliverToBroker(count)),
  commandOn(15, 'call the worker', busy, few, (link, count) => link.deliverCalls(count)),
  command(24, 'deliver all', nothing, (_, world) => world.deliverAll()),
  command(15, 'a moment', fc.integer({ min: 1, max: 300 }), (ms, world) => world.advance(ms)),
  command(6, 'a while', fc.integer({ min: 500, max: 4000 }), (ms, world) => world.advance(ms)),
  command(3, 'a long time', fc.integer({ min: 5000, max: 31_000 }), (ms, world) => world.advance(ms)),
  command(6, 'a lag', fc.integer({ min: 50, max: 1500 }), (ms, world) => world.lag(ms)),
  command(
    3,
    'disk is',
    fc.constantFrom(
      'well' as const,
      'well' as const,
      'well' as const,
      'failing' as const,
      'hanging' as const,
    ),
    (mood, { store }) => {
      store.mood = mood
    },
  ),
  command(3, 'disk is', fc.constantFrom('prompt' as const, 'slow' as const), (speed, { store }) => {
    store.speed = speed
    if (speed === 'prompt') store.commit()
  }),
  command(6, 'disk writes', nothing, (_, { store }) => store.commit()),
]
