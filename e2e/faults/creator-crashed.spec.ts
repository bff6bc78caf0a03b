import { expect, expectWhole, pick, test } from './faultTest.js'

test('the tab that created the worker crashes, and takes it along: the others go on, every event once', async ({
  server,
  openTab,
  random,
  faults,
  report,
}) => {
  test.setTimeout(120_000)
  const times = faults({ some: 4, all: 20 })
  const staying = [await openTab(), await openTab()]
  let events = 0
  for (let crash = 1; crash <= times; crash++) {
    const path = `/river/creator-crashed-${crash}`
    const river = server.river(path)
    // A broker, and hence a worker, of this round's own, which the first tab to ask for it creates.
    const manner = { first: 1, broker: { name: `round ${crash}` }, options: { reconnectionTime: 5 } }
    const creator = await openTab()
    await creator.count(path, manner)
    const ledgers = []
    for (const tab of staying) ledgers.push(await tab.count(path, manner))
    river.flow(20)
    const [watched] = ledgers
    await watched?.upTo(1 + pick(random, 5000))
    await creator.crash()
    // The worker was in that tab's process, and a new one has asked.
    await server.untilOpen(path, 2)
    await watched?.upTo(river.last + 100)
    const last = river.stop()
    for (const ledger of ledgers) {
      const account = await ledger.upTo(last)
      expectWhole(account, last)
      events += account.events
      await ledger.close()
    }
    expect(server.requests(path)).toHaveLength(2)
    await server.untilLeft(path)
  }
  report({ fault: 'the tab crashed that had created the worker', times, events, told: 0 })
})
