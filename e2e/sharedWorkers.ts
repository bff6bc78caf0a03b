import type { Browser } from '@playwright/test'

/** The SharedWorkers of one origin. Playwright does not see them; the DevTools protocol does. */
export class SharedWorkers {
  readonly #browser: Browser
  readonly #origin: string

  constructor(browser: Browser, origin: string) {
    this.#browser = browser
    this.#origin = origin
  }

  async ids(): Promise<string[]> {
    const cdp = await this.#browser.newBrowserCDPSession()
    const { targetInfos } = await cdp.send('Target.getTargets')
    await cdp.detach()
    return targetInfos
      .filter(({ type, url }) => type === 'shared_worker' && url.startsWith(this.#origin))
      .map(({ targetId }) => targetId)
  }

  /** Ends the only one, as a browser short of memory does: no page is told. */
  async kill(): Promise<void> {
    const [id, another] = await this.ids()
    if (id === undefined || another !== undefined)
      throw new Error('There is not exactly one SharedWorker to kill')
    const cdp = await this.#browser.newBrowserCDPSession()
    await cdp.send('Target.closeTarget', { targetId: id })
    await cdp.detach()
  }
}
