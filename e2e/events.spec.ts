import { expect, numbers, test } from './test.js'

test('KTOR 1: an event has its id, name and data; two lines stay two; the id stays on later events', async ({
  server,
  openTab,
}) => {
  const reader = await (await openTab()).read('/all-fields')
  expect(await reader.received(2)).toEqual([
    { id: 'a-1', event: 'greeting', data: 'hello\nworld' },
    { id: 'a-1', event: 'message', data: 'no name, no id' },
  ])
  expect(server.requests('/all-fields')).toHaveLength(1)
})

test('every byte a chunk of its own: characters of two to four bytes arrive whole', async ({
  server,
  openTab,
}) => {
  const reader = await (await openTab()).read('/byte-by-byte')
  expect(await reader.received(1)).toEqual([{ id: 'ключ-1', event: 'größe', data: 'zwei\nZeilen 数字 🚂' }])
  expect(server.requests('/byte-by-byte')).toHaveLength(1)
})

test('events: [names] filters for one session; another of the same stream gets them all', async ({
  server,
  openTab,
}) => {
  const gate = server.gate('/named')
  const tab = await openTab()
  const adds = await tab.read('/named', { events: ['add'] })
  const nameless = await tab.read('/named', { events: ['message', 'no such'] })
  const all = await (await openTab()).read('/named')
  gate.open()
  const ids = async (reader: typeof all, count: number) => (await reader.received(count)).map(({ id }) => id)
  expect(await ids(all, 4)).toEqual(['1', '2', '3', '4'])
  expect(await ids(adds, 2)).toEqual(['1', '4'])
  expect(await ids(nameless, 1)).toEqual(['3'])
  expect(server.requests('/named')).toHaveLength(1)
})

for (const { number, path, option, marginal } of [
  { number: 7, path: '/comments', option: 'showCommentEvents', marginal: { comments: 'comment 1' } },
  { number: 8, path: '/retries', option: 'showRetryEvents', marginal: { retry: 1001 } },
] as const) {
  test(`KTOR ${number}: ${option}: off by default, on for the session that asks, the session's word over the broker's`, async ({
    server,
    openTab,
  }) => {
    const gate = server.gate(path)
    const tab = await openTab()
    const shows = { broker: { [option]: true } }
    const byDefault = await tab.read(path)
    const asked = await tab.read(path, { [option]: true })
    const byBroker = await tab.read(path, {}, shows)
    const against = await tab.read(path, { [option]: false }, shows)
    gate.open()
    for (const reader of [byDefault, against]) {
      const events = await reader.numbersUpTo(50)
      expect(events).toEqual(numbers(1, 50))
    }
    for (const reader of [asked, byBroker]) {
      const events = await reader.received(100)
      expect(events).toHaveLength(100)
      expect(events[0]).toMatchObject(marginal)
      expect(events[0]?.data).toBe('')
      // By turns, as they were sent: none waits for the other kind, none is mixed into an event's data.
      expect(events.filter((_, index) => index % 2 === 1).map(({ data }) => data)).toEqual(
        numbers(1, 50).map((number) => `event ${number}`),
      )
    }
    expect(server.requests(path)).toHaveLength(1)
  })
}

test('KTOR 13: two sessions of one stream with two deserializers each get their own', async ({
  server,
  openTab,
}) => {
  const gate = server.gate('/json')
  const tab = await openTab()
  const got = tab.page.evaluate(async () => {
    const { broker } = window.sse
    const text = await broker.sseSession('/json')
    const json = await broker.sseSession<{ price: number }>('/json', { deserialize: 'json' })
    const mine = await broker.sseSession('/json', {
      deserialize: (data, { id, event }) => ({ id, event, length: data.length }),
    })
    const firstTwo = async <T>(incoming: AsyncIterable<{ data: T }>): Promise<T[]> => {
      const taken: T[] = []
      for await (const { data } of incoming) if (taken.push(data) === 2) break
      return taken
    }
    return Promise.all([firstTwo(text.incoming), firstTwo(json.incoming), firstTwo(mine.incoming)])
  })
  await expect.poll(async () => (await tab.inspect()).streams[0]?.sessions.length).toBe(3)
  gate.open()
  const value = { symbol: 'ACME', price: 12.5, tags: ['a', 'b'] }
  const [text, json, mine] = await got
  expect(text.map((data) => JSON.parse(data))).toEqual([value, value])
  expect(text[1]?.split('\n')).toHaveLength(5)
  expect(json).toEqual([value, value])
  expect(mine).toEqual([
    { id: '1', event: 'message', length: text[0]?.length },
    { id: '2', event: 'message', length: text[1]?.length },
  ])
  expect(server.requests('/json')).toHaveLength(1)
})

test('on() gives events by name or all of them, until it is taken back', async ({ server, openTab }) => {
  const { page } = await openTab()
  await page.evaluate(async () => {
    const session = await window.sse.broker.sseSession('/live/listeners')
    const heard = { price: [] as string[], all: [] as string[] }
    const off = session.on('price', ({ data }) => heard.price.push(data))
    session.on('*', ({ event, data }) => heard.all.push(`${event} ${data}`))
    Object.assign(window, { heard, off })
  })
  const live = server.channel('/live/listeners')
  live.send({ id: 1, event: 'price', data: '10' })
  live.send({ id: 2, event: 'trade', data: 'a' })
  await page.waitForFunction('heard.all.length === 2')
  await page.evaluate('off()')
  live.send({ id: 3, event: 'price', data: '11' })
  live.send({ id: 4, data: 'b' })
  await page.waitForFunction('heard.all.length === 4')
  expect(await page.evaluate('heard')).toEqual({
    price: ['10'],
    all: ['price 10', 'trade a', 'price 11', 'message b'],
  })
  expect(server.requests('/live/listeners')).toHaveLength(1)
})

test('KTOR 11: call tells the request and the answer of the connection', async ({ server, openTab }) => {
  const { page } = await openTab()
  const call = await page.evaluate(async () => {
    const { call, status } = await window.sse.broker.sseSession('/all-fields')
    const { request, response } = call
    return {
      state: status.state,
      request: { method: request.method, url: request.url },
      response: {
        status: response.status,
        url: response.url,
        type: response.headers.get('content-type'),
        by: response.headers.get('x-served-by'),
      },
    }
  })
  const url = `${server.origin}/all-fields`
  expect(call).toEqual({
    state: 'open',
    request: { method: 'GET', url },
    response: { status: 200, url, type: 'Text/Event-Stream; charset=UTF-8', by: 'scripted' },
  })
})

test('one reader: a second loop over incoming throws at once, the first reads on', async ({
  server,
  openTab,
}) => {
  const tab = await openTab()
  const reader = await tab.read('/live/one-reader')
  const second = await tab.page.evaluate(async () => {
    const { session } = window.readerOf(0).recording
    try {
      for await (const _ of session?.incoming ?? []);
    } catch (error) {
      return window.describeError(error)
    }
    return undefined
  })
  expect(second?.sse?.code).toBe('options')
  server.channel('/live/one-reader').sendNumbers(1, 2)
  expect(await reader.numbersUpTo(2)).toEqual([1, 2])
  expect(server.requests('/live/one-reader')).toHaveLength(1)
})
