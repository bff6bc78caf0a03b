import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** Playwright's global setup: the pages, with the built package in them. */
export default async function buildPages(): Promise<void> {
  for (const file of ['index.js', 'worker.js']) {
    if (!existsSync(new URL(`../dist/${file}`, import.meta.url))) {
      throw new Error(
        `dist/${file} is missing: the end-to-end tests use the built package. Run \`npm run build\` first.`,
      )
    }
  }
  // All faults of one run are drawn from one seed. Workers inherit the environment.
  process.env['SEED'] ??= String(randomInt(1_000_000))
  console.log(`Seed of the random faults: ${process.env['SEED']} (again: SEED=${process.env['SEED']} …)`)
  await build({
    configFile: fileURLToPath(new URL('pages/vite.config.ts', import.meta.url)),
    logLevel: 'warn',
  })
}
