import { expect, test as base, type Tab } from '../test.js'
import type { Account } from '../pages/ledger.js'
import { seededRandom } from '../server/seededRandom.js'
import { type Figures, FIGURES } from './figures.js'

interface FaultFixtures {
  /** How many faults: `some` where CI has no time for `all`. */
  faults: (counts: { some: number; all: number }) => number
  /** A random number from 0 up to 1, of the run's seed. */
  random: () => number
  /** Tells the report what this test has survived. */
  report: (figures: Figures) => void
}

export const test = base.extend<FaultFixtures>({
  faults: async ({}, use, { project }) => {
    await use(({ some, all }) => (project.metadata['faults'] === 'all' ? all : some))
  },

  random: async ({}, use) => {
    await use(seededRandom(Number(process.env['SEED'])))
  },

  report: async ({ browser }, use, { annotations }) => {
    annotations.push({ type: 'browser', description: `Chromium ${browser.version()}` })
    await use((figures) => annotations.push({ type: FIGURES, description: JSON.stringify(figures) }))
  },
})

export { expect, type Tab }

/** Every event up to `last` came once and in order, or is in a gap that was told; of those there are `gaps`. */
export function expectWhole(account: Account, last: number, gaps = 0): void {
  expect(account).toMatchObject({ last, wrong: [] })
  expect(account.gaps).toHaveLength(gaps)
  expect(account.events + account.lost).toBe(last - (account.first ?? 1) + 1)
}

/** A whole number from 0 up to but not including `below`. */
export function pick(random: () => number, below: number): number {
  return Math.floor(random() * below)
}
