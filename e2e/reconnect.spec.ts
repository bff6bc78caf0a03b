import { expect, numbers, test } from './test.js'

test('KTOR 16: a 500 after the first events, one attempt allowed: five events, then the error', async ({
  server,
  openTab,
}) => {
  const reader = await (
    await openTab()
  ).read('/five-then-500', { reconnectionTime: 10, maxReconnectionAttempts: 1 })
  const { events, error } = await reader.ended()
  expect(events.map(({ id }) => Number(id))).toEqual(numbers(1, 5))
  expect(error?.message).toBe('Expected status code 200 but was 500')
  expect(error?.sse).toMatchObject({ code: 'status', response: { status: 500, body: 'out of order' } })
  expect(server.lastEventIds('/five-then-500')).toEqual([undefined, '5'])
})

test('KTOR 17: 500, 500, 500, then 200, four attempts allowed: the stream goes on', async ({
  server,
  openTab,
}) => {
  const reader = await (
    await openTab()
  ).read('/third-time-unlucky', { reconnectionTime: 10, maxReconnectionAttempts: 4 })
  expect(await reader.numbersUpTo(10)).toEqual(numbers(1, 10))
  expect(server.requests('/third-time-unlucky')).toHaveLength(4)
})

test('a first connection that is refused again and again rejects when the attempts are used up', async ({
  server,
  openTab,
}) => {
  const reader = await (
    await openTab()
  ).start('/refuses-503', { reconnectionTime: 10, maxReconnectionAttempts: 2 })
  const { error } = await reader.ended()
  expect(error?.message).toBe('Expected status code 200 but was 503')
  expect(error?.sse).toMatchObject({
    code: 'status',
    attempts: 3,
    response: { status: 503, body: 'back soon' },
  })
  expect(server.requests('/refuses-503')).toHaveLength(3)
})

test('a 200 without an event heals nothing: a server that accepts and closes is given up', async ({
  server,
  openTab,
}) => {
  const reader = await (
    await openTab()
  ).read('/empty-200', { reconnectionTime: 10, maxReconnectionAttempts: 3 })
  const { error, events } = await reader.ended()
  expect(events).toEqual([])
  expect(error?.sse?.code).toBe('network')
  expect(server.requests('/empty-200')).toHaveLength(4)
})

test('KTOR 21: an event heals: a server that gives one and closes is asked for ever', async ({
  server,
  openTab,
}) => {
  const reader = await (
    await openTab()
  ).read('/retry-hint?retry=5', { maxReconnectionAttempts: 2 }, { stopAfter: 10 })
  expect((await reader.received(10)).map(({ id }) => Number(id))).toEqual(numbers(1, 10))
  expect(server.requests('/retry-hint').length).toBeGreaterThanOrEqual(10)
})

test("KTOR 21: the server's retry sets the delay, over the session's", async ({ server, openTab }) => {
  const reader = await (await openTab()).read('/retry-hint?retry=400', { reconnectionTime: 10 })
  await reader.received(3)
  const [first, second, third] = server.requests('/retry-hint').map(({ at }) => at)
  // A timer may be a little early against another process's clock.
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(390)
  expect((third ?? 0) - (second ?? 0)).toBeGreaterThan(390)
})

test('reconnectionTime is waited after a healthy connection, the session over the broker', async ({
  server,
  openTab,
}) => {
  const tab = await openTab()
  const live = server.channel('/live/delay')
  const reader = await tab.read(
    '/live/delay',
    { reconnectionTime: 300 },
    { broker: { reconnectionTime: 20_000 } },
  )
  live.sendNumbers(1, 1)
  await reader.received(1)
  const droppedAt = performance.now()
  live.drop()
  await server.untilOpen('/live/delay', 2)
  expect((server.requests('/live/delay')[1]?.at ?? 0) - droppedAt).toBeGreaterThan(290)
})

test('Retry-After is the least that is waited', async ({ server, openTab }) => {
  const live = server.channel('/live/overload')
  const reader = await (await openTab()).read('/live/overload', { reconnectionTime: 10 })
  live.sendNumbers(1, 1)
  await reader.received(1)
  live.refuse(503, { 'retry-after': '1' })
  live.drop()
  await server.until(() => server.requests('/live/overload').length === 2)
  live.accept()
  await server.untilOpen('/live/overload', 3)
  const [, refused, accepted] = server.requests('/live/overload').map(({ at }) => at)
  expect((accepted ?? 0) - (refused ?? 0)).toBeGreaterThan(990)
  await reader.inState('open')
})

test('a refusal while reading: every session is told why and when it goes on', async ({
  server,
  openTab,
}) => {
  const live = server.channel('/live/refusing')
  const reader = await (await openTab()).read('/live/refusing', { reconnectionTime: 200 })
  live.sendNumbers(1, 2)
  await reader.received(2)
  live.refuse(503)
  live.drop()
  await server.until(() => server.requests('/live/refusing').length >= 3)
  const { now } = await reader.inState('waiting')
  expect(now.error?.sse).toMatchObject({ code: 'status', response: { status: 503, body: 'refused' } })
  expect(now.attempt).toBeGreaterThanOrEqual(2)
  expect(now.retryAt).toBeGreaterThan(Date.now() - 5_000)
  live.accept()
  await server.until(() => server.connections('/live/refusing') === 1)
  live.sendNumbers(3, 4)
  expect(await reader.numbersUpTo(4)).toEqual(numbers(1, 4))
  expect(new Set(server.lastEventIds('/live/refusing').slice(1))).toEqual(new Set(['2']))
})

test('KTOR 18: 204 at first: no events, the status is readable, one request', async ({ server, openTab }) => {
  const { page } = await openTab()
  const got = await page.evaluate(async () => {
    const session = await window.sse.createBroker({ reconnectionTime: 10 }).sseSession('/no-content')
    const events = []
    for await (const event of session.incoming) events.push(event)
    return { events, status: session.call.response.status, state: session.status.state }
  })
  expect(got).toEqual({ events: [], status: 204, state: 'closed' })
  expect(server.requests('/no-content')).toHaveLength(1)
})

test('KTOR 18: 204 on a reconnection: a quiet end', async ({ server, openTab }) => {
  const reader = await (await openTab()).read('/five-then-204', { reconnectionTime: 10 })
  const { events, error } = await reader.ended()
  expect(events.map(({ id }) => Number(id))).toEqual(numbers(1, 5))
  expect(error).toBeUndefined()
  expect(server.lastEventIds('/five-then-204')).toEqual([undefined, '5'])
})

test('KTOR 19: reconnection off: the end of an empty answer is a quiet end', async ({ server, openTab }) => {
  const reader = await (await openTab()).read('/empty-200', { maxReconnectionAttempts: 0 })
  expect(await reader.ended()).toEqual({ events: [] })
  expect(server.requests('/empty-200')).toHaveLength(1)
})

test('reconnection off: a broken connection is an error', async ({ server, openTab }) => {
  const live = server.channel('/live/broken')
  const reader = await (await openTab()).read('/live/broken', { maxReconnectionAttempts: 0 })
  live.sendNumbers(1, 3)
  await reader.received(3)
  live.drop()
  const { events, error } = await reader.ended()
  expect(events.map(({ id }) => Number(id))).toEqual(numbers(1, 3))
  expect(error?.sse?.code).toBe('network')
  expect(server.requests('/live/broken')).toHaveLength(1)
})

test('a slow answer is no time-out', async ({ server, openTab }) => {
  const gate = server.gate('/slow-answer')
  const tab = await openTab()
  const slow = await tab.start('/slow-answer', { maxReconnectionAttempts: 0 })
  await server.until(() => server.connections('/slow-answer') === 1)
  // What passes in between: another stream with several reconnections.
  const brisk = await tab.read('/five-then-close', { reconnectionTime: 50 })
  await brisk.received(30)
  gate.open()
  await slow.received(1)
  expect(server.requests('/slow-answer')).toHaveLength(1)
})
