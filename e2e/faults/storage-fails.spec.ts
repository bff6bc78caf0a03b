import { withStorage } from '../server/faultyWorkers.js'
import { expect, expectWhole, test } from './faultTest.js'

const path = '/river/storage'

for (const manner of ['absent', 'refused', 'hangs', 'fails later', 'hangs later'] as const) {
  test(`IndexedDB ${manner}: the stream goes on in memory, and says so`, async ({
    server,
    openTab,
    report,
  }) => {
    server.addFiles(withStorage(manner))
    const river = server.river(path)
    const tab = await openTab()
    const broker = { workerUrl: '/faulty/storage.js' }
    const ledger = await tab.count(path, { broker, first: 1, options: { reconnectionTime: 5 } })
    const storage = async (): Promise<string | undefined> =>
      (await tab.inspect(broker)).streams[0]?.storage.state
    river.advance(500)
    await ledger.upTo(500)
    if (manner.endsWith('later')) {
      await tab.untilStored(500)
      expect(await storage()).toBe('kept')
      await tab.page.evaluate(() => new BroadcastChannel('fault').postMessage('break'))
    }
    river.flow(10)
    await expect.poll(storage).toBe('memory')
    // It resumes from memory: from the last event received.
    river.drop()
    await server.untilOpen(path, 2)
    const last = river.stop()
    const account = await ledger.upTo(last)
    expectWhole(account, last)
    expect(Number(server.lastEventIds(path).at(-1))).toBeGreaterThanOrEqual(500)
    report({ fault: `IndexedDB ${manner}`, times: 1, events: account.events, told: 0 })
  })
}
