import { mergeTests, type BrowserContext } from '@playwright/test'
import type { ScriptedServer } from '../server/scriptedServer.js'
import { SharedWorkers } from '../sharedWorkers.js'
import { test as plainTest } from '../plainBrowser.js'
import { numbers, openTab, Tab } from '../test.js'
import { expect, test as faultTest } from './faultTest.js'

const test = mergeTests(plainTest, faultTest)
const path = '/live/cached'

/**
 * A page that leaves and comes back by itself, as often as the server says: the tools lose sight of a page that comes back
 * from the cache. It tells the server of each event it takes, and how it came back.
 */
class Traveller {
  readonly #server: ScriptedServer
  readonly #context: BrowserContext
  readonly #uncaught: string[]

  constructor(server: ScriptedServer, context: BrowserContext, uncaught: string[]) {
    this.#server = server
    this.#context = context
    this.#uncaught = uncaught
  }

  async start(): Promise<void> {
    const away = `<!doctype html><title>away</title><link rel="icon" href="data:,"><script type="module">
await fetch('/took?id=away', { method: 'POST' })
await fetch('/stay-away')
history.back()
</script>`
    this.#server.addFiles({ '/away/index.html': away })
    const page = await this.#context.newPage()
    page.on('pageerror', (error) => this.#uncaught.push(error.message))
    // In each document: one that was not kept is loaded anew, and that one is to say so.
    await page.addInitScript(() => {
      addEventListener('pageshow', ({ persisted }) => {
        const [entry] = performance.getEntriesByType('navigation')
        const { notRestoredReasons, type } = entry?.toJSON() ?? {}
        if (!persisted && type !== 'back_forward') return
        void fetch(`/took?id=back:${persisted}:${JSON.stringify(notRestoredReasons)}`, { method: 'POST' })
      })
    })
    await page.goto(this.#server.origin)
    await new Tab(page).read(path, { reconnectionTime: 5 }, { reports: true })
    await page.evaluate(() => {
      const leave = async (): Promise<void> => {
        await fetch('/stay-here')
        location.href = '/away/'
      }
      addEventListener('pageshow', () => void leave())
      void leave()
    })
  }

  /** All that it told so far. */
  told(): (string | null)[] {
    return this.#server.requests('/took').map(({ query }) => query.get('id'))
  }

  /** That it told this so often; not, where it was thrown out of the cache meanwhile: its document then says why. */
  async untilTold(id: string, times = 1): Promise<void> {
    const thrownOut = (): (string | null)[] => this.told().filter((each) => each?.startsWith('back:false'))
    const isTold = (): boolean => this.told().filter((each) => each === id).length >= times
    await this.#server.until(() => isTold() || thrownOut().length > 0)
    expect(thrownOut()).toEqual([])
  }
}

test('a page goes into the back/forward cache and comes back, again and again: nothing keeps it out, nothing is lost', async ({
  server,
  plainContext,
  uncaught,
  report,
}) => {
  const live = server.channel(path)
  const staying = await openTab(plainContext, server.origin, uncaught)
  const steady = await staying.read(path)
  const traveller = new Traveller(server, plainContext, uncaught)
  const times = 5
  let stayHere = server.gate('/stay-here')
  await traveller.start()
  for (let trip = 1; trip <= times; trip++) {
    const first = (trip - 1) * 30 + 1
    live.sendNumbers(first, first + 9)
    await traveller.untilTold(String(first + 9))
    const stayAway = server.gate('/stay-away')
    const leaving = stayHere
    stayHere = server.gate('/stay-here')
    // Sent while it leaves, while it is away, and while it comes back.
    live.sendNumbers(first + 10, first + 14)
    leaving.open()
    await traveller.untilTold('away', trip)
    await expect.poll(async () => (await staying.inspect()).tabs.length).toBe(1)
    live.sendNumbers(first + 15, first + 24)
    await steady.received(first + 24)
    stayAway.open()
    live.sendNumbers(first + 25, first + 29)
    // Chromium's own word on what kept a page out of the cache.
    await traveller.untilTold('back:true:null', trip)
  }
  const last = times * 30
  await traveller.untilTold(String(last))
  const taken = traveller.told().filter((id) => id !== null && /^\d+$/.test(id))
  expect(taken.map(Number)).toEqual(numbers(1, last))
  expect(await steady.numbersUpTo(last)).toEqual(numbers(1, last))
  expect(server.requests(path)).toHaveLength(1)
  report({ fault: 'a page in the back/forward cache and back', times, events: 2 * last, told: 0 })
})

test('the worker dies while a page is in the back/forward cache: it comes back to a new one, and misses nothing', async ({
  server,
  plainContext,
  uncaught,
  report,
}) => {
  const live = server.channel(path)
  const stayHere = server.gate('/stay-here')
  const stayAway = server.gate('/stay-away')
  const traveller = new Traveller(server, plainContext, uncaught)
  await traveller.start()
  live.sendNumbers(1, 10)
  await traveller.untilTold('10')
  stayHere.open()
  await traveller.untilTold('away')
  const browser = plainContext.browser()
  if (browser === null) throw new Error('The context is of a browser')
  await new SharedWorkers(browser, server.origin).kill()
  await server.untilLeft(path)
  live.sendNumbers(11, 20)
  // Or it would leave again at once.
  server.gate('/stay-here')
  stayAway.open()
  await traveller.untilTold('back:true:null')
  await traveller.untilTold('20')
  live.sendNumbers(21, 25)
  await traveller.untilTold('25')
  const taken = traveller.told().filter((id) => id !== null && /^\d+$/.test(id))
  expect(taken.map(Number)).toEqual(numbers(1, 25))
  expect(server.requests(path)).toHaveLength(2)
  report({
    fault: 'the worker killed while a page is in the back/forward cache',
    times: 1,
    events: 25,
    told: 0,
  })
})
