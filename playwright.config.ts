import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'

// Playwright's own browser where neither of these is there.
const chromium = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find(
  (path) => path !== undefined && existsSync(path),
)

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/buildPages.ts',
  fullyParallel: true,
  workers: 2,
  // A test that passes at the second try hides a race.
  retries: 0,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: 'list',
  timeout: 30_000,
  projects: [
    {
      name: 'chromium',
      use: {
        browserName: 'chromium',
        launchOptions: chromium === undefined ? {} : { executablePath: chromium },
      },
    },
  ],
})
