import fc from 'fast-check'

import type { SseOptions } from '../../src/client/options.js'
import { Command, command, commandOn, nothing, type Weighted } from './command.js'
import { EVENT_NAMES } from './modelServer.js'
import type { ModelSession } from './modelSession.js'
import type { ModelTab } from './modelTab.js'
import type { World } from './world.js'

const MAX_TABS = 4
const MAX_SESSIONS = 3

const tabs = (world: World): readonly ModelTab[] => world.tabs
const tabsThatAre =
  (state: ModelTab['state']) =>
  ({ tabs }: World): readonly ModelTab[] =>
    tabs.filter((tab) => tab.state === state)
const shown = tabsThatAre('shown')
const sessions = (world: World): readonly ModelSession[] => shown(world).flatMap((tab) => tab.sessions)

interface Opening {
  /** Most sessions share a stream. */
  readonly server: number
  readonly events: SseOptions['events']
  readonly showCommentEvents: boolean
  readonly appetite: number
}

const opening: fc.Arbitrary<Opening> = fc.record({
  server: fc.constantFrom(0, 0, 1),
  events: fc.option(fc.subarray([...EVENT_NAMES], { minLength: 1 }), { nil: undefined, freq: 2 }),
  showCommentEvents: fc.boolean(),
  appetite: fc.constantFrom(Infinity, Infinity, 0, 3),
})

/** What people and browsers do to tabs. */
export const tabCommands: readonly Weighted[] = [
  [
    9,
    nothing.map(
      () =>
        new Command(
          'open tab',
          '',
          ({ tabs }) => tabs.length < MAX_TABS,
          (world) => void world.openTab(),
        ),
    ),
  ],
  commandOn(
    18,
    'open session',
    (world) => shown(world).filter((tab) => tab.sessions.length < MAX_SESSIONS),
    opening,
    (tab, { server, events, appetite, showCommentEvents }, world) => {
      const options = { showCommentEvents, ...(events === undefined ? {} : { events }) }
      world.openSession(tab, server, options, appetite)
    },
  ),
  commandOn(12, 'read', sessions, fc.integer({ min: 1, max: 20 }), (session, count) => session.read(count)),
  commandOn(15, 'read on', sessions, nothing, (session) => session.read(Infinity)),
  commandOn(9, 'stall', sessions, nothing, (session) => session.stall()),
  commandOn(6, 'close session', sessions, nothing, (session) => session.close()),
  commandOn(3, 'close tab', tabs, nothing, (tab, _, world) => world.closeTab(tab)),
  commandOn(3, 'crash tab', tabs, nothing, (tab, _, world) => world.crashTab(tab)),
  commandOn(6, 'hide tab', shown, nothing, (tab) => tab.hide()),
  commandOn(9, 'show tab', tabsThatAre('hidden'), nothing, (tab) => tab.show()),
  commandOn(3, 'freeze tab', shown, nothing, (tab) => tab.freeze()),
  commandOn(6, 'thaw tab', tabsThatAre('frozen'), nothing, (tab) => tab.thaw()),
  commandOn(
    24,
    'tab notices the death',
    (world) => shown(world).filter(({ isBereft }) => isBereft),
    nothing,
    (tab) => tab.noticeDeath(),
  ),
  command(1, 'restart browser', nothing, (_, world) => world.restartBrowser()),
]
