import { expect, numbers, test, type Tab } from './test.js'

for (const tabs of [2, 8]) {
  test(`${tabs} tabs on one URL share one connection, and every tab has every event in order`, async ({
    server,
    openTab,
  }) => {
    const live = server.channel('/live/shared')
    const opened: Tab[] = []
    for (let tab = 1; tab <= tabs; tab++) opened.push(await openTab())
    // All at once: the first to come must not get a head start.
    const readers = await Promise.all(opened.map((tab) => tab.read('/live/shared')))
    live.sendNumbers(1, 300)
    for (const reader of readers) expect(await reader.numbersUpTo(300)).toEqual(numbers(1, 300))
    expect(server.requests('/live/shared')).toHaveLength(1)
    expect(server.connections('/live/shared')).toBe(1)
  })
}

test('KTOR 2: two URLs in one tab: a connection each, and each session has its own events in order', async ({
  server,
  openTab,
}) => {
  const gate = server.gate('/numbers')
  const tab = await openTab()
  const hundred = await tab.read('/numbers?count=100')
  const fifty = await tab.read('/numbers?count=50')
  gate.open()
  expect(await hundred.numbersUpTo(100)).toEqual(numbers(1, 100))
  expect(await fifty.numbersUpTo(50)).toEqual(numbers(1, 50))
  expect(server.requests('/numbers').map(({ query }) => query.get('count'))).toEqual(['100', '50'])
  expect(server.connections('/numbers')).toBe(2)
})

test('a URL per tab: a connection each', async ({ server, openTab }) => {
  const one = await (await openTab()).read('/live/one')
  const two = await (await openTab()).read('/live/two')
  server.channel('/live/one').sendNumbers(1, 20)
  server.channel('/live/two').sendNumbers(101, 120)
  expect(await one.numbersUpTo(20)).toEqual(numbers(1, 20))
  expect(await two.numbersUpTo(120)).toEqual(numbers(101, 120))
  expect([server.requests('/live/one').length, server.requests('/live/two').length]).toEqual([1, 1])
})

test('two sessions of one tab on one URL share the connection', async ({ server, openTab }) => {
  const tab = await openTab()
  const first = await tab.read('/live/shared')
  const second = await tab.read('/live/shared')
  server.channel('/live/shared').sendNumbers(1, 50)
  expect(await first.numbersUpTo(50)).toEqual(numbers(1, 50))
  expect(await second.numbersUpTo(50)).toEqual(numbers(1, 50))
  expect(server.requests('/live/shared')).toHaveLength(1)
})

test('a URL as text, in parts and relative to the page is one stream', async ({ server, openTab }) => {
  const { port } = new URL(server.origin)
  const tab = await openTab()
  const readers = [
    await tab.read('/live/shared?of=all'),
    await tab.read(`${server.origin}/live/shared?of=all`),
    await tab.read({
      scheme: 'http',
      host: '127.0.0.1',
      port: Number(port),
      path: '/live/shared',
      query: { of: 'all' },
    }),
    await tab.read({ path: '/live/shared', query: { of: 'all' } }),
  ]
  server.channel('/live/shared').sendNumbers(1, 5)
  for (const reader of readers) expect(await reader.numbersUpTo(5)).toEqual(numbers(1, 5))
  const requests = server.requests('/live/shared')
  expect(requests).toHaveLength(1)
  expect(requests[0]?.query.get('of')).toBe('all')
})

test('a tab that comes late hears what comes from then on, and opens no connection', async ({
  server,
  openTab,
}) => {
  const live = server.channel('/live/shared')
  const early = await (await openTab()).read('/live/shared')
  live.sendNumbers(1, 10)
  await early.received(10)
  const late = await (await openTab()).read('/live/shared')
  live.sendNumbers(11, 20)
  expect(await late.numbersUpTo(20)).toEqual(numbers(11, 20))
  expect(await early.numbersUpTo(20)).toEqual(numbers(1, 20))
  expect(server.requests('/live/shared')).toHaveLength(1)
})

test('brokers of different names never share', async ({ server, openTab }) => {
  const tab = await openTab()
  const red = await tab.read('/live/shared', {}, { broker: { name: 'red' } })
  const blue = await tab.read('/live/shared', {}, { broker: { name: 'blue' } })
  server.channel('/live/shared').sendNumbers(1, 5)
  expect(await red.numbersUpTo(5)).toEqual(numbers(1, 5))
  expect(await blue.numbersUpTo(5)).toEqual(numbers(1, 5))
  expect(server.requests('/live/shared')).toHaveLength(2)
})

test('the request is a GET for an event stream, past every cache, without a body', async ({
  server,
  openTab,
}) => {
  await (await openTab()).read('/live/shared')
  const request = server.requests('/live/shared')[0]
  expect(request?.method).toBe('GET')
  expect(request?.headers).toMatchObject({ accept: 'text/event-stream', 'cache-control': 'no-cache' })
  expect(request?.headers).not.toHaveProperty('content-type')
  expect(request?.headers).not.toHaveProperty('content-length')
  expect(request?.headers).not.toHaveProperty('last-event-id')
})
