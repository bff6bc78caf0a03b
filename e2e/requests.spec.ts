import { expect, test } from './test.js'
import { ScriptedServer } from './server/scriptedServer.js'

interface Echo {
  method: string
  contentType?: string
  contentLength?: string
  token?: string
  body: string
}

test('KTOR 12: method, content type and body arrive, and again on a reconnection', async ({
  server,
  openTab,
}) => {
  const { page } = await openTab()
  const echoes = await page.evaluate(async () => {
    const bodies = ['text ä', new URLSearchParams({ a: 'b c' }), Uint8Array.of(0, 255, 10)]
    return Promise.all(
      bodies.map(async (body) => {
        const session = await window.sse.broker.sseSession<Echo>('/echo-then-close', {
          method: 'POST',
          body,
          headers: { 'X-Token': 'abc' },
          deserialize: 'json',
          reconnectionTime: 10,
        })
        const got: Echo[] = []
        for await (const { data } of session.incoming) if (got.push(data) === 3) break
        return got
      }),
    )
  })
  const sent = [
    ['text/plain;charset=UTF-8', 'text ä'],
    ['application/x-www-form-urlencoded;charset=UTF-8', 'a=b+c'],
  ] as const
  sent.forEach(([contentType, text], index) => {
    const body = Buffer.from(text).toString('base64')
    const one = expect.objectContaining({ method: 'POST', contentType, token: 'abc', body })
    expect(echoes[index]).toEqual([one, one, one])
  })
  for (const { contentType, contentLength } of echoes[2] ?? []) {
    expect([contentType, contentLength]).toEqual([undefined, '3'])
  }
  expect(server.connections('/echo-then-close')).toBe(0)
})

test('KTOR 12: a GET sends no body headers', async ({ server, openTab }) => {
  const reader = await (await openTab()).read('/echo')
  await reader.received(1)
  const [exchange] = server.requests('/echo')
  expect(exchange?.headers).not.toHaveProperty('content-type')
  expect(exchange?.headers).not.toHaveProperty('content-length')
  expect(exchange?.headers.accept).toBe('text/event-stream')
})

test('another origin, with a body, headers of its own and a cursor, with and without credentials', async ({
  openTab,
}) => {
  const api = await new ScriptedServer().start()
  try {
    const { page } = await openTab()
    for (const credentials of ['include', 'omit'] as const) {
      const ids = await page.evaluate(
        async ([url, credentials]) => {
          const session = await window.sse.broker.sseSession(url, {
            method: 'PUT',
            body: 'x',
            headers: { 'X-Token': 'abc' },
            credentials,
            reconnectionTime: 10,
          })
          const got: string[] = []
          for await (const { id } of session.incoming) if (got.push(id) === 2) break
          return got
        },
        [`${api.origin}/echo-then-close?${credentials}`, credentials] as const,
      )
      expect(ids).toEqual(['1', '2'])
    }
    expect(api.requests('/echo-then-close').map(({ method }) => method)).toContain('PUT')
  } finally {
    await api.stop()
  }
})

test('cookies go to the own origin by default, and to nobody with omit', async ({
  context,
  server,
  openTab,
}) => {
  await context.addCookies([{ name: 'session', value: 'abc', url: server.origin }])
  const tab = await openTab()
  await (await tab.read('/echo')).received(1)
  await (await tab.read('/echo', { credentials: 'omit' })).received(1)
  expect(server.requests('/echo').map(({ headers }) => headers.cookie)).toEqual(['session=abc', undefined])
})

test('different requests of one address are different streams; share: false is one for each', async ({
  server,
  openTab,
}) => {
  const tab = await openTab()
  for (const options of [
    {},
    {},
    { method: 'POST', body: 'a' },
    { method: 'POST', body: 'b' },
    { identity: 'me' },
    { share: false },
    { share: false },
  ]) {
    await tab.read('/numbers?count=1', options)
  }
  expect(server.connections('/numbers')).toBe(6)
})

test('KTOR 10: a token that is refused is refreshed, and events flow', async ({ server, openTab }) => {
  const { page } = await openTab()
  const got = await page.evaluate(async () => {
    const asked: (number | undefined)[] = []
    const session = await window.sse.broker.sseSession('/needs-token', {
      identity: 'me',
      headers: async ({ response }) => {
        asked.push(response?.status)
        return { authorization: response === undefined ? 'Bearer stale' : 'Bearer fresh' }
      },
    })
    const { value } = await session.incoming.next()
    await session.close()
    return { asked, data: value?.data }
  })
  expect(got).toEqual({ asked: [undefined, 401], data: 'event 1' })
  expect(server.requests('/needs-token').map(({ headers }) => headers.authorization)).toEqual([
    'Bearer stale',
    'Bearer fresh',
  ])
})

test('a second 401 is final', async ({ server, openTab }) => {
  const { page } = await openTab()
  const error = await page.evaluate(async () => {
    try {
      await window.sse.broker.sseSession('/needs-token', {
        identity: 'me',
        headers: () => ({ authorization: 'Bearer stale' }),
      })
      return undefined
    } catch (error) {
      return window.describeError(error)
    }
  })
  expect(error?.sse).toMatchObject({ code: 'status', response: { status: 401 } })
  expect(server.requests('/needs-token')).toHaveLength(2)
})

test('headers are asked anew for every attempt; one that throws has its cause told and is retried', async ({
  server,
  openTab,
}) => {
  const live = server.channel('/live/tokens')
  const { page } = await openTab()
  const seen = page.evaluate(async () => {
    let count = 0
    const causes: string[] = []
    const session = await window.sse.broker.sseSession('/live/tokens', {
      identity: 'me',
      reconnectionTime: 10,
      headers: () => {
        count += 1
        if (count === 1) throw new Error('no token yet')
        return { 'x-token': `token ${count}` }
      },
      onStatus: (status) => {
        if (status.state === 'waiting') causes.push(`${status.error.code}: ${String(status.error.cause)}`)
      },
    })
    for await (const { data } of session.incoming) if (data === 'event 2') break
    return causes
  })
  await server.untilOpen('/live/tokens')
  live.sendNumbers(1, 1)
  live.drop()
  await server.untilOpen('/live/tokens', 2)
  live.sendNumbers(2, 2)
  const [first, ...rest] = await seen
  expect(first).toBe('headers: Error: no token yet')
  expect(rest.length).toBeGreaterThanOrEqual(1)
  expect(server.requests('/live/tokens').map(({ headers }) => headers['x-token'])).toEqual([
    'token 2',
    'token 3',
  ])
})

test('when the tab that gave the token is closed, another one is asked', async ({ server, openTab }) => {
  const live = server.channel('/live/whose-token')
  const tabs = [await openTab(), await openTab()]
  for (const [number, { page }] of tabs.entries()) {
    await page.evaluate(async (number) => {
      await window.sse.broker.sseSession('/live/whose-token', {
        identity: 'me',
        reconnectionTime: 10,
        headers: () => ({ 'x-token': `tab ${number}` }),
      })
    }, number)
  }
  await server.untilOpen('/live/whose-token')
  await tabs[0]?.page.close()
  live.drop()
  await server.untilOpen('/live/whose-token', 2)
  expect(server.requests('/live/whose-token').map(({ headers }) => headers['x-token'])).toEqual([
    'tab 0',
    'tab 1',
  ])
})

test('two users of one browser never share a stream', async ({ server, openTab }) => {
  const { page } = await openTab()
  await page.evaluate(async () => {
    for (const user of ['a', 'b', 'a']) {
      await window.sse.broker.sseSession('/numbers?count=1', {
        identity: user,
        headers: () => ({ 'x-token': user }),
      })
    }
  })
  expect(server.requests('/numbers').map(({ headers }) => headers['x-token'])).toEqual(['a', 'b'])
})

test('lastEventId is where a fresh stream starts; forget drops what was kept', async ({
  server,
  openTab,
}) => {
  const tab = await openTab()
  const read = async (): Promise<void> => {
    const reader = await tab.read('/numbers?count=8', { lastEventId: '5' })
    await reader.numbersUpTo(8)
    await tab.untilStored(8)
    await reader.close()
    await server.untilLeft('/numbers')
  }
  await read()
  await tab.start('/numbers?count=8', { lastEventId: '5' })
  await server.until(() => server.requests('/numbers').length === 2)
  await tab.page.reload()
  await server.untilLeft('/numbers')
  await tab.page.evaluate(() => window.sse.broker.forget('/numbers?count=8'))
  expect(await tab.page.evaluate(() => window.storedText())).not.toContain('"8"')
  await read()
  expect(server.lastEventIds('/numbers')).toEqual(['5', '8', '5'])
})

test('nothing but digests and ids is stored, of an identity too', async ({ openTab }) => {
  const tab = await openTab()
  const reader = await tab.read('/numbers?count=3&secret=hush', {
    identity: 'user-17',
    headers: { 'x-a': 'hidden' },
  })
  await reader.numbersUpTo(3)
  await tab.untilStored(3)
  const stored = await tab.page.evaluate(() => window.storedText())
  for (const secret of ['hush', 'user-17', 'hidden', 'numbers']) expect(stored).not.toContain(secret)
  await tab.page.evaluate(() => window.sse.broker.forget(undefined, { identity: 'user-18' }))
  expect(await tab.page.evaluate(() => window.storedText())).toContain('"3"')
  await tab.page.evaluate(() => window.sse.broker.forget(undefined, { identity: 'user-17' }))
  expect(await tab.page.evaluate(() => window.storedText())).not.toContain('"3"')
})
