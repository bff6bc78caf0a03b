import { type BrowserContext, expect, test as base } from '@playwright/test'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { bytesMoved } from '../demo/server/vitals/disk.js'
import { EventLog } from '../demo/server/eventLog.js'
import { SequenceCheck } from '../demo/src/sequenceCheck.js'
import { Dashboard, type Vital, vitals } from './demo/dashboard.js'
import { DemoServer } from './demo/demoServer.js'

interface Fixtures {
  server: DemoServer
  openTab: () => Promise<Dashboard>
}

const test = base.extend<Fixtures>({
  server: async ({}, use) => {
    const server = await DemoServer.start()
    await use(server)
    await server.stop()
  },
  openTab: async ({ context, server }, use) => {
    const uncaught: string[] = []
    await use(() => openDashboard(context, server.url, uncaught))
    expect(uncaught, 'errors that reached the window').toEqual([])
  },
})

async function openDashboard(context: BrowserContext, url: string, uncaught: string[]): Promise<Dashboard> {
  const page = await context.newPage()
  page.on('pageerror', (error) => uncaught.push(error.message))
  await page.goto(url)
  const dashboard = new Dashboard(page)
  await expect(dashboard.state).toHaveText('Open')
  return dashboard
}

// One worker for this file: all its tests read demo/dist, which is written here.
test.describe.configure({ mode: 'default' })

test.beforeAll(async () => {
  const root = fileURLToPath(new URL('../demo', import.meta.url))
  await build({ root, configFile: `${root}/vite.config.ts`, logLevel: 'warn' })
})

test('three tabs: every one has all vitals, the server counts one connection, nothing missing, nothing double', async ({
  server,
  openTab,
}) => {
  const tabs = [await openTab(), await openTab(), await openTab()]
  for (const tab of tabs) {
    await tab.showsAllVitals()
    await tab.moreEvents(20)
    await tab.isWhole()
    await expect(tab.tabs).toHaveText('3')
    await expect(tab.connections).toHaveText('1')
  }
  expect(await server.counts()).toEqual({ open: 1, total: 1, refused: 0 })
})

test('the connection is cut: the page counts down to the next attempt, and what was missed is replayed', async ({
  server,
  openTab,
}) => {
  const tabs = [await openTab(), await openTab(), await openTab()]
  const [first] = tabs
  if (!first) throw new Error('no tab')
  await first.moreEvents(10)
  const states = await first.statesUntilOpenAgain(() => first.button('Cut the connection').click())

  const countdown = states.flatMap((state) => /^Waiting attempt \d+ in ([\d.]+) s$/.exec(state)?.[1] ?? [])
  expect(countdown.length, 'numbers of the countdown').toBeGreaterThan(2)
  expect(countdown.map(Number)).toEqual(countdown.map(Number).sort((one, other) => other - one))
  for (const tab of tabs) {
    await expect(tab.state).toHaveText('Open')
    await tab.moreEvents(30)
    await tab.isWhole()
  }
  expect(await server.counts()).toEqual({ open: 1, total: 2, refused: 0 })
})

test('the server is away: the tabs wait, are refused, and go on where they stopped', async ({
  server,
  openTab,
}) => {
  const tabs = [await openTab(), await openTab(), await openTab()]
  const [first] = tabs
  if (!first) throw new Error('no tab')
  await first.moreEvents(10)
  // The button says ten seconds; the test has less patience.
  await first.page.route('**/faults/away?ms=10000', (route) =>
    route.continue({ url: new URL('faults/away?ms=1500', server.url).href }),
  )
  const states = await first.statesUntilOpenAgain(() => first.button('Take the server away for 10 s').click())
  expect(states.some((state) => state.startsWith('Waiting'))).toBe(true)
  for (const tab of tabs) {
    await expect(tab.state).toHaveText('Open', { timeout: 15_000 })
    await tab.moreEvents(30)
    await tab.isWhole()
  }
  const { open, total, refused } = await server.counts()
  expect({ open, total }).toEqual({ open: 1, total: 2 })
  expect(refused).toBeGreaterThan(0)
})

test('a tab that is opened while the server is away counts down too, and opens when it is back', async ({
  context,
  server,
  openTab,
}) => {
  const first = await openTab()
  await first.page.evaluate(() => fetch('./faults/away?ms=5000', { method: 'POST' }))
  await expect(first.state).toHaveText('Waiting')
  const late = new Dashboard(await context.newPage())
  await late.page.goto(server.url)
  await expect(late.state).toHaveText('Waiting')
  await expect(late.page.getByTestId('state-detail')).toHaveText(/^attempt \d+ in [\d.]+ s$/)
  await expect(late.state).toHaveText('Open', { timeout: 15_000 })
  await late.moreEvents(20)
  await late.isWhole()
  await expect(late.tabs).toHaveText('2')
})

test('a tab that subscribes to fewer vitals gets only those, on the same connection', async ({
  server,
  openTab,
}) => {
  const all = await openTab()
  const few = await openTab()
  const filtered: Vital[] = ['loop', 'disk', 'network']
  for (const vital of filtered) await few.subscribes(vital).uncheck()
  await expect(few.state).toHaveText('Open')
  await few.moreEvents(30)
  for (const vital of vitals) {
    if (filtered.includes(vital)) await expect(few.reading(vital), vital).toHaveText('–')
    else await expect(few.reading(vital), vital).toHaveText(/\d/)
  }
  await all.showsAllVitals()
  await few.isWhole()
  await all.isWhole()

  await few.subscribes('disk').check()
  await expect(few.reading('disk')).toHaveText(/\d/)
  await few.isWhole()
  expect(await server.counts()).toEqual({ open: 1, total: 1, refused: 0 })
})

test('the session is closed and opened again, for this tab alone', async ({ server, openTab }) => {
  const closing = await openTab()
  const staying = await openTab()
  await closing.button('Close the session').click()
  await expect(closing.state).toHaveText('Closed')
  await expect(closing.tabs).toHaveText('1')
  const events = await closing.events()
  await staying.moreEvents(30)
  expect(await closing.events()).toBe(events)
  expect(await server.counts()).toMatchObject({ open: 1, total: 1 })

  await staying.button('Close the session').click()
  await expect.poll(async () => (await server.counts()).open).toBe(0)

  await closing.button('Open the session').click()
  await expect(closing.state).toHaveText('Open')
  await closing.moreEvents(30)
  await closing.isWhole()
  expect(await server.counts()).toMatchObject({ open: 1, total: 2 })
})

test('the server is restarted: the page says that its log is gone, and cries no wolf', async ({
  server,
  openTab,
}) => {
  const tab = await openTab()
  await tab.moreEvents(10)
  await server.stop()
  await expect(tab.state).toHaveText('Waiting')
  const restarted = await DemoServer.start({ port: server.port })
  try {
    await expect(tab.note).toContainText('The server was restarted')
    await expect(tab.state).toHaveText('Open')
    await tab.moreEvents(20)
    await tab.isWhole()
  } finally {
    await restarted.stop()
  }
})

test('every control is reached and worked by keyboard alone', async ({ openTab }) => {
  const tab = await openTab()
  const { keyboard } = tab.page
  const walk: string[] = []
  for (let step = 0; step < 4 + vitals.length; step++) {
    await keyboard.press('Tab')
    const focused = await tab.page.evaluate(() => {
      const element = document.activeElement
      if (!(element instanceof HTMLElement)) return 'nothing'
      if (getComputedStyle(element).outlineStyle === 'none') return `${element.id} without a visible focus`
      return element instanceof HTMLInputElement ? element.value : element.innerText
    })
    walk.push(focused)
  }
  expect(walk).toEqual([
    'Open another tab',
    'Cut the connection',
    'Take the server away for 10 s',
    'Close the session',
    ...vitals,
  ])

  await keyboard.press('Space')
  await expect(tab.reading('network')).toHaveText('–')
  for (let step = 0; step < vitals.length; step++) await keyboard.press('Shift+Tab')
  await keyboard.press('Enter')
  await expect(tab.state).toHaveText('Closed')
  await keyboard.press('Enter')
  await expect(tab.state).toHaveText('Open')

  await tab.page.getByRole('button', { name: 'Open another tab' }).focus()
  const [another] = await Promise.all([tab.page.context().waitForEvent('page'), keyboard.press('Enter')])
  await expect(new Dashboard(another).state).toHaveText('Open')
  await expect(tab.tabs).toHaveText('2')
})

test('numbers change, and nothing on the page moves', async ({ openTab }) => {
  const tab = await openTab()
  await tab.showsAllVitals()
  // From two digits on: a count that grows by a digit pushes the word behind it, once in ten times as long.
  await tab.moreEvents(12)
  const shifts = await tab.page.evaluateHandle(async () => {
    // The web font takes the place of the system's once, as the page loads; that is no number that changes.
    await document.fonts.ready
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    const scores: string[] = []
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) scores.push(JSON.stringify(entry))
    }).observe({ type: 'layout-shift' })
    return scores
  })
  await tab.moreEvents(35)
  expect(await shifts.jsonValue()).toEqual([])
})

test('a chart is painted once per frame at most, and never without frames, as in a hidden tab', async ({
  openTab,
}) => {
  const tab = await openTab()
  const other = await openTab()
  await tab.showsAllVitals()
  const paints = await tab.page.evaluateHandle(async () => {
    const perCanvas = new Map<HTMLCanvasElement, number>()
    const clearRect = Reflect.get(CanvasRenderingContext2D.prototype, 'clearRect')
    CanvasRenderingContext2D.prototype.clearRect = function (...box) {
      perCanvas.set(this.canvas, (perCanvas.get(this.canvas) ?? 0) + 1)
      clearRect.apply(this, box)
    }
    const frame = window.requestAnimationFrame.bind(window)
    const held: FrameRequestCallback[] = []
    window.requestAnimationFrame = (callback) => held.push(callback)
    // A frame that was asked for before we held them back.
    await new Promise(frame)
    perCanvas.clear()
    const giveOneFrame = async () => {
      await new Promise<void>((resolve) => {
        frame((time) => {
          for (const callback of held.splice(0)) callback(time)
          resolve()
        })
      })
      // uPlot paints in a microtask of the frame; the next frame begins after it.
      await new Promise(frame)
    }
    return { count: () => [...perCanvas.values()], giveOneFrame }
  })
  await other.moreEvents(30)
  expect(await paints.evaluate(({ count }) => count()), 'paints without frames').toEqual([])
  await paints.evaluate(({ giveOneFrame }) => giveOneFrame())
  expect(await paints.evaluate(({ count }) => count()), 'paints of the six charts in one frame').toEqual(
    vitals.map(() => 1),
  )
})

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [size, viewport] of [
    ['wide', { width: 1440, height: 900 }],
    ['phone', { width: 390, height: 844 }],
  ] as const) {
    test.describe(() => {
      test.use({ colorScheme, viewport })
      test(`looks: ${colorScheme}, ${size}`, async ({ openTab }, testInfo) => {
        const picture = async (name: string) => {
          const body = await tab.page.screenshot({ fullPage: true })
          await testInfo.attach(`${name}-${colorScheme}-${size}.png`, { body, contentType: 'image/png' })
        }
        const tab = await openTab()
        await openTab()
        await tab.showsAllVitals()
        await expect(tab.tabs).toHaveText('2')
        const overflow = await tab.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        expect(overflow, 'pixels that stick out on the side').toBeLessThanOrEqual(0)
        await picture('open')
        await tab.page.evaluate(() => fetch('./faults/away?ms=3000', { method: 'POST' }))
        await expect(tab.state).toHaveText('Waiting')
        await picture('waiting')
        await tab.button('Close the session').click()
        await expect(tab.state).toHaveText('Closed')
        await picture('closed')
      })
    })
  }
}

function diskstats(name: string, read: number, written: number): string {
  return ` 254 0 ${name} 9 9 ${read} 9 9 9 ${written} 9 0 9 9 0 0 0 0 0 0`
}

test.describe('what the proof stands on', () => {
  test('the sequence check sees what is missing and what is double, for each name by itself', () => {
    const check = new SequenceCheck()
    const take = (name: string, nth: number) => check.take(name, { seq: 0, at: 0, nth })
    for (const nth of [7, 8, 9]) take('cpu', nth)
    take('load', 3)
    expect(check.tally).toEqual({ events: 4, missing: 0, double: 0 })
    take('cpu', 12)
    expect(check.tally).toEqual({ events: 5, missing: 2, double: 0 })
    take('cpu', 12)
    take('load', 2)
    expect(check.tally).toEqual({ events: 7, missing: 2, double: 2 })
    check.startOver()
    take('cpu', 40)
    expect(check.tally).toEqual({ events: 8, missing: 2, double: 2 })
  })

  test('the log replays what came after an id, and says what it cannot', () => {
    const log = new EventLog('life', 3)
    const texts = [1, 2, 3, 4].map((value) => log.add('cpu', 0, { value }))
    expect(log.since('life-2')).toEqual({ lost: undefined, texts: texts.slice(2) })
    expect(log.since('life-4')).toEqual({ lost: undefined, texts: [] })
    expect(log.since('life-1')).toEqual({ lost: undefined, texts: texts.slice(1) })
    expect(log.since('life-0')).toEqual({
      lost: { reason: 'log-too-short', events: 1 },
      texts: texts.slice(1),
    })
    for (const foreign of ['other-2', 'life-5', 'life-x', 'nonsense', '']) {
      expect(log.since(foreign), foreign).toEqual({ lost: { reason: 'server-restarted' }, texts: [] })
    }
  })

  test('a disk is counted once, not again with its partitions', () => {
    const stats = [
      diskstats('loop0', 100, 100),
      diskstats('nvme0n1', 10, 20),
      diskstats('nvme0n1p1', 10, 20),
      diskstats('sda', 1, 2),
      diskstats('sda1', 1, 2),
      '',
    ]
    expect(bytesMoved(stats.join('\n'))).toEqual([11 * 512, 22 * 512])
  })

  test('the control routes take only POST from the page itself', async ({ server, request }) => {
    const away = new URL('faults/away?ms=100', server.url).href
    const { origin } = new URL(server.url)
    expect((await request.get(away, { headers: { origin } })).status()).toBe(405)
    expect((await request.post(away)).status()).toBe(403)
    expect((await request.post(away, { headers: { origin: 'http://evil.example' } })).status()).toBe(403)
    const rebound = { origin: 'http://evil.example:1', host: 'evil.example:1' }
    expect((await request.post(away, { headers: rebound })).status()).toBe(403)
    expect((await request.post(away.replace('ms=100', 'ms=1e9'), { headers: { origin } })).status()).toBe(400)
    expect((await request.post(away, { headers: { origin } })).status()).toBe(200)
  })
})
