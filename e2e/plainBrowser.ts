import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext } from '@playwright/test'
import { test as base } from './test.js'

/**
 * A Chromium as a user starts it. Playwright's own takes every page for visible, so that none can be frozen, and has no
 * back/forward cache.
 */
export const test = base.extend<{ plainContext: BrowserContext }>({
  plainContext: async ({ playwright, launchOptions }, use) => {
    const profile = await mkdtemp(join(tmpdir(), 'sse-broker-plain-'))
    const executable = launchOptions.executablePath ?? playwright.chromium.executablePath()
    const args = [
      '--headless',
      '--no-sandbox',
      '--no-first-run',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
    ]
    const chromium = spawn(executable, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    const exited = once(chromium, 'exit')
    let said = ''
    const address = await new Promise<string>((resolve, reject) => {
      exited.then(() => reject(new Error(`Chromium has ended: ${said}`)), reject)
      chromium.stderr.on('data', (text: Buffer) => {
        said += text.toString()
        const [, listening] = /DevTools listening on (ws:\S+)/.exec(said) ?? []
        if (listening !== undefined) resolve(listening)
      })
    })
    const browser = await playwright.chromium.connectOverCDP(address, { noDefaults: true })
    const [context] = browser.contexts()
    if (context === undefined) throw new Error('Chromium has a context of its own')
    await use(context)
    await browser.close()
    chromium.kill()
    await exited
    await rm(profile, { recursive: true, maxRetries: 5 })
  },
})
