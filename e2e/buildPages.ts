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
  await build({
    configFile: fileURLToPath(new URL('pages/vite.config.ts', import.meta.url)),
    logLevel: 'warn',
  })
}
