import { ScriptedServer } from './server/scriptedServer.js'
import { expect, numbers, test } from './test.js'

const soon = { reconnectionTime: 10 }

test('cut 20 times at random bytes: each of three tabs has every event once and in order', async ({
  server,
  openTab,
}) => {
  const path = '/cut-at-random-bytes'
  const gate = server.gate(path)
  const readers = []
  for (let tab = 1; tab <= 3; tab++) {
    const opened = await openTab()
    readers.push(await opened.read(`${path}?count=400&cuts=20&seed=1`, soon))
  }
  gate.open()
  for (const reader of readers) {
    const events = await reader.received(400)
    expect(events.map(({ id }) => Number(id))).toEqual(numbers(1, 400))
    expect(events.map(({ data }) => data)).toEqual(
      numbers(1, 400).map((number) => `event ${number} größer 数字 🚂`),
    )
  }
  const requests = server.requests(path)
  expect(requests).toHaveLength(21)
  expect(requests.slice(0, 20).map(({ state }) => state)).toEqual(Array(20).fill('ended by server'))
  expect(server.connections(path)).toBe(1)
  // Each connection asks for what follows the last whole event, and never goes back.
  const asked = requests.map(({ lastNumber }) => lastNumber)
  expect(asked).toEqual([...asked].sort((a, b) => a - b))
})

test('KTOR 14: five events, then the end, on and on: events in order, and the last id is sent', async ({
  server,
  openTab,
}) => {
  const reader = await (await openTab()).read('/five-then-close', soon, { stopAfter: 10 })
  expect((await reader.received(10)).map(({ id }) => Number(id))).toEqual(numbers(1, 10))
  expect(server.lastEventIds('/five-then-close').slice(0, 2)).toEqual([undefined, '5'])
})

test('an event that the cut leaves without its blank line is dropped, its id too', async ({
  server,
  openTab,
}) => {
  const live = server.channel('/live/half')
  const reader = await (await openTab()).read('/live/half', soon)
  live.sendNumbers(1, 3)
  await reader.received(3)
  live.write('id: 4\ndata: half an ev')
  live.drop()
  await server.untilOpen('/live/half', 2)
  live.sendNumbers(4, 5)
  expect(await reader.numbersUpTo(5)).toEqual(numbers(1, 5))
  expect((await reader.received(5)).at(3)?.data).toBe('event 4')
  expect(server.lastEventIds('/live/half')).toEqual([undefined, '3'])
})

test('a server that goes away: the status tells the next attempt, and the stream goes on when it is back', async ({
  server,
  openTab,
}) => {
  const live = server.channel('/live/away')
  const tab = await openTab()
  const reader = await tab.read('/live/away', { reconnectionTime: 50 })
  const other = await (await openTab()).read('/live/away')
  live.sendNumbers(1, 5)
  await reader.received(5)
  await server.stop()
  const { now } = await reader.inState('waiting')
  expect(now.retryAt).toBeGreaterThan(Date.now() - 5_000)
  expect(now.error?.sse?.code).toBe('network')
  live.sendNumbers(6, 10)
  await server.start()
  expect(await reader.numbersUpTo(10)).toEqual(numbers(1, 10))
  expect(await other.numbersUpTo(10)).toEqual(numbers(1, 10))
  const { history } = await reader.inState('open')
  expect(history.map(({ state }) => state).filter((state) => state === 'open')).toHaveLength(2)
  expect(server.lastEventIds('/live/away')).toEqual([undefined, '5'])
})

test('KTOR 22: a redirect is followed, and a reconnection starts again from the first URL', async ({
  server,
  openTab,
}) => {
  const reader = await (await openTab()).read('/redirect', soon, { stopAfter: 10 })
  expect((await reader.received(10)).map(({ id }) => Number(id))).toEqual(numbers(1, 10))
  expect(server.lastEventIds('/redirect').slice(0, 2)).toEqual([undefined, '5'])
  expect(server.lastEventIds('/five-then-close').slice(0, 2)).toEqual([undefined, '5'])
})

test('an id that no header can carry as text comes back to the server as it was sent', async ({
  server,
  openTab,
}) => {
  const reader = await (await openTab()).read('/foreign-ids', soon)
  expect((await reader.received(2)).map(({ id, data }) => [id, data])).toEqual([
    ['ключ-数-1', 'first'],
    ['ключ-数-2', 'second'],
  ])
  expect(server.lastEventIds('/foreign-ids')).toEqual([undefined, 'ключ-数-1'])
})

test('KTOR 21: a server that takes the id back is asked without one', async ({ server, openTab }) => {
  const reader = await (await openTab()).read('/id-taken-back', soon)
  expect((await reader.received(4)).map(({ id, data }) => [id, data])).toEqual([
    ['1', 'event 1'],
    ['2', 'event 2'],
    ['', 'taken back'],
    ['', 'afterwards'],
  ])
  expect(server.lastEventIds('/id-taken-back')).toEqual([undefined, undefined])
})

test('a server of another origin is shared and resumed like any other', async ({ server, openTab }) => {
  const api = await new ScriptedServer().start()
  const live = api.channel('/live/api')
  const readers = []
  for (let tab = 1; tab <= 2; tab++)
    readers.push(await (await openTab()).read(`${api.origin}/live/api`, soon))
  live.sendNumbers(1, 5)
  for (const reader of readers) await reader.received(5)
  live.drop()
  live.sendNumbers(6, 10)
  for (const reader of readers) expect(await reader.numbersUpTo(10)).toEqual(numbers(1, 10))
  expect(api.lastEventIds('/live/api')).toEqual([undefined, '5'])
  expect(server.exchanges).toEqual([])
  await api.stop()
})
