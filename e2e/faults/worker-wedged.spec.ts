import { rerunning, spinning } from '../server/faultyWorkers.js'
import { otherBuild } from '../server/otherBuild.js'
import { expect, expectWhole, test } from './faultTest.js'

const path = '/river/wedged'
const broker = { workerUrl: '/faulty/spinning.js' }

for (const { heartbeat, script, isReal } of [
  { heartbeat: 'with a heartbeat of 0.3 s', script: 'var HEARTBEAT_MS = 300;', isReal: false },
  { heartbeat: 'with the heartbeat as it is', script: 'var HEARTBEAT_MS = 1e4;', isReal: true },
]) {
  test(`a worker spins for ever: the pages notice and go on in a new one, ${heartbeat}`, async ({
    server,
    openTab,
    faults,
    report,
  }) => {
    test.skip(isReal && faults({ some: 0, all: 1 }) === 0, 'takes half a minute')
    test.setTimeout(90_000)
    const build = otherBuild('/other', [{ in: 'page', from: /var HEARTBEAT_MS = 1e4;/, to: script }])
    server.addFiles({ ...build, '/faulty/spinning.js': spinning })
    const river = server.river(path)
    const tabs = [await openTab('/other/'), await openTab('/other/'), await openTab('/other/')]
    const ledgers = []
    for (const tab of tabs) {
      ledgers.push(await tab.count(path, { broker, first: 1, options: { reconnectionTime: 5 } }))
    }
    river.advance(500)
    for (const ledger of ledgers) await ledger.upTo(500)
    const before = (await tabs[0]?.inspect(broker))?.incarnation
    await tabs[0]?.page.evaluate(() => new BroadcastChannel('fault').postMessage('spin'))
    const wedgedAt = Date.now()
    river.flow(5)
    await expect.poll(() => server.requests(path).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(2)
    const noticedMs = Date.now() - wedgedAt
    await ledgers[0]?.upTo(river.last)
    const last = river.stop()
    let events = 0
    for (const ledger of ledgers) {
      const account = await ledger.upTo(last)
      expectWhole(account, last)
      events += account.events
    }
    const snapshots = await Promise.all(tabs.map((tab) => tab.inspect(broker)))
    expect(new Set(snapshots.map(({ incarnation }) => incarnation)).size).toBe(1)
    expect(snapshots[0]?.incarnation).not.toBe(before)
    expect(snapshots[0]?.tabs).toHaveLength(3)
    // All three have noticed on their own, and still gone to the same one.
    expect(server.requests(path)).toHaveLength(2)
    const measured = { 'noticed after': `${(noticedMs / 1000).toFixed(1)} s` }
    report({ fault: `a worker that spins for ever, ${heartbeat}`, times: 1, events, told: 0, measured })
  })
}

test('restart() in one tab moves all tabs to a new worker, with nothing lost or double, again and again', async ({
  server,
  openTab,
  report,
}) => {
  const river = server.river(path)
  const tabs = [await openTab(), await openTab(), await openTab()]
  const ledgers = []
  for (const tab of tabs) ledgers.push(await tab.count(path, { first: 1, options: { reconnectionTime: 5 } }))
  river.flow(10)
  await ledgers[0]?.upTo(100)
  const incarnations = new Set<string | undefined>()
  for (let round = 0; round < 6; round++) {
    incarnations.add((await tabs[0]?.inspect())?.incarnation)
    await tabs[round % 3]?.page.evaluate(() => window.sse.broker.restart())
    await server.untilOpen(path, round + 2)
    await expect.poll(async () => (await tabs[round % 3]?.inspect())?.tabs.length).toBe(3)
  }
  const last = river.stop()
  let events = 0
  for (const ledger of ledgers) {
    const account = await ledger.upTo(last)
    expectWhole(account, last)
    events += account.events
  }
  expect(incarnations.size).toBe(6)
  // The workers that were left have closed their connections.
  await server.until(() => server.connections(path) === 1)
  report({ fault: 'restart() under three reading tabs', times: 6, events, told: 0 })
})

test('the worker script is run again under live ports: the pages attach to the new run', async ({
  server,
  openTab,
  report,
}) => {
  const fast = [{ in: 'page', from: /var HEARTBEAT_MS = 1e4;/, to: 'var HEARTBEAT_MS = 300;' }] as const
  server.addFiles({ ...otherBuild('/other', fast), '/faulty/rerunning.js': rerunning })
  const rerun = { workerUrl: '/faulty/rerunning.js' }
  const river = server.river(path)
  const tabs = [await openTab('/other/'), await openTab('/other/')]
  const ledgers = []
  for (const tab of tabs) {
    ledgers.push(await tab.count(path, { broker: rerun, first: 1, options: { reconnectionTime: 5 } }))
  }
  river.flow(5)
  for (const ledger of ledgers) await ledger.upTo(300)
  const incarnations = new Set([(await tabs[0]?.inspect(rerun))?.incarnation])
  // Asked in the very moment of the change, a page rightly answers that its worker has died.
  const attached = async (): Promise<number | undefined> => {
    const asked = tabs[1]?.inspect(rerun).catch((error: unknown) => {
      if (!String(error).includes('The worker has died')) throw error
    })
    return (await asked)?.tabs.length
  }
  for (let round = 1; round <= 3; round++) {
    await tabs[0]?.page.evaluate(() => new BroadcastChannel('fault').postMessage('rerun'))
    await server.untilOpen(path, round + 1)
    await expect.poll(attached).toBe(2)
    incarnations.add((await tabs[1]?.inspect(rerun))?.incarnation)
    for (const ledger of ledgers) await ledger.upTo(river.last)
  }
  const last = river.stop()
  let events = 0
  for (const ledger of ledgers) {
    const account = await ledger.upTo(last)
    expectWhole(account, last)
    events += account.events
  }
  expect(incarnations.size).toBe(4)
  report({ fault: 'the worker script run again under live ports', times: 3, events, told: 0 })
})
