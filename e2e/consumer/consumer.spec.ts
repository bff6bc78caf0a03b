// What a user gets: `npm install`, an import, their bundler. No configuration and no file copied by hand.
import { expect, test, type Page } from '@playwright/test'
import { build, createServer, preview, type InlineConfig } from 'vite'
import { EventStream } from './eventStream.js'
import { InstalledApp } from './installedApp.js'

test.describe.configure({ mode: 'default' })

let app: InstalledApp
let stream: EventStream
let config: InlineConfig

test.beforeAll(() => {
  app = new InstalledApp()
})

test.afterAll(() => app.remove())

test.beforeEach(() => {
  stream = new EventStream()
  config = { root: app.folder, configFile: false, logLevel: 'warn', plugins: [stream.plugin] }
})

test('the package brings no other package', () => {
  expect(app.packages).toEqual(['sse-broker'])
})

test('a production build of an app shares one connection across two tabs', async ({ context }) => {
  await build(config)
  const server = await preview({ ...config, preview: { host: '127.0.0.1', port: 0 } })
  try {
    await expectOneConnection(await twoTabs(() => context.newPage(), server.resolvedUrls?.local[0]))
  } finally {
    await server.close()
  }
})

test("Vite's development server does so too, with its dependency optimizer", async ({ context }) => {
  const server = await createServer({ ...config, server: { host: '127.0.0.1', port: 0 } })
  try {
    await server.listen()
    await expectOneConnection(await twoTabs(() => context.newPage(), server.resolvedUrls?.local[0]))
  } finally {
    await server.close()
  }
})

async function twoTabs(newPage: () => Promise<Page>, url: string | undefined): Promise<Page[]> {
  if (url === undefined) throw new Error('A listening server has a URL')
  const tabs = [await newPage(), await newPage()]
  for (const tab of tabs) await tab.goto(url)
  return tabs
}

async function expectOneConnection(tabs: Page[]): Promise<void> {
  for (const tab of tabs) await expect(tab.locator('#state')).toHaveText('open')
  stream.channel.sendNumbers(1, 20)
  const numbers = Array.from({ length: 20 }, (_, index) => new RegExp(`^${index + 1}: `))
  for (const tab of tabs) await expect(tab.locator('#events li')).toHaveText(numbers)
  expect(stream.requests).toHaveLength(1)
  expect(stream.requests[0]?.isAlive).toBe(true)
}
