import { expect, type Locator, type Page } from '@playwright/test'

export const vitals = ['cpu', 'load', 'memory', 'loop', 'disk', 'network'] as const

export type Vital = (typeof vitals)[number]

/** One tab with the demo's page. */
export class Dashboard {
  readonly page: Page
  readonly connections: Locator
  readonly tabs: Locator
  readonly state: Locator
  readonly note: Locator

  constructor(page: Page) {
    this.page = page
    this.connections = page.getByTestId('connections')
    this.tabs = page.getByTestId('tabs')
    this.state = page.getByTestId('state')
    this.note = page.locator('#check-note')
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name })
  }

  /** The first number on a vital's card, `–` before there is one. */
  reading(vital: Vital): Locator {
    return this.page.getByTestId(`vital-${vital}`).locator('dd').first()
  }

  subscribes(vital: Vital): Locator {
    return this.page.getByTestId(`vital-${vital}`).getByRole('checkbox')
  }

  async events(): Promise<number> {
    return Number((await this.page.locator('#events').innerText()).replaceAll(',', ''))
  }

  /** Waits until so many more events have come. */
  async moreEvents(more: number): Promise<void> {
    const before = await this.events()
    await expect.poll(() => this.events(), { timeout: 20_000 }).toBeGreaterThanOrEqual(before + more)
  }

  async showsAllVitals(): Promise<void> {
    for (const vital of vitals) await expect(this.reading(vital), vital).toHaveText(/\d/)
  }

  async isWhole(): Promise<void> {
    await expect(this.page.locator('.tally')).toHaveText(/^\s*[\d,]+ events,\s+0 missing,\s+0 double\s*$/)
  }

  /** Runs `action` and returns every state the page showed until it was open again. */
  async statesUntilOpenAgain(action: () => Promise<void>): Promise<string[]> {
    const shown = await this.page.evaluateHandle(() => {
      const words: string[] = []
      const path = document.getElementById('path')
      const word = document.getElementById('state')
      const detail = document.getElementById('state-detail')
      if (!path || !word || !detail) throw new Error('the page has no state line')
      const finished = new Promise<string[]>((resolve) => {
        const observer = new MutationObserver(() => {
          words.push(`${word.textContent} ${detail.textContent}`)
          if (word.textContent !== 'Open' || words.every((each) => each.startsWith('Open'))) return
          observer.disconnect()
          resolve(words)
        })
        observer.observe(path, { childList: true, characterData: true, subtree: true })
      })
      return { finished }
    })
    await action()
    return shown.evaluate(({ finished }) => finished)
  }
}
