import { expect, numbers, test, type Tab } from './test.js'
import type { TabReader } from './tab.js'

const path = '/live/overflow'
const small = { limit: 100, patienceMs: 50 }

/** One session that does not read, one that reads all, and 5000 events: more than credit and limit take. */
async function fallBehind(
  server: {
    channel: (path: string) => { send: (event: { id: number; event: string; data: string }) => void }
  },
  openTab: () => Promise<Tab>,
  overflow: { policy: 'latest' | 'error'; by?: string },
): Promise<{ tab: Tab; slow: TabReader; quick: TabReader }> {
  const tab = await openTab()
  const slow = await tab.read(path, { overflow: { ...small, ...overflow } }, { stopAfter: 0 })
  const quick = await (await openTab()).read(path)
  const live = server.channel(path)
  for (let number = 1; number <= 5000; number++) {
    const data = JSON.stringify({ symbol: `S${number % 7}`, number })
    live.send({ id: number, event: number % 2 === 0 ? 'even' : 'odd', data })
    // Not in one piece: between its stretches the stream must see that the session is behind.
    if (number % 500 === 0) await quick.received(number)
  }
  return { tab, slow, quick }
}

test("overflow 'latest': a session that is behind gets the newest event of each name, and is told of the others", async ({
  server,
  openTab,
}) => {
  const { slow, quick } = await fallBehind(server, openTab, { policy: 'latest' })
  expect((await quick.numbersUpTo(5000)).length).toBe(5000)
  await slow.goOn()
  const taken = (await slow.untilId('5000')).map(({ id }) => Number(id))
  // What was on its way already, and then of each name the last.
  expect(taken.slice(-2)).toEqual([4999, 5000])
  expect(taken.slice(0, -2)).toEqual(numbers(1, taken.length - 2))
  const gaps = await slow.gaps()
  expect(gaps.map(({ reason }) => reason)).toEqual(['replaced'])
  expect(taken.length + (gaps[0]?.lost ?? 0)).toBe(5000)
  server.channel(path).sendNumbers(5001, 5003)
  expect((await slow.numbersUpTo(5003)).slice(-3)).toEqual([5001, 5002, 5003])
})

test("overflow 'latest' by a path in the data: the newest event of each value", async ({
  server,
  openTab,
}) => {
  const { slow } = await fallBehind(server, openTab, { policy: 'latest', by: 'symbol' })
  await slow.goOn()
  const taken = (await slow.untilId('5000')).map(({ id }) => Number(id))
  // Seven symbols, and of each the last under each of its two names.
  expect(taken.slice(-14)).toEqual(numbers(4987, 5000))
  expect(taken.slice(0, -14)).toEqual(numbers(1, taken.length - 14))
  expect((await slow.gaps()).map(({ reason }) => reason)).toEqual(['replaced'])
})

test("overflow 'error': a session that is behind gets what waits for it, then the error; the others go on", async ({
  server,
  openTab,
}) => {
  const { slow, quick } = await fallBehind(server, openTab, { policy: 'error' })
  await slow.goOn()
  const { error, events } = await slow.ended()
  expect(error?.sse?.code).toBe('overflow')
  expect(events.map(({ id }) => Number(id))).toEqual(numbers(1, events.length))
  expect(events.length).toBeGreaterThan(1024)
  expect(await slow.gaps()).toEqual([])
  server.channel(path).sendNumbers(5001, 5003)
  expect(await quick.numbersUpTo(5003)).toEqual(numbers(1, 5003))
})

test("overflow 'wait': the stream waits as long as it takes, and nobody loses anything", async ({
  server,
  openTab,
}) => {
  const count = 50_000
  const address = `/flood?count=${count}&size=100`
  const gate = server.gate('/flood')
  const tab = await openTab()
  const overflow = { ...small, policy: 'wait' } as const
  const slow = await tab.read(address, { overflow }, { stopAfter: 0 })
  const quick = await (await openTab()).count(address, { first: 1 })
  gate.open()
  // Held: its patience is long over, and the server cannot send on.
  await expect.poll(async () => (await tab.inspect()).streams[0]?.sessions[0]?.pace).toBe('held')
  await quick.upTo(1000)
  const waiting = (await tab.inspect()).streams[0]?.events
  expect(waiting).toBeLessThan(count / 2)
  expect((await tab.inspect()).streams[0]?.sessions.map(({ lost }) => lost)).toEqual([0, 0])
  await slow.goOn()
  expect((await quick.upTo(count)).wrong).toEqual([])
  expect(await slow.numbersUpTo(count)).toEqual(numbers(1, count))
  expect(await slow.gaps()).toEqual([])
  expect(server.requests('/flood')).toHaveLength(1)
})

test('replay: a tab that comes late gets the last events it asks for, and opens no connection', async ({
  server,
  openTab,
}) => {
  const live = server.channel('/live/replayed')
  const early = await (await openTab()).read('/live/replayed')
  for (let number = 1; number <= 40; number++) {
    live.send({ id: number, event: number % 2 === 0 ? 'even' : 'odd', data: `event ${number}` })
  }
  await early.received(40)
  const [five, all, even, none] = [
    await (await openTab()).read('/live/replayed', { replay: 5 }),
    await (await openTab()).read('/live/replayed', { replay: 'all' }),
    await (await openTab()).read('/live/replayed', { replay: 3, events: ['even', 'message'] }),
    await (await openTab()).read('/live/replayed'),
  ]
  live.sendNumbers(41, 42)
  expect(await five.numbersUpTo(42)).toEqual(numbers(36, 42))
  expect(await all.numbersUpTo(42)).toEqual(numbers(1, 42))
  expect(await even.numbersUpTo(42)).toEqual([36, 38, 40, 41, 42])
  expect(await none.numbersUpTo(42)).toEqual([41, 42])
  expect(await early.numbersUpTo(42)).toEqual(numbers(1, 42))
  expect(server.requests('/live/replayed')).toHaveLength(1)
})
