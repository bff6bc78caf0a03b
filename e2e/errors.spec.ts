import { expect, numbers, test } from './test.js'

test("KTOR 11: 404: Ktor's message, and the answer of the server", async ({ server, openTab }) => {
  const { error } = await (await (await openTab()).start('/not-found')).ended()
  expect(error).toEqual({
    name: 'SseError',
    message: 'Expected status code 200 but was 404',
    sse: {
      code: 'status',
      attempts: 1,
      response: {
        status: 404,
        statusText: 'Not Found',
        url: `${server.origin}/not-found`,
        body: 'nobody lives here',
        headers: expect.objectContaining({ 'content-type': 'text/plain', 'x-reason': 'moved out' }),
      },
    },
  })
  await server.untilLeft('/not-found')
  expect(server.requests('/not-found')).toHaveLength(1)
})

test("KTOR 11: a 200 of another type: Ktor's message, and the answer of the server", async ({
  server,
  openTab,
}) => {
  const { error } = await (await (await openTab()).start('/plain-text')).ended()
  expect(error?.message).toBe('Expected Content-Type text/event-stream but was text/plain')
  expect(error?.sse).toMatchObject({
    code: 'content-type',
    response: { status: 200, body: 'data: not a stream\n\n' },
  })
  expect(server.requests('/plain-text')).toHaveLength(1)
})

test('two tabs that wait for one answer are told together; a refusal is asked for anew by the next', async ({
  server,
  openTab,
}) => {
  const live = server.channel('/live/refused')
  live.refuse(503, { 'retry-after': '1' })
  const policy = { reconnectionTime: 10, maxReconnectionAttempts: 1 }
  const [one, two] = [await openTab(), await openTab()]
  const first = await one.start('/live/refused', policy)
  await server.until(() => server.requests('/live/refused').length === 1)
  const second = await two.start('/live/refused', policy)
  for (const reader of [first, second]) {
    const { error } = await reader.ended()
    expect(error?.sse).toMatchObject({ code: 'status', response: { status: 503 } })
  }
  expect(server.requests('/live/refused')).toHaveLength(2)
  live.accept()
  await two.read('/live/refused', policy)
  expect(server.requests('/live/refused')).toHaveLength(3)
})

for (const [what, address] of [
  ['a refused port', 'http://127.0.0.1:1/events'],
  ['an unknown host', 'http://nobody.invalid/events'],
]) {
  test(`KTOR 4: ${what}: a network error with its cause`, async ({ server, openTab }) => {
    const reader = await (
      await openTab()
    ).start(address ?? '', { maxReconnectionAttempts: 1, reconnectionTime: 10 })
    const { error } = await reader.ended()
    expect(error?.sse).toMatchObject({
      code: 'network',
      attempts: 2,
      cause: expect.stringContaining('TypeError'),
    })
    expect(server.exchanges).toEqual([])
  })
}

test('KTOR 13: a deserializer that throws: the reader gets the event with the error, and can go on; others notice nothing', async ({
  server,
  openTab,
}) => {
  const gate = server.gate('/json')
  const tab = await openTab()
  const text = await tab.read('/json')
  const got = tab.page.evaluate(async () => {
    const session = await window.sse.broker.sseSession<unknown>('/json', { deserialize: 'json' })
    const ids: string[] = []
    let error: unknown
    try {
      for await (const { id } of session.incoming) ids.push(id)
    } catch (thrown) {
      error = thrown
    }
    for await (const { id } of session.incoming) {
      ids.push(id)
      break
    }
    return {
      ids,
      error: window.describeError(error),
      event: error instanceof Object && 'event' in error && error.event,
    }
  })
  await expect.poll(async () => (await tab.inspect()).streams[0]?.sessions.length).toBe(2)
  gate.open()
  const { ids, error, event } = await got
  expect(ids).toEqual(['1', '2', '4'])
  expect(error?.sse).toMatchObject({ code: 'decode', cause: expect.stringContaining('SyntaxError') })
  expect(event).toMatchObject({ id: '3', data: '{ not json' })
  expect((await text.received(4)).map(({ id }) => id)).toEqual(['1', '2', '3', '4'])
  expect(server.requests('/json')).toHaveLength(1)
  expect(server.connections('/json')).toBe(1)
})

test('a listener that throws is reported, and nobody else notices', async ({ server, openTab, uncaught }) => {
  const { page } = await openTab()
  await page.evaluate(async () => {
    const session = await window.sse.broker.sseSession('/live/throwing')
    const heard: string[] = []
    session.on('*', () => {
      throw new Error('listener is broken')
    })
    session.onStatus(() => {
      throw new Error('status listener is broken')
    })
    session.on('*', ({ id }) => heard.push(id))
    Object.assign(window, { heard })
  })
  const other = await (await openTab()).read('/live/throwing', { reconnectionTime: 10 })
  const live = server.channel('/live/throwing')
  live.sendNumbers(1, 2)
  await page.waitForFunction('heard.length === 2')
  live.write('retry: 10\n\n')
  live.drop()
  await server.untilOpen('/live/throwing', 2)
  live.sendNumbers(3, 3)
  await page.waitForFunction('heard.length === 3')
  expect(await other.numbersUpTo(3)).toEqual(numbers(1, 3))
  const reported = uncaught.splice(0)
  expect(reported.filter((message) => message === 'listener is broken')).toHaveLength(3)
  expect(reported.filter((message) => message === 'status listener is broken').length).toBeGreaterThan(0)
  expect(server.requests('/live/throwing')).toHaveLength(2)
})

test('an event over the limit ends the stream, instead of the memory', async ({ server, openTab }) => {
  const gate = server.gate('/huge-event')
  const reader = await (await openTab()).read('/huge-event?size=1200000', { reconnectionTime: 10 })
  gate.open()
  const { events, error } = await reader.ended()
  expect(events.map(({ id }) => id)).toEqual(['1'])
  expect(error?.sse?.code).toBe('too-large')
  await server.untilLeft('/huge-event')
  expect(server.requests('/huge-event')).toHaveLength(1)
})

test('an event of a million characters arrives whole', async ({ server, openTab }) => {
  const gate = server.gate('/huge-event')
  const { page } = await openTab()
  const lengths = page.evaluate(async () => {
    const session = await window.sse.broker.sseSession('/huge-event?size=1000000')
    const got: number[] = []
    for await (const { data } of session.incoming) if (got.push(data.length) === 3) break
    return got
  })
  await server.untilOpen('/huge-event')
  gate.open()
  expect(await lengths).toEqual([5, 1_000_000, 11])
  expect(server.requests('/huge-event')).toHaveLength(1)
})

test('a page without SharedWorker: unsupported, and nothing is asked of the server', async ({
  server,
  openTab,
  context,
}) => {
  await context.addInitScript('delete globalThis.SharedWorker')
  const { error } = await (await (await openTab()).start('/live/unsupported')).ended()
  expect(error?.sse?.code).toBe('unsupported')
  expect(server.exchanges).toEqual([])
})

test('a worker script that is not there: unsupported, and the page is told why', async ({
  server,
  openTab,
}) => {
  const broker = { workerUrl: '/no-such-worker.js' }
  const { error } = await (await (await openTab()).start('/live/unsupported', {}, { broker })).ended()
  expect(error?.sse?.code).toBe('unsupported')
  expect(error?.message).toContain('worker')
  expect(server.exchanges).toEqual([])
})
