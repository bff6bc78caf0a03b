import { otherBuild, workerPath } from '../server/otherBuild.js'
import { expect, expectWhole, test, type Tab } from './faultTest.js'

const path = '/river/deployed'
const options = { reconnectionTime: 5 }

/** How often this tab is told that it is outdated, from now on. */
async function listenForOutdated(tab: Tab): Promise<() => Promise<number>> {
  const told = await tab.page.evaluateHandle(() => {
    const times = { count: 0 }
    window.sse.broker.onOutdated(() => (times.count += 1))
    return times
  })
  return () => told.evaluate(({ count }) => count)
}

test('two builds of the page side by side: both work and lose nothing, the older one is told, and the cursor stays good', async ({
  server,
  openTab,
  report,
}) => {
  server.addFiles(otherBuild('/next'))
  const river = server.river(path)
  const older = await openTab()
  const toldOlder = await listenForOutdated(older)
  const olderLedger = await older.count(path, { first: 1, options })
  river.advance(200)
  await olderLedger.upTo(200)
  await older.untilStored(200)
  expect(await toldOlder()).toBe(0)

  const newer = await openTab('/next/')
  const toldNewer = await listenForOutdated(newer)
  // Its own worker begins where the older one's cursor is.
  const newerLedger = await newer.count(path, { first: 201, options })
  await expect.poll(toldOlder).toBe(1)
  expect(await toldNewer()).toBe(0)
  expect((await older.inspect()).build).toBe('outdated')
  expect((await newer.inspect()).build).toBe('newest')
  expect((await newer.inspect()).incarnation).not.toBe((await older.inspect()).incarnation)
  expect(server.connections(path)).toBe(2)

  river.flow(20)
  await newerLedger.upTo(2000)
  // Both connections end, again and again, and each worker asks for what its own tab misses.
  for (let drop = 1; drop <= 5; drop++) {
    river.drop(drop % 2 === 0 ? 'end' : 'cut')
    await server.until(() => server.connections(path) === 2)
    await newerLedger.upTo(river.last)
  }
  const last = river.stop()
  const [inOlder, inNewer] = [await olderLedger.upTo(last), await newerLedger.upTo(last)]
  expectWhole(inOlder, last)
  expectWhole(inNewer, last)

  // Both wrote cursors under one key; whoever comes next goes on from one that is not ahead.
  await newer.untilStored(last)
  await olderLedger.close()
  await newerLedger.close()
  await server.untilLeft(path)
  river.advance(50)
  const again = await (await openTab('/next/')).count(path, { first: last + 1, options })
  expectWhole(await again.upTo(last + 50), last + 50)
  report({
    fault: 'two builds side by side, their connections cut',
    times: 5,
    events: inOlder.events + inNewer.events + 50,
    told: 0,
  })
})

test('a page that speaks another version of the protocol is refused with an error, and disturbs nobody', async ({
  server,
  openTab,
}) => {
  const version = { in: 'page', from: /version: 1,/, to: 'version: 2,' } as const
  server.addFiles(otherBuild('/next', [version]))
  const river = server.river(path)
  const older = await openTab()
  const ledger = await older.count(path, { first: 1, options })
  const newer = await openTab('/next/')
  // The very worker of the older build: same script, same name.
  const refused = await newer.start(path, {}, { broker: { workerUrl: workerPath() } })
  const { error } = await refused.ended()
  expect(error?.sse?.code).toBe('version')
  expect(error?.message).toContain('version 2')
  river.advance(100)
  expectWhole(await ledger.upTo(100), 100)
  expect((await older.inspect()).tabs).toHaveLength(1)
  expect(server.requests(path)).toHaveLength(1)
})

test('a worker that speaks another version refuses the page, likewise', async ({ server, openTab }) => {
  const version = { in: 'worker', from: /version !== 1\b/, to: 'version !== 2' } as const
  server.addFiles(otherBuild('/next', [version]))
  const refused = await (await openTab('/next/')).start(path)
  expect((await refused.ended()).error?.sse?.code).toBe('version')
})
