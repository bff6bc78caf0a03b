import { expect, numbers } from './test.js'
import { test } from './profileBrowser.js'

const path = '/live/resumed'

test('a reload: the server is asked for what follows the last event taken, and nothing is lost', async ({
  server,
  openTab,
}) => {
  const live = server.channel(path)
  const tab = await openTab()
  const before = await tab.read(path)
  live.sendNumbers(1, 10)
  expect(await before.numbersUpTo(10)).toEqual(numbers(1, 10))
  await tab.untilStored(10)
  await tab.page.reload()
  await server.untilLeft(path)
  live.sendNumbers(11, 15)
  const after = await tab.read(path)
  live.sendNumbers(16, 20)
  expect(await after.numbersUpTo(20)).toEqual(numbers(11, 20))
  expect(server.lastEventIds(path)).toEqual([undefined, '10'])
})

test('a reload in the middle of the events: some may come twice, none never', async ({ server, openTab }) => {
  const live = server.channel(path)
  const tab = await openTab()
  await tab.read(path, {}, { reports: true })
  live.sendNumbers(1, 500)
  await server.until(() => server.requests('/took').length >= 60)
  await tab.page.reload()
  const after = await tab.read(path)
  live.sendNumbers(501, 510)
  const again = await after.numbersUpTo(510)
  const taken = server.requests('/took').map(({ query }) => Number(query.get('id')))
  expect(taken).toEqual(numbers(1, taken.length))
  expect(again).toEqual(numbers(again[0] ?? 0, 510))
  // An event counts as taken when the loop's body is done with it, hence after its report.
  expect(again[0]).toBeLessThanOrEqual(taken.length + 1)
  expect(server.requests(path).length).toBeLessThanOrEqual(2)
})

test('a reload of one of two tabs: no reconnection', async ({ server, openTab }) => {
  const live = server.channel(path)
  const [reloading, staying] = [await openTab(), await openTab()]
  await reloading.read(path)
  const steady = await staying.read(path)
  live.sendNumbers(1, 10)
  await steady.received(10)
  await reloading.page.reload()
  const again = await reloading.read(path)
  live.sendNumbers(11, 20)
  expect(await again.numbersUpTo(20)).toEqual(numbers(11, 20))
  expect(await steady.numbersUpTo(20)).toEqual(numbers(1, 20))
  expect(server.requests(path)).toHaveLength(1)
})

test('the only tab closed and another opened later: the stream goes on where it stopped', async ({
  server,
  openTab,
}) => {
  const live = server.channel(path)
  const first = await openTab()
  const before = await first.read(path)
  live.sendNumbers(1, 10)
  await before.numbersUpTo(10)
  await before.close()
  await server.untilLeft(path)
  live.sendNumbers(11, 12)
  const after = await (await openTab()).read(path)
  expect(await after.numbersUpTo(12)).toEqual([11, 12])
  expect(server.lastEventIds(path)).toEqual([undefined, '10'])
})

test('a killed browser: after the restart the server is asked for what follows the last event taken', async ({
  server,
  launch,
}) => {
  const live = server.channel(path)
  const browser = await launch()
  const tab = await browser.openTab()
  const before = await tab.read(path)
  live.sendNumbers(1, 50)
  expect(await before.numbersUpTo(50)).toEqual(numbers(1, 50))
  await tab.untilStored(50)
  await browser.kill()
  await server.untilLeft(path)
  live.sendNumbers(51, 60)
  const after = await (await (await launch()).openTab()).read(path)
  expect(await after.numbersUpTo(60)).toEqual(numbers(51, 60))
  expect(server.lastEventIds(path)).toEqual([undefined, '50'])
})

test('a browser that quits and starts again goes on where it stopped', async ({ server, launch }) => {
  const live = server.channel(path)
  const browser = await launch()
  const tab = await browser.openTab()
  const before = await tab.read(path)
  live.sendNumbers(1, 50)
  await before.numbersUpTo(50)
  await tab.untilStored(50)
  await browser.quit()
  await server.untilLeft(path)
  live.sendNumbers(51, 60)
  const after = await (await (await launch()).openTab()).read(path)
  expect(await after.numbersUpTo(60)).toEqual(numbers(51, 60))
  expect(server.lastEventIds(path)).toEqual([undefined, '50'])
})

test('a killed browser with a tab that was behind: what that tab had not taken comes again', async ({
  server,
  launch,
}) => {
  const live = server.channel(path)
  const browser = await launch()
  const quickTab = await browser.openTab()
  const quick = await quickTab.read(path)
  const slow = await (await browser.openTab()).read(path, {}, { stopAfter: 30 })
  live.sendNumbers(1, 80)
  await quick.numbersUpTo(80)
  await slow.received(30)
  // The loop's body still has the 30th: who crashes over an event gets it again.
  await expect.poll(() => quickTab.page.evaluate(() => window.storedText())).toContain('"29"')
  await browser.kill()
  await server.untilLeft(path)
  const after = await (await (await launch()).openTab()).read(path)
  const again = await after.numbersUpTo(80)
  expect(again).toEqual(numbers(30, 80))
  expect(server.lastEventIds(path)).toEqual([undefined, '29'])
})

test('a browser killed at any moment: an event may come twice, never not at all', async ({
  server,
  launch,
}) => {
  test.slow()
  // Without an id this route begins at 1: a browser killed before anything reached its disk has to begin there, too.
  const route = '/numbers'
  for (const reports of [7, 40, 90]) {
    const browser = await launch()
    const tab = await browser.openTab()
    const earlier = server.requests('/took').length
    // The page takes an event only when the server knows that it took the one before.
    await tab.read(`${route}?count=1000`, {}, { reports: true })
    await server.until(() => server.requests('/took').length >= earlier + reports)
    await browser.kill()
    await server.untilLeft(route)
  }
  const lives = splitBy(server.exchanges, (exchange) => exchange.path === route)
  let seen = 0
  for (const { start, items } of lives) {
    const taken = items.map(({ query }) => Number(query.get('id')))
    const first = taken[0] ?? 0
    expect(taken).toEqual(numbers(first, first + taken.length - 1))
    // An event counts as taken when the loop's body is done with it, hence after its report.
    expect(start.lastNumber).toBeLessThanOrEqual(seen)
    expect(first).toBe(start.lastNumber + 1)
    seen = Math.max(seen, taken.at(-1) ?? 0)
  }
  expect(lives).toHaveLength(3)
})

/** Cuts a list into pieces that begin where `isStart` says so. */
function splitBy<T>(list: readonly T[], isStart: (item: T) => boolean): { start: T; items: T[] }[] {
  const pieces: { start: T; items: T[] }[] = []
  for (const item of list) {
    if (isStart(item)) pieces.push({ start: item, items: [] })
    else pieces.at(-1)?.items.push(item)
  }
  return pieces
}
