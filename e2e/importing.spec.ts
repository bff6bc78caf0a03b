import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from './test.js'

const run = promisify(execFile)

test('importing the package in Node starts nothing and touches no global', async () => {
  const script = `
    const before = Reflect.ownKeys(globalThis)
    const { broker, createBroker, isSseError, SseError } = await import('sse-broker')
    const made = createBroker({ name: 'server side' })
    const added = Reflect.ownKeys(globalThis).filter((key) => !before.includes(key)).map(String)
    const resources = process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate|Port|Worker|TCP/.test(name))
    const error = await made.sseSession('http://127.0.0.1/').catch((error) => error)
    console.log(JSON.stringify({
      added, resources, made: typeof made.sse, ready: typeof broker.sse,
      isSseError: isSseError(error), isInstance: error instanceof SseError, code: error.code,
    }))
  `
  // That the process ends by itself is half of the test: a timer or a port would keep it.
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { timeout: 10_000 })
  expect(JSON.parse(stdout)).toEqual({
    added: [],
    resources: [],
    made: 'function',
    ready: 'function',
    isSseError: true,
    isInstance: true,
    code: 'unsupported',
  })
})

test('importing the package in a page starts no worker and asks nothing', async ({
  server,
  openTab,
  browser,
}) => {
  await openTab()
  const cdp = await browser.newBrowserCDPSession()
  const { targetInfos } = await cdp.send('Target.getTargets')
  expect(
    targetInfos.filter(({ type, url }) => type === 'shared_worker' && url.startsWith(server.origin)),
  ).toEqual([])
  expect(server.exchanges).toEqual([])
})
