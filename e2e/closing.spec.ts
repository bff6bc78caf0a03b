import { expect, numbers, test } from './test.js'

test('the last session closed: the server sees the disconnect, after the linger', async ({
  server,
  openTab,
}) => {
  const [one, two] = [await openTab(), await openTab()]
  const first = await one.read('/live/last')
  const second = await two.read('/live/last')
  await first.close()
  expect(await first.ended()).toEqual({ events: [] })
  server.channel('/live/last').sendNumbers(1, 3)
  expect(await second.numbersUpTo(3)).toEqual(numbers(1, 3))
  expect(server.connections('/live/last')).toBe(1)

  const closedAt = performance.now()
  await second.close()
  await server.untilLeft('/live/last')
  expect(performance.now() - closedAt).toBeGreaterThan(900)
  expect(server.requests('/live/last').map(({ state }) => state)).toEqual(['ended by client'])
})

test('a navigation within the linger does not reconnect, and loses nothing', async ({ server, openTab }) => {
  const live = server.channel('/live/navigation')
  const [staying, moving] = [await openTab(), await openTab()]
  // Another stream in another tab keeps the worker; on the navigating page's stream nobody else is left.
  await staying.read('/live/other')
  const before = await moving.read('/live/navigation')
  live.sendNumbers(1, 3)
  await before.received(3)
  await moving.page.reload()
  const after = await moving.read('/live/navigation')
  live.sendNumbers(4, 6)
  expect(await after.numbersUpTo(6)).toEqual(numbers(4, 6))
  expect(server.requests('/live/navigation')).toHaveLength(1)
})

test('KTOR 3: leaving the loop closes the session; ten times over, no connection is left', async ({
  server,
  openTab,
}) => {
  const { page } = await openTab()
  for (let turn = 0; turn < 10; turn++) {
    const got = await page.evaluate(async (number) => {
      const session = await window.sse.broker.sseSession(`/numbers?count=100&turn=${number}`)
      for await (const event of session.incoming) {
        if (event.id === '3') break
      }
      const { done } = await session.incoming.next()
      return { done, state: session.status.state }
    }, turn)
    expect(got).toEqual({ done: true, state: 'closed' })
  }
  await server.untilLeft('/numbers')
  expect(server.requests('/numbers').map(({ state }) => state)).toEqual(Array(10).fill('ended by client'))
})

test('KTOR 5: a block that returns ends its session; what it throws reaches the caller', async ({
  server,
  openTab,
}) => {
  const { page } = await openTab()
  const got = await page.evaluate(async () => {
    const ids: (string | undefined)[] = []
    // No loop: leaving one would close the session, and here the block's own end must.
    await window.sse.broker.sse('/numbers?count=5', async ({ incoming }) => {
      ids.push((await incoming.next()).value?.id)
    })
    const mine = new Error('mine')
    const thrown = await window.sse.broker
      .sse('/numbers?count=7', async ({ incoming }) => {
        ids.push((await incoming.next()).value?.id)
        throw mine
      })
      .catch((error: unknown) => error)
    return { ids, isMine: thrown === mine }
  })
  expect(got).toEqual({ ids: ['1', '1'], isMine: true })
  await server.untilLeft('/numbers')
  expect(server.requests('/numbers').map(({ state }) => state)).toEqual([
    'ended by client',
    'ended by client',
  ])
})

test('a stream without a session does not reconnect, not even while it lingers', async ({
  server,
  openTab,
}) => {
  const tab = await openTab()
  const live = server.channel('/live/left')
  const reader = await tab.read('/live/left', { reconnectionTime: 10 })
  live.sendNumbers(1, 1)
  await reader.received(1)
  await reader.close()
  live.end()
  await server.untilLeft('/live/left')
  // Longer than the linger: the reconnections of another stream tell the time.
  const clock = await tab.read('/retry-hint?retry=500')
  await clock.received(4)
  expect(server.requests('/live/left').map(({ state }) => state)).toEqual(['ended by server'])
})

test('KTOR 15: the reader throws after a reconnection: its own error comes out, and no request more', async ({
  server,
  openTab,
}) => {
  const { page } = await openTab()
  const live = server.channel('/live/throws')
  const reading = page.evaluate(async () => {
    const session = await window.sse.broker.sseSession('/live/throws', { reconnectionTime: 10 })
    const ids: string[] = []
    try {
      for await (const { id } of session.incoming) {
        ids.push(id)
        if (ids.length === 7) throw new Error('mine')
      }
    } catch (error) {
      return { ids, error: String(error), state: session.status.state }
    }
    return undefined
  })
  await server.untilOpen('/live/throws')
  live.sendNumbers(1, 5)
  live.end()
  await server.untilOpen('/live/throws', 2)
  live.sendNumbers(6, 10)
  expect(await reading).toEqual({
    ids: ['1', '2', '3', '4', '5', '6', '7'],
    error: 'Error: mine',
    state: 'closed',
  })
  await server.untilLeft('/live/throws')
  expect(server.lastEventIds('/live/throws')).toEqual([undefined, '5'])
})

test('aborted before the call: the reason comes out, and the server is not asked', async ({
  server,
  openTab,
}) => {
  const { page } = await openTab()
  const got = await page.evaluate(async () => {
    const reason = new Error('no need')
    const signal = AbortSignal.abort(reason)
    const session = await window.sse.broker
      .sseSession('/live/aborted', { signal })
      .catch((error: unknown) => error)
    const block = await window.sse.broker
      .sse('/live/aborted', { signal }, () => {})
      .catch((error: unknown) => error)
    return [session === reason, block === reason]
  })
  expect(got).toEqual([true, true])
  await (await openTab()).read('/live/afterwards')
  expect(server.requests('/live/aborted')).toEqual([])
})

test('aborted while connecting: the reason comes out, and the request ends', async ({ server, openTab }) => {
  const { page } = await openTab()
  const isReason = page.evaluate(async () => {
    const abort = new AbortController()
    Object.assign(window, { abort: () => abort.abort(reason) })
    const reason = new Error('changed my mind')
    const thrown = await window.sse.broker
      .sseSession('/never-answers', { signal: abort.signal })
      .catch((error: unknown) => error)
    return thrown === reason
  })
  await server.until(() => server.connections('/never-answers') === 1)
  await page.evaluate('abort()')
  expect(await isReason).toBe(true)
  await server.untilLeft('/never-answers')
  expect(server.requests('/never-answers').map(({ state }) => state)).toEqual(['ended by client'])
})

test('KTOR 6: aborted in the block: the reason comes out of the loop and of the call', async ({
  server,
  openTab,
}) => {
  const { page } = await openTab()
  const got = await page.evaluate(async () => {
    const abort = new AbortController()
    const reason = new Error('enough')
    let loop: unknown
    const thrown = await window.sse.broker
      .sse('/numbers?count=10', { signal: abort.signal }, async ({ incoming }) => {
        try {
          for await (const { id } of incoming) if (id === '4') abort.abort(reason)
        } catch (error) {
          loop = error
          throw error
        }
      })
      .catch((error: unknown) => error)
    return [loop === reason, thrown === reason]
  })
  expect(got).toEqual([true, true])
  await server.untilLeft('/numbers')
  expect(server.requests('/numbers')).toHaveLength(1)
})

test('aborted while it waits to reconnect: nobody asks again', async ({ server, openTab }) => {
  const tab = await openTab()
  const live = server.channel('/live/waiting')
  const reader = await tab.read('/live/waiting', { reconnectionTime: 1500 })
  live.sendNumbers(1, 1)
  await reader.received(1)
  live.drop()
  await reader.inState('waiting')
  await reader.abort('enough')
  const { error } = await reader.ended()
  expect(error).toEqual({ name: 'Error', message: 'enough' })
  // Longer than the linger and the delay together: other streams' reconnections tell the time.
  const clock = await tab.read('/retry-hint?retry=1400')
  await clock.received(3)
  expect(server.requests('/live/waiting')).toHaveLength(1)
})

test('one session closed in the middle: the others read on over the same connection', async ({
  server,
  openTab,
}) => {
  const tab = await openTab()
  const live = server.channel('/live/others')
  const [leaving, staying] = [await tab.read('/live/others'), await tab.read('/live/others')]
  live.sendNumbers(1, 5)
  await leaving.received(5)
  await leaving.close()
  live.sendNumbers(6, 10)
  expect(await staying.numbersUpTo(10)).toEqual(numbers(1, 10))
  expect((await leaving.ended()).events).toHaveLength(5)
  expect(server.requests('/live/others')).toHaveLength(1)
})

test('await using closes the session at the end of its block', async ({ server, openTab }) => {
  const { page } = await openTab()
  const state = await page.evaluate(() => window.stateAfterUsing('/live/using'))
  expect(state).toBe('closed')
  await server.untilLeft('/live/using')
  expect(server.requests('/live/using').map(({ state }) => state)).toEqual(['ended by client'])
})

test('broker.close() ends the sessions of this page only', async ({ server, openTab }) => {
  const [leaving, staying] = [await openTab(), await openTab()]
  const live = server.channel('/live/closing')
  const left = leaving.page.evaluate(async () => {
    const session = await window.sse.broker.sseSession('/live/closing')
    Object.assign(window, { closeBroker: () => window.sse.broker.close() })
    for await (const _ of session.incoming);
    const next = await window.sse.broker.sseSession('/live/closing').catch((error: unknown) => error)
    return { state: session.status.state, next: window.describeError(next).sse?.code }
  })
  const reader = await staying.read('/live/closing')
  await leaving.page.evaluate('closeBroker()')
  expect(await left).toEqual({ state: 'closed', next: 'closed' })
  live.sendNumbers(1, 3)
  expect(await reader.numbersUpTo(3)).toEqual(numbers(1, 3))
  expect(server.requests('/live/closing')).toHaveLength(1)
})
