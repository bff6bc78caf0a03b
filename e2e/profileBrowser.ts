import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext } from '@playwright/test'
import { openTab as openTabIn, test as base, type Tab } from './test.js'

/** A browser with a profile on disk, which outlives it. */
export interface ProfileBrowser {
  openTab: () => Promise<Tab>
  /** Ends it as a power cut would: no page, no worker and no database gets a last word. */
  kill: () => Promise<void>
  /** Ends it as a user does. */
  quit: () => Promise<void>
}

export const test = base.extend<{ launch: () => Promise<ProfileBrowser> }>({
  launch: async ({ playwright, browserName, launchOptions, server, uncaught }, use) => {
    const profile = await mkdtemp(join(tmpdir(), 'sse-broker-profile-'))
    const launched: BrowserContext[] = []
    await use(async () => {
      const context = await playwright[browserName].launchPersistentContext(profile, launchOptions)
      launched.push(context)
      return {
        openTab: () => openTabIn(context, server.origin, uncaught),
        kill: () => kill(context),
        quit: () => context.close(),
      }
    })
    for (const context of launched) await context.close()
    await rm(profile, { recursive: true })
  },
})

async function kill(context: BrowserContext): Promise<void> {
  const cdp = await context.browser()?.newBrowserCDPSession()
  const { processInfo } = (await cdp?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] }
  const browserProcess = processInfo.find(({ type }) => type === 'browser')
  if (browserProcess === undefined) throw new Error('The browser does not tell its process')
  const closed = context.waitForEvent('close')
  process.kill(browserProcess.id, 'SIGKILL')
  await closed
}
