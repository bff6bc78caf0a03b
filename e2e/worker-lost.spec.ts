import { SharedWorkers } from './sharedWorkers.js'
import { expect, numbers, test } from './test.js'

const path = '/live/worker-lost'

test('the worker dies under three tabs: a new one goes on, every event once and in order', async ({
  server,
  openTab,
  browser,
}) => {
  const live = server.channel(path)
  const readers = []
  for (let tab = 1; tab <= 3; tab++)
    readers.push(await (await openTab()).read(path, { reconnectionTime: 10 }))
  live.sendNumbers(1, 100)
  for (const reader of readers) await reader.received(100)
  const workers = new SharedWorkers(browser, server.origin)
  for (let death = 1; death <= 3; death++) {
    const first = death * 100 + 1
    const killed = workers.kill()
    live.sendNumbers(first, first + 49)
    await killed
    await server.untilOpen(path, death + 1)
    live.sendNumbers(first + 50, first + 99)
    for (const reader of readers) expect(await reader.numbersUpTo(first + 99)).toEqual(numbers(1, first + 99))
    expect(await workers.ids()).toHaveLength(1)
  }
  expect(server.requests(path)).toHaveLength(4)
  expect(server.connections(path)).toBe(1)
})

test('the worker dies while one tab is far behind another: neither loses or doubles an event', async ({
  server,
  openTab,
  browser,
}) => {
  const live = server.channel(path)
  const quick = await (await openTab()).read(path, { reconnectionTime: 10 })
  const slow = await (await openTab()).read(path, { reconnectionTime: 10 }, { stopAfter: 30 })
  live.sendNumbers(1, 200)
  await quick.received(200)
  expect(await slow.received(30)).toHaveLength(30)
  await new SharedWorkers(browser, server.origin).kill()
  await server.untilOpen(path, 2)
  live.sendNumbers(201, 250)
  expect(await quick.numbersUpTo(250)).toEqual(numbers(1, 250))
  await slow.goOn()
  expect(await slow.numbersUpTo(250)).toEqual(numbers(1, 250))
  expect(server.connections(path)).toBe(1)
})

test('the worker dies while a session connects: the new one connects, and the call resolves', async ({
  server,
  openTab,
  browser,
}) => {
  const gate = server.gate('/slow-answer')
  const reader = await (await openTab()).start('/slow-answer')
  await server.until(() => server.connections('/slow-answer') === 1)
  await new SharedWorkers(browser, server.origin).kill()
  await server.until(() => server.requests('/slow-answer').length === 2)
  gate.open()
  expect((await reader.received(1)).map(({ id }) => id)).toEqual(['1'])
  expect(server.requests('/slow-answer').map(({ state }) => state)).toEqual(['ended by client', 'open'])
})

test('the worker dies: what was closed before stays closed', async ({ server, openTab, browser }) => {
  const tab = await openTab()
  const closed = await tab.read('/live/closed')
  const open = await tab.read(path, { reconnectionTime: 10 })
  await closed.close()
  await closed.ended()
  await new SharedWorkers(browser, server.origin).kill()
  await server.untilOpen(path, 2)
  server.channel(path).sendNumbers(1, 3)
  expect(await open.numbersUpTo(3)).toEqual(numbers(1, 3))
  expect(server.requests('/live/closed')).toHaveLength(1)
})

test('the worker dies after its first few events: what was sent meanwhile arrives, to a tab that is behind too', async ({
  server,
  openTab,
  browser,
}) => {
  const live = server.channel(path)
  const quick = await (await openTab()).read(path, { reconnectionTime: 10 })
  const slow = await (await openTab()).read(path, { reconnectionTime: 10 }, { stopAfter: 1 })
  live.sendNumbers(1, 10)
  await quick.received(10)
  await slow.received(1)
  await new SharedWorkers(browser, server.origin).kill()
  // This server replays nothing to a request without an id.
  live.sendNumbers(11, 20)
  await server.untilOpen(path, 2)
  live.sendNumbers(21, 30)
  await slow.goOn()
  expect(await quick.numbersUpTo(30)).toEqual(numbers(1, 30))
  expect(await slow.numbersUpTo(30)).toEqual(numbers(1, 30))
  expect(server.requests(path)).toHaveLength(2)
})

test('the worker dies before any cursor is on disk, one tab far ahead of another: neither loses or doubles an event', async ({
  server,
  openTab,
  browser,
}) => {
  const gate = server.gate('/flood')
  // No more than the slow tab's outbox holds: with more, it would rightly be told of a gap.
  const address = '/flood?count=4000&size=10'
  const policy = { reconnectionTime: 10 }
  const quick = await (await openTab()).read(address, policy)
  const slow = await (await openTab()).read(address, policy, { stopAfter: 30 })
  gate.open()
  // More than the slow tab can have in its inbox, and sooner than the first write.
  await quick.received(1500)
  await new SharedWorkers(browser, server.origin).kill()
  expect(await quick.numbersUpTo(4000)).toEqual(numbers(1, 4000))
  await slow.goOn()
  expect(await slow.numbersUpTo(4000)).toEqual(numbers(1, 4000))
  expect(server.requests('/flood').length).toBeGreaterThan(1)
  expect(server.connections('/flood')).toBe(1)
})
