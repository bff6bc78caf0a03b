// Playwright on the browser that the setup found, wherever that is.
import { browsers, findBrowser } from './browsers.mjs'
import { run } from './run.mjs'

/**
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env]
 */
export function playwright(args, env = {}) {
  const found = browsers.map((browser) => [browser.variable, findBrowser(browser)?.path])
  return run('playwright', ['test', ...args], { env: { ...Object.fromEntries(found), ...env } })
}
