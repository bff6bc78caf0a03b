import { expect, expectWhole, test } from './faultTest.js'

for (const { sleeper, stuck } of [
  { sleeper: 'alone', stuck: 0 },
  { sleeper: 'with a fifth that never reads', stuck: 1 },
]) {
  test(`a burst of 100,000 events reaches four reading tabs without a gap, ${sleeper}`, async ({
    server,
    openTab,
    report,
  }) => {
    test.setTimeout(60_000)
    const address = '/river/burst'
    const count = 100_000
    const tabs = [await openTab(), await openTab(), await openTab(), await openTab()]
    const ledgers = await Promise.all(tabs.map((tab) => tab.count(address, { first: 1 })))
    for (let tab = 0; tab < stuck; tab++) await (await openTab()).read(address, {}, { stopAfter: 0 })
    const startedAt = Date.now()
    // In one write: the worker gets it much faster than the pages read it.
    server.river(address).advance(count)
    let events = 0
    for (const ledger of ledgers) {
      const account = await ledger.upTo(count)
      expectWhole(account, count)
      events += account.events
    }
    const seconds = (Date.now() - startedAt) / 1000
    expect(server.requests(address)).toHaveLength(1)
    const sessions = (await tabs[0]?.inspect())?.streams[0]?.sessions ?? []
    const lost = sessions.map((session) => session.lost).filter((each) => each > 0)
    expect(lost).toHaveLength(stuck)
    report({
      fault: `a burst of 100,000 events on four tabs, ${sleeper}`,
      times: 1,
      events,
      // What the fifth has lost it is told when it reads, which it never does.
      told: 0,
      measured: { 'time until all four had everything': `${seconds.toFixed(1)} s` },
    })
  })
}
