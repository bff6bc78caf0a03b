import { ScriptedServer } from './server/scriptedServer.js'
import { expect, numbers, test } from './test.js'

// The other specs believe what this server says it saw. Here native EventSource and fetch show that it is true, and
// what the library is for.

test.beforeEach(async ({ page, server }) => {
  await page.goto(`${server.origin}/elsewhere.html`)
})

test('a channel sends live, drops, refuses and accepts; the server sees who leaves', async ({
  page,
  server,
}) => {
  const live = server.channel('/live/one')
  await page.evaluate(() => {
    const source = new EventSource('/live/one')
    Object.assign(window, { source, got: [] })
    source.onmessage = ({ data }) => document.body.append(data)
  })
  await server.untilOpen('/live/one')
  live.send({ id: 1, data: 'one ' })
  live.write('retry: 1\n\n')
  await expect(page.locator('body')).toHaveText('one')
  live.drop()
  live.send({ id: 2, data: 'two ' })
  await expect(page.locator('body')).toHaveText('one two')
  expect(server.lastEventIds('/live/one')).toEqual([undefined, '1'])
  expect(server.connections('/live/one')).toBe(1)
  await page.goto('about:blank')
  await server.untilLeft('/live/one')
  expect(server.requests('/live/one').map(({ state }) => state)).toEqual([
    'ended by server',
    'ended by client',
  ])
  live.refuse(503, { 'retry-after': '1' })
  const refused = await fetch(`${server.origin}/live/one`)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
})

test('random cuts never fall together, and what was cut comes again', async ({ server }) => {
  const path = '/cut-at-random-bytes'
  const cutAt = new Set<number>()
  const got: string[] = []
  for (let attempt = 0; attempt <= 20; attempt++) {
    const headers = got.length === 0 ? {} : { 'last-event-id': String(got.length) }
    const aborter = new AbortController()
    const response = await fetch(`${server.origin}${path}?count=400&cuts=20&seed=7`, {
      headers,
      signal: aborter.signal,
    })
    let text = ''
    const decoder = new TextDecoder()
    try {
      for await (const bytes of response.body ?? []) {
        text += decoder.decode(bytes, { stream: true })
        if (text.includes('event 400 größer 数字 🚂\n\n')) break
      }
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError)
    }
    aborter.abort()
    cutAt.add(server.requests(path).at(-1)?.bytes ?? 0)
    got.push(...text.split('\n\n').slice(0, -1))
  }
  expect(
    got.map((block) =>
      block
        .match(/^id: (\d+)\ndata: event (\d+) größer 数字 🚂$/)
        ?.slice(1)
        .map(Number),
    ),
  ).toEqual(numbers(1, 400).map((number) => [number, number]))
  expect(cutAt.size).toBeGreaterThan(15)
})

test('the server goes away and comes back on its port', async ({ server }) => {
  const url = `${server.origin}/numbers?count=1`
  await server.stop()
  await expect(fetch(url)).rejects.toThrow('fetch failed')
  await server.start()
  const response = await fetch(url)
  expect(response.status).toBe(200)
  await response.body?.cancel()
  await server.untilLeft('/numbers')
})

test('native EventSource starves the seventh tab of a host: what the library is for', async ({
  context,
  server,
}) => {
  for (let tab = 1; tab <= 6; tab++) {
    const reader = await context.newPage()
    await reader.goto(`${server.origin}/elsewhere.html`)
    await reader.evaluate(() => Object.assign(window, { source: new EventSource('/live/native') }))
    await server.untilOpen('/live/native', tab)
  }
  let isLoaded = false
  const seventh = await context.newPage()
  const loading = seventh.goto(`${server.origin}/elsewhere.html`).then(() => {
    isLoaded = true
  })
  const otherHost = await new ScriptedServer().start()
  const eighth = await context.newPage()
  await eighth.goto(`${otherHost.origin}/elsewhere.html`)
  await otherHost.stop()
  expect(isLoaded).toBe(false)

  await context.pages()[1]?.close()
  await loading
  expect(server.connections('/live/native')).toBe(5)
})
