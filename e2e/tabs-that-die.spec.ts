import { SharedWorkers } from './sharedWorkers.js'
import { expect, numbers, test, type Tab } from './test.js'

const path = '/live/dying'

// Three tabs read; the first has created the worker. One dies, and the other two carry on.
const deaths: { death: string; victim: number; takesTheWorker: boolean; die: (tab: Tab) => Promise<void> }[] =
  [
    { death: 'a closed tab', victim: 1, takesTheWorker: false, die: (tab) => tab.page.close() },
    {
      death: 'a closed tab that had created the worker',
      victim: 0,
      takesTheWorker: false,
      die: (tab) => tab.page.close(),
    },
    { death: 'a crashed tab', victim: 1, takesTheWorker: false, die: (tab) => tab.crash() },
    {
      death: 'a crashed tab that had created the worker',
      victim: 0,
      takesTheWorker: true,
      die: (tab) => tab.crash(),
    },
    {
      death: 'a tab that navigates away',
      victim: 1,
      takesTheWorker: false,
      die: async ({ page }) => {
        await page.goto(new URL('/elsewhere.html', page.url()).href)
      },
    },
  ]

for (const { death, victim, takesTheWorker, die } of deaths) {
  test(`${death}: the others have every event once and in order`, async ({ server, openTab, browser }) => {
    const live = server.channel(path)
    const tabs = [await openTab(), await openTab(), await openTab()]
    const readers = []
    for (const tab of tabs) readers.push(await tab.read(path, { reconnectionTime: 10 }))
    live.sendNumbers(1, 100)
    for (const reader of readers) await reader.received(100)
    const workers = new SharedWorkers(browser, server.origin)
    const before = await workers.ids()

    const dying = tabs[victim]
    if (dying === undefined) throw new Error('There are three tabs')
    const died = die(dying)
    // Sent while the tab, and perhaps the worker, goes.
    live.sendNumbers(101, 150)
    await died
    live.sendNumbers(151, 200)
    if (takesTheWorker) await server.untilOpen(path, 2)
    live.sendNumbers(201, 250)

    const survivors = readers.filter((_, index) => index !== victim)
    for (const reader of survivors) expect(await reader.numbersUpTo(250)).toEqual(numbers(1, 250))
    expect(server.requests(path)).toHaveLength(takesTheWorker ? 2 : 1)
    expect(server.connections(path)).toBe(1)
    const after = await workers.ids()
    expect(after).toHaveLength(1)
    expect(after[0] === before[0]).toBe(!takesTheWorker)
  })
}

for (const [death, die] of [
  ['closed', (tab: Tab) => tab.page.close()],
  ['crashed', (tab: Tab) => tab.crash()],
] as const) {
  test(`the only tab of a stream ${death}: the server sees the disconnect, others keep theirs`, async ({
    server,
    openTab,
  }) => {
    const staying = await (await openTab()).read('/live/staying')
    const dying = await openTab()
    await dying.read(path)
    await die(dying)
    await server.untilLeft(path)
    server.channel('/live/staying').sendNumbers(1, 3)
    expect(await staying.numbersUpTo(3)).toEqual(numbers(1, 3))
    expect(server.requests(path).map(({ state }) => state)).toEqual(['ended by client'])
    expect(server.requests('/live/staying')).toHaveLength(1)
  })
}

test('a dead tab is forgotten by the broker', async ({ server, openTab }) => {
  const [staying, dying] = [await openTab(), await openTab()]
  await staying.read(path)
  await dying.read(path)
  expect((await staying.inspect()).tabs).toHaveLength(2)
  await dying.crash()
  await expect.poll(async () => (await staying.inspect()).tabs.length).toBe(1)
  expect(server.connections(path)).toBe(1)
})
