import { readFileSync } from 'node:fs'
import type { Browser, Page } from '@playwright/test'

/** The renderer process of a page, found by what it does: no protocol tells its id. */
export async function processOf(page: Page, browser: Browser): Promise<number> {
  const before = await cpuSeconds(browser)
  await page.evaluate(() => {
    const until = performance.now() + 250
    while (performance.now() < until);
  })
  const after = await cpuSeconds(browser)
  const [busiest] = [...after].sort(([a, x], [b, y]) => y - (before.get(b) ?? 0) - (x - (before.get(a) ?? 0)))
  if (busiest === undefined) throw new Error('The browser has no renderer')
  return busiest[0]
}

/** The resident memory of a process. Linux only, as CI is. */
export function residentMegabytes(pid: number): number {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

async function cpuSeconds(browser: Browser): Promise<Map<number, number>> {
  const cdp = await browser.newBrowserCDPSession()
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo')
  await cdp.detach()
  const renderers = processInfo.filter(({ type }) => type === 'renderer')
  return new Map(renderers.map(({ id, cpuTime }) => [id, cpuTime]))
}
