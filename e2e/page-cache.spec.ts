import { expect, openTab as openTabIn, test } from './test.js'

test('a page in the back-forward cache is detached; restored, it goes on where it was, without a reconnection', async ({
  playwright,
  browserName,
  launchOptions,
  server,
  uncaught,
}) => {
  // Playwright switches the cache off, since it loses sight of a page that comes back; this page tells the server itself.
  const browser = await playwright[browserName].launch({
    ...launchOptions,
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
  const context = await browser.newContext()
  const staying = await openTabIn(context, server.origin, uncaught)
  const leaving = await openTabIn(context, server.origin, uncaught)
  const path = '/live/cached'
  const live = server.channel(path)
  const steady = await staying.read(path)
  await leaving.read(path, {}, { reports: true })
  await leaving.page.evaluate(() => {
    addEventListener(
      'pageshow',
      ({ persisted }) => void fetch(`/took?id=restored ${persisted}`, { method: 'POST' }),
    )
  })
  const told = (): (string | null)[] => server.requests('/took').map(({ query }) => query.get('id'))
  live.sendNumbers(1, 10)
  await server.until(() => told().at(-1) === '10')

  await leaving.page.goto(new URL('/elsewhere.html', server.origin).href)
  await expect.poll(async () => (await staying.inspect()).tabs.length).toBe(1)
  live.sendNumbers(11, 20)
  await steady.received(20)
  // Never answered: the page that would answer is the one that leaves.
  leaving.page.evaluate(() => history.back()).catch(() => 'left')
  await server.until(() => told().at(-1) === '20')
  live.sendNumbers(21, 25)
  await server.until(() => told().at(-1) === '25')

  const expected = Array.from({ length: 25 }, (_, index) => String(index + 1))
  expect(told().filter((id) => id !== 'restored true')).toEqual(expected)
  expect(told()).toContain('restored true')
  expect((await steady.received(25)).map(({ id }) => id)).toEqual(expected)
  expect(server.requests(path)).toHaveLength(1)
  await browser.close()
})
