import { expect, numbers, test } from './test.js'

test('KTOR 9: a slow answer is no time-out before connectTimeoutMs, and one after it', async ({
  server,
  openTab,
}) => {
  const gate = server.gate('/slow-answer')
  const tab = await openTab()
  const impatient = await tab.start('/slow-answer?impatient', {
    connectTimeoutMs: 100,
    maxReconnectionAttempts: 0,
  })
  const patient = await tab.start('/slow-answer?patient')
  const { error } = await impatient.ended()
  expect(error).toMatchObject({ message: 'No answer within 100 ms', sse: { code: 'timeout' } })
  gate.open()
  expect(await patient.received(1)).toHaveLength(1)
})

test('a connection that falls silent is dropped after idleTimeoutMs and made anew', async ({
  server,
  openTab,
}) => {
  const reader = await (await openTab()).read('/falls-silent', { idleTimeoutMs: 300, reconnectionTime: 10 })
  await server.until(() => server.requests('/falls-silent').length === 3)
  const [first, second] = server.requests('/falls-silent')
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(290)
  expect(first?.state).toBe('ended by client')
  const { history } = await reader.inState('open')
  expect(history.find(({ state }) => state === 'waiting')?.error).toMatchObject({
    message: 'No byte within 300 ms',
    sse: { code: 'timeout' },
  })
})

test('retryOn replaces the statuses that are tried again', async ({ server, openTab }) => {
  const tab = await openTab()
  const policy = { reconnectionTime: 10, maxReconnectionAttempts: 2 }
  await (await tab.start('/not-found', { ...policy, retryOn: [404] })).ended()
  await (await tab.start('/refuses-503', { ...policy, retryOn: [404] })).ended()
  expect(server.requests('/not-found')).toHaveLength(3)
  expect(server.requests('/refuses-503')).toHaveLength(1)
})

test('while the browser is offline nothing is tried; back online it is at once', async ({
  context,
  server,
  openTab,
}) => {
  const live = server.channel('/live/offline')
  const tabs = [await openTab(), await openTab()]
  const [first, second] = await Promise.all(
    tabs.map((tab) => tab.read('/live/offline', { reconnectionTime: 1000, maxReconnectionAttempts: 1 })),
  )
  live.sendNumbers(1, 2)
  await first?.received(2)
  await context.setOffline(true)
  live.drop()
  await expect
    .poll(async () => (await tabs[0]?.inspect())?.streams[0]?.status)
    .toMatchObject({ state: 'waiting', attempt: 1, retryAt: Infinity })
  // Longer than its delay, by a timer in the page, which is all that runs meanwhile.
  await tabs[0]?.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2000)))
  expect(server.requests('/live/offline')).toHaveLength(1)
  await context.setOffline(false)
  await server.untilOpen('/live/offline', 2)
  live.sendNumbers(3, 4)
  expect(await first?.numbersUpTo(4)).toEqual(numbers(1, 4))
  expect(await second?.numbersUpTo(4)).toEqual(numbers(1, 4))
})

test('a page that becomes visible tries at once', async ({ server, openTab }) => {
  const live = server.channel('/live/visible')
  const tab = await openTab()
  const reader = await tab.read('/live/visible', { reconnectionTime: 60_000 })
  live.sendNumbers(1, 1)
  await reader.received(1)
  const say = (visibility: 'visible' | 'hidden') =>
    tab.page.evaluate((state) => {
      // A headless browser hides no page; the event and the state are what the library goes by.
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: state })
      document.dispatchEvent(new Event('visibilitychange'))
    }, visibility)
  await say('hidden')
  live.drop()
  await reader.inState('waiting')
  await say('visible')
  await server.untilOpen('/live/visible', 2)
  await reader.inState('open')
})

test('a page that is loaded while the server is away can show its state before the session opens', async ({
  server,
  openTab,
}) => {
  const live = server.channel('/live/away')
  live.refuse(503)
  const { page } = await openTab()
  const seen = page.evaluate(async () => {
    const states: string[] = []
    const session = await window.sse.broker.sseSession('/live/away', {
      reconnectionTime: 10,
      backoff: false,
      onStatus: ({ state }) => states.push(state),
    })
    return [...states, session.status.state]
  })
  await server.until(() => server.requests('/live/away').length >= 3)
  live.accept()
  const states = await seen
  expect(states.slice(0, 4)).toEqual(['connecting', 'waiting', 'connecting', 'waiting'])
  expect(states.slice(-2)).toEqual(['open', 'open'])
})

test('a later session that asks for another policy joins, and is told which is in force', async ({
  server,
  openTab,
}) => {
  const { page } = await openTab()
  const policies = await page.evaluate(async () => {
    const { broker } = window.sse
    const first = await broker.sseSession('/numbers?count=1', { reconnectionTime: 10, idleTimeoutMs: 60_000 })
    const second = await broker.sseSession('/numbers?count=1', { reconnectionTime: 20 })
    return [first.status.policy, second.status.policy]
  })
  expect(policies[0]).toBeUndefined()
  expect(policies[1]).toMatchObject({ reconnectionTime: 10, idleTimeoutMs: 60_000 })
  expect(server.connections('/numbers')).toBe(1)
})

test('KTOR 20: what was received lately is the body of an error after the stream was open', async ({
  openTab,
}) => {
  const tab = await openTab()
  const bodyOf = async (options: object, broker: object = {}): Promise<string | undefined> => {
    // A stream for each: the first session of a stream decides its policy.
    const address = `/five-then-500?${JSON.stringify([options, broker])}`
    const policy = { reconnectionTime: 10, maxReconnectionAttempts: 1 }
    const reader = await tab.start(address, { ...policy, ...options }, { broker })
    const { error } = await reader.ended()
    expect(error?.sse?.response?.status).toBe(500)
    return error?.sse?.response?.body
  }
  const events = (from: number): string =>
    numbers(from, 5)
      .map((number) => `id: ${number}\ndata: event ${number}\n\n`)
      .join('')
  expect(await bodyOf({ bufferPolicy: 'all' })).toBe(events(1))
  expect(await bodyOf({ bufferPolicy: { lastLines: 3 } })).toBe(events(5))
  expect(await bodyOf({ bufferPolicy: 'lastEvent' })).toBe(events(5))
  expect(await bodyOf({ bufferPolicy: { lastEvents: 2 } })).toBe(events(4))
  expect(await bodyOf({}, { bufferPolicy: 'all' })).toBe(events(1))
  expect(await bodyOf({ bufferPolicy: 'lastEvent' }, { bufferPolicy: 'all' })).toBe(events(5))
  expect(await bodyOf({ bufferPolicy: 'off' })).toBe('out of order')
})

test('KTOR 20: with off the body of a broken connection is empty, and its answer is there', async ({
  server,
  openTab,
}) => {
  const live = server.channel('/live/broken')
  const reader = await (await openTab()).read('/live/broken', { maxReconnectionAttempts: 0 })
  live.sendNumbers(1, 1)
  await reader.received(1)
  live.drop()
  const { error } = await reader.ended()
  expect(error?.sse).toMatchObject({ code: 'network', response: { status: 200, body: '' } })
})

test('resume: none asks for nothing again and says so', async ({ server, openTab }) => {
  const reader = await (
    await openTab()
  ).read('/five-then-close', { resume: 'none', reconnectionTime: 10 }, { stopAfter: 7 })
  const events = await reader.received(7)
  expect(events.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', '1', '2'])
  expect(new Set(server.lastEventIds('/five-then-close'))).toEqual(new Set([undefined]))
  expect((await reader.gaps())[0]).toEqual({ reason: 'unresumable', after: '5' })
})

test('every tab sees the same changes in the same order; one that joins sees the present state at once', async ({
  server,
  openTab,
}) => {
  const live = server.channel('/live/states')
  const tabs = [await openTab(), await openTab()]
  const readers = await Promise.all(tabs.map((tab) => tab.read('/live/states', { reconnectionTime: 100 })))
  live.sendNumbers(1, 1)
  for (const reader of readers) await reader.received(1)
  live.refuse(503)
  live.drop()
  await server.until(() => server.requests('/live/states').length >= 3)
  const third = await openTab()
  const seen = third.page.evaluate(async () => {
    const states: string[] = []
    const session = await window.sse.broker.sseSession('/live/states', {
      reconnectionTime: 100,
      onStatus: ({ state }) => states.push(state),
    })
    return { states, state: session.status.state }
  })
  live.accept()
  const late = await seen
  expect(late.state).toBe('open')
  expect(['connecting', 'waiting', 'open']).toContain(late.states[0])
  live.sendNumbers(2, 2)
  for (const reader of readers) await reader.received(2)
  const [first, second] = await Promise.all(readers.map((reader) => reader.inState('open')))
  expect(first?.history.length).toBeGreaterThan(5)
  expect(second?.history).toEqual(first?.history)
  // What the third tab saw is how the others' history ends.
  const end = first?.history.slice(-late.states.length).map(({ state }) => state)
  expect(late.states).toEqual(end)
})
