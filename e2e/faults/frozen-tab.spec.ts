import { mergeTests } from '@playwright/test'
import { test as plainTest } from '../plainBrowser.js'
import { openTab, type Tab } from '../test.js'
import { processOf, residentMegabytes } from './processMemory.js'
import { expect, expectWhole, test as faultTest } from './faultTest.js'

const test = mergeTests(plainTest, faultTest)

test('a frozen tab under 200,000 events: bounded memory, the others get everything, and thawed it is told its gap', async ({
  server,
  plainContext,
  uncaught,
  report,
}) => {
  test.setTimeout(120_000)
  const path = '/flood'
  const count = 200_000
  const address = `${path}?count=${count}&size=200`
  const gate = server.gate(path)
  const open = (): Promise<Tab> => openTab(plainContext, server.origin, uncaught)
  // The first tab's process has the worker; the frozen one's has nothing else.
  const [reading, another, frozen] = [await open(), await open(), await open()]
  const ledgers = [await reading.count(address, { first: 1 }), await another.count(address, { first: 1 })]
  const sleeper = await frozen.count(address, { first: 1 })
  // A tab that is seen is not frozen.
  await reading.page.bringToFront()
  const browser = plainContext.browser()
  if (browser === null) throw new Error('The context is of a browser')
  const processes = [await processOf(reading.page, browser), await processOf(frozen.page, browser)] as const
  expect(processes[0]).not.toBe(processes[1])
  const memory = (): [number, number] => [residentMegabytes(processes[0]), residentMegabytes(processes[1])]
  const cdp = await plainContext.newCDPSession(frozen.page)
  await frozen.page.evaluate(() =>
    document.addEventListener('freeze', () => Object.assign(window, { wasFrozen: true })),
  )
  await cdp.send('Page.setWebLifecycleState', { state: 'frozen' })
  await frozen.page.waitForFunction(() => 'wasFrozen' in window, undefined, { polling: 100 })
  const atRest = memory()

  const startedAt = Date.now()
  gate.open()
  let events = 0
  for (const ledger of ledgers) {
    const account = await ledger.upTo(count)
    expectWhole(account, count)
    events += account.events
  }
  const seconds = (Date.now() - startedAt) / 1000
  const after = memory()
  const grown = { worker: after[0] - atRest[0], frozen: after[1] - atRest[1] }
  const session = (await reading.inspect()).streams[0]?.sessions.find(({ pace }) => pace === 'behind')
  expect(session?.queued).toBeLessThanOrEqual(4096)
  expect(session?.inFlight).toBeLessThanOrEqual(1024)
  // The flood is 50 MB of text, in a port's queue several times as much; what the credit allows is 1.
  expect(grown.frozen).toBeLessThan(30)

  await cdp.send('Page.setWebLifecycleState', { state: 'active' })
  const thawed = await sleeper.upTo(count)
  expectWhole(thawed, count, thawed.gaps.length)
  expect(thawed.gaps.map(({ reason }) => reason)).toEqual(['overflow'])
  expect(server.requests(path)).toHaveLength(1)
  report({
    fault: 'a tab frozen under 200,000 events of 200 characters',
    times: 1,
    events: events + thawed.events,
    told: thawed.lost,
    measured: {
      "growth of the frozen tab's process": `${grown.frozen.toFixed(0)} MB`,
      'growth of the process with the worker and a reading tab, garbage included': `${grown.worker.toFixed(0)} MB`,
      'time until both reading tabs had everything': `${seconds.toFixed(1)} s`,
    },
  })
})
