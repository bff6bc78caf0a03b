import { test as base, expect, type BrowserContext } from '@playwright/test'
import { ScriptedServer } from './server/scriptedServer.js'
import { Tab } from './tab.js'

interface Fixtures {
  /** A server of this test's own: another port is another origin, so nothing is shared with other tests. */
  server: ScriptedServer
  /** Opens one more tab with the test page, or with that of another build. */
  openTab: (path?: string) => Promise<Tab>
  /** Errors that no code of the page caught. A test that means one takes it out of here. */
  uncaught: string[]
}

export const test = base.extend<Fixtures>({
  server: async ({}, use) => {
    const server = await new ScriptedServer().start()
    await use(server)
    await server.stop()
  },

  uncaught: async ({}, use) => {
    const uncaught: string[] = []
    await use(uncaught)
    expect(uncaught, 'errors that reached the window').toEqual([])
  },

  openTab: async ({ context, server, uncaught }, use) => {
    await use((path = '/') => openTab(context, server.origin + path, uncaught))
  },
})

export async function openTab(context: BrowserContext, address: string, uncaught: string[]): Promise<Tab> {
  const page = await context.newPage()
  page.on('pageerror', (error) => uncaught.push(error.message))
  await page.goto(address)
  return new Tab(page)
}

export { expect, Tab }

/** Every number from `from` to `to`, once and in order. */
export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
