import { SharedWorkers } from '../sharedWorkers.js'
import { expect, expectWhole, pick, test } from './faultTest.js'

test('the worker is killed again and again under three reading tabs: each goes on, every event once', async ({
  server,
  openTab,
  browser,
  random,
  faults,
  report,
}) => {
  test.setTimeout(120_000)
  const path = '/river/worker-killed'
  const river = server.river(path)
  const times = faults({ some: 15, all: 50 })
  const ledgers = []
  for (let tab = 1; tab <= 3; tab++) {
    ledgers.push(await (await openTab()).count(path, { first: 1, options: { reconnectionTime: 5 } }))
  }
  const workers = new SharedWorkers(browser, server.origin)
  river.flow(40)
  const [watched] = ledgers
  for (let kill = 1; kill <= times; kill++) {
    // A random number of events after the new worker's first: in the middle of a catch-up, or of a write. Every fourth
    // lives for more than a second, or the tabs would rightly give up on a worker that dies as soon as it starts.
    await watched?.upTo(river.last + (kill % 4 === 0 ? 12_000 : pick(random, 1500)))
    await workers.kill()
    await server.untilOpen(path, kill + 1)
  }
  const last = river.stop()
  let events = 0
  for (const ledger of ledgers) {
    const account = await ledger.upTo(last)
    expectWhole(account, last)
    events += account.events
  }
  expect(server.connections(path)).toBe(1)
  expect(await workers.ids()).toHaveLength(1)
  report({ fault: 'the worker killed under three reading tabs', times, events, told: 0 })
})
