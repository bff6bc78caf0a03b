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
  // The second one writes docs/reliability.md, after a whole run of the project `faults`.
  reporter: [['list'], ['./e2e/faults/reliabilityReport.ts']],
  timeout: 30_000,
  use: {
    browserName: 'chromium',
    launchOptions: chromium === undefined ? {} : { executablePath: chromium },
  },
  projects: [
    // All tests, with as many faults as CI has time for.
    { name: 'chromium', testIgnore: '**/soak/**' },
    // The tests under faults, with all the faults that docs/reliability.md speaks of.
    { name: 'faults', testMatch: 'faults/*.spec.ts', metadata: { faults: 'all' } },
    // Only ever by `npm run soak`, which says for how long.
    ...(process.env['SOAK_MINUTES'] === undefined ? [] : [{ name: 'soak', testMatch: 'soak/*.spec.ts' }]),
  ],
})
