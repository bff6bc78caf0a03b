import { expect, test, type Tab } from '../test.js'
import type { TabLedger } from '../tab.js'
import { seededRandom } from '../server/seededRandom.js'
import { SharedWorkers } from '../sharedWorkers.js'
import { workerHeap } from './workerHeap.js'

interface OpenTab {
  readonly tab: Tab
  readonly sessions: { readonly path: string; readonly ledger: TabLedger }[]
}

const MINUTES = Number(process.env['SOAK_MINUTES'])
const MAX_TABS = 6
/** The heap may grow by so many megabytes in all: marks, logs and compiled code, not a leak. */
const MAX_GROWTH_MB = 16
const paths = ['/river/soak-1', '/river/soak-2', '/river/soak-3']

test(`${MINUTES} minutes of tabs that come and go, servers that misbehave and workers that die`, async ({
  server,
  openTab,
  context,
  browser,
}) => {
  test.setTimeout((MINUTES + 6) * 60_000)
  const seed = Number(process.env['SEED'])
  const random = seededRandom(seed)
  const pick = (below: number): number => Math.floor(random() * below)
  const workers = new SharedWorkers(browser, server.origin)
  const done = new Map<string, number>()
  const count = (what: string, more = 1): void => void done.set(what, (done.get(what) ?? 0) + more)
  const flow = (): void => paths.forEach((path, index) => server.river(path).flow(index + 1))

  const witness: OpenTab = { tab: await openTab(), sessions: [] }
  for (const path of paths) witness.sessions.push({ path, ledger: await read(witness.tab, path, 1) })
  const tabs: OpenTab[] = []
  flow()
  await witness.sessions[0]?.ledger.upTo(2000)
  const heapBefore = await heap(witness.tab)
  let lastKill = performance.now()

  /** What a session got is all that was sent since it began; then it is over. */
  async function settle({ path, ledger }: OpenTab['sessions'][number]): Promise<void> {
    const account = await ledger.upTo(server.river(path).last)
    expect({ path, wrong: account.wrong }).toEqual({ path, wrong: [] })
    expect(account.events + account.lost).toBe(account.last - (account.first ?? account.last + 1) + 1)
    count('sessions checked')
    count('events checked', account.events)
    count('events told as lost', account.lost)
    await ledger.close()
  }

  const actions: Record<string, () => Promise<void>> = {
    'tab opened': async () => {
      if (tabs.length >= MAX_TABS) return
      const opened: OpenTab = { tab: await openTab(), sessions: [] }
      tabs.push(opened)
      for (const path of paths) {
        if (pick(3) > 0) opened.sessions.push({ path, ledger: await read(opened.tab, path) })
      }
    },
    'session closed': async () => {
      const { sessions } = tabs[pick(tabs.length)] ?? { sessions: [] }
      const [session] = sessions.splice(pick(sessions.length), 1)
      if (session !== undefined) await settle(session)
    },
    'tab closed': async () => {
      const [closed] = tabs.splice(pick(tabs.length), 1)
      for (const session of closed?.sessions ?? []) await settle(session)
      await closed?.tab.page.close()
    },
    'tab crashed': async () => {
      const [crashed] = tabs.splice(pick(tabs.length), 1)
      await crashed?.tab.crash()
      await crashed?.tab.page.close()
    },
    'tab reloaded': async () => {
      const opened = tabs[pick(tabs.length)]
      if (opened === undefined) return
      opened.sessions.length = 0
      await opened.tab.page.reload()
      opened.sessions.push({ path: paths[0] ?? '', ledger: await read(opened.tab, paths[0] ?? '') })
    },
    'connections cut': async () => server.river(paths[pick(3)] ?? '').drop('cut'),
    'connections reset': async () => server.river(paths[pick(3)] ?? '').drop('reset'),
    'connections ended': async () => server.river(paths[pick(3)] ?? '').drop('end'),
    burst: async () => server.river(paths[pick(3)] ?? '').advance(5000),
    'server restarted': async () => {
      await server.stop()
      await server.start()
      flow()
    },
    'worker killed': async () => {
      // One that dies as soon as it starts is rightly given up.
      const [only, another] = await workers.ids()
      if (performance.now() - lastKill < 3000 || only === undefined || another !== undefined) return
      lastKill = performance.now()
      await workers.kill()
    },
  }
  const names = Object.keys(actions)

  const end = performance.now() + MINUTES * 60_000
  while (performance.now() < end) {
    const name = names[pick(names.length)] ?? ''
    await actions[name]?.()
    count(name)
    const watched = witness.sessions[pick(3)]
    if (watched !== undefined) await watched.ledger.upTo(server.river(watched.path).last + pick(300))
  }

  for (const path of paths) server.river(path).stop()
  for (const { tab, sessions } of tabs) {
    for (const session of sessions) await settle(session)
    await tab.page.close()
  }
  for (const session of witness.sessions) await settle(session)

  // No connection, stream, tab or lock is left that should not be.
  for (const path of paths) await server.untilLeft(path)
  await expect.poll(async () => (await witness.tab.inspect()).streams).toEqual([])
  await expect
    .poll(async () => (await witness.tab.inspect()).tabs.map(({ sessions }) => sessions))
    .toEqual([0])
  await expect.poll(() => locks(witness.tab)).toEqual({ held: ['broker', 'tab'], pending: ['broker', 'tab'] })
  const [worker, another] = await workers.ids()
  expect(another).toBeUndefined()
  const heapAfter = await heap(witness.tab)
  const heapOfWorker = await workerHeap(browser, worker ?? '')
  const requests = server.exchanges.length

  // A page of the same origin that does not use the library sees the locks of all.
  const auditor = await openTab('/elsewhere.html')
  await witness.tab.page.close()
  // Its extended lifetime keeps the worker for a while, and the lock that stands for its life.
  const brokers = (await workers.ids()).map(() => 'broker')
  await expect.poll(() => locks(auditor)).toEqual({ held: brokers, pending: [] })
  // A timer that outlived its stream would ask again.
  expect(server.exchanges).toHaveLength(requests)

  const summary = [...done, ['seed', seed], ['requests', requests]]
    .map(([what, number]) => `${String(number).padStart(10)}  ${what}`)
    .join('\n')
  const memory = `heap of the page ${heapBefore.toFixed(1)} → ${heapAfter.toFixed(1)} MB, of the worker ${heapOfWorker.toFixed(1)} MB`
  console.log(`\nSoak of ${MINUTES} minutes\n${summary}\n${memory}`)
  expect(heapAfter - heapBefore).toBeLessThan(MAX_GROWTH_MB)
  expect(heapOfWorker).toBeLessThan(MAX_GROWTH_MB)

  async function heap({ page }: Tab): Promise<number> {
    const cdp = await context.newCDPSession(page)
    await cdp.send('HeapProfiler.collectGarbage')
    const { usedSize } = await cdp.send('Runtime.getHeapUsage')
    await cdp.detach()
    return usedSize / 2 ** 20
  }
})

function read(tab: Tab, path: string, first?: number): Promise<TabLedger> {
  const options = { reconnectionTime: 20 }
  return tab.count(path, first === undefined ? { options } : { options, first })
}

/** The library's locks, by their kind. */
function locks({ page }: Tab): Promise<{ held: string[]; pending: string[] }> {
  return page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query()
    const kinds = (all: LockInfo[]): string[] =>
      all
        .map(({ name = '' }) => name.split(':'))
        .filter(([owner]) => owner === 'sse-broker')
        .map(([, kind = '']) => kind)
        .sort()
    return { held: kinds(held), pending: kinds(pending) }
  })
}
