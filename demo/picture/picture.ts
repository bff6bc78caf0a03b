import { chromium, type Page } from '@playwright/test'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// Makes docs/dashboard.png, the picture in the README: three tabs of one browser on one connection.
// `npm run build && npx vite build demo && node --import tsx demo/picture/picture.ts`. Takes a minute: so long is a chart.

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const server = spawn(process.execPath, ['--import', 'tsx', here('../server/main.ts')], {
  env: { ...process.env, PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const url = await printedUrl()
const executablePath = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find(
  (path) => path && existsSync(path),
)
const browser = await chromium.launch(executablePath ? { executablePath } : {})
try {
  const context = await browser.newContext()
  const wide = await openTab({ width: 1440, height: 900 }, 'light')
  const few = await openTab({ width: 390, height: 844 }, 'dark')
  const phone = await openTab({ width: 390, height: 844 }, 'light')
  await few.getByRole('checkbox', { name: 'CPU' }).uncheck()
  await few.getByRole('checkbox', { name: 'Load' }).uncheck()
  for (const page of [few, phone]) await page.evaluate(() => scrollTo(0, 0))
  await wide.waitForFunction(
    () => Number(document.getElementById('events')?.innerText.replace(',', '')) > 950,
    null,
    {
      timeout: 120_000,
    },
  )

  const shots = []
  for (const page of [wide, phone, few]) {
    await page.bringToFront()
    shots.push(`data:image/png;base64,${(await page.screenshot()).toString('base64')}`)
  }
  const sheet = await context.newPage()
  await sheet.setViewportSize({ width: 1807, height: 742 })
  await sheet.setContent(sheetOf(shots))
  await sheet.screenshot({ path: here('../../docs/dashboard.png') })

  async function openTab(
    viewport: { width: number; height: number },
    colorScheme: 'light' | 'dark',
  ): Promise<Page> {
    const page = await context.newPage()
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.goto(url)
    return page
  }
} finally {
  await browser.close()
  server.kill()
}

async function printedUrl(): Promise<string> {
  for await (const chunk of server.stdout) {
    const printed = /http:\/\/\S+/.exec(String(chunk))?.[0]
    if (printed !== undefined) return printed
  }
  throw new Error('the demo server did not start')
}

function sheetOf(shots: readonly string[]): string {
  return `<style>
    body { margin: 0; padding: 40px; display: flex; gap: 28px; background: #d9dde4 }
    img { height: 662px; border-radius: 6px; box-shadow: 0 1px 2px #1b223033, 0 10px 28px #1b223033 }
  </style>${shots.map((shot) => `<img src="${shot}">`).join('')}`
}
