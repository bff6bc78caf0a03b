import { mergeTests } from '@playwright/test'
import { numbers } from '../test.js'
import { test as profileTest } from '../profileBrowser.js'
import { expect, pick, test as faultTest } from './faultTest.js'

const test = mergeTests(profileTest, faultTest)

// Two at a time: a browser takes most of a second to start, and most of that it waits.
for (const half of [1, 2]) {
  test(`the browser is killed at random moments of a stream (half ${half}): the server is asked from what was taken, and nothing is lost`, async ({
    server,
    launch,
    random,
    faults,
    report,
  }) => {
    test.setTimeout(180_000)
    const path = '/next'
    const times = faults({ some: 5, all: 25 })
    // Another draw than the first half's.
    for (let draw = 1; draw < half * 100; draw++) random()
    const lives: { asked: number; taken: number[] }[] = []
    for (let kill = 1; kill <= times; kill++) {
      const browser = await launch()
      const tab = await browser.openTab()
      const before = server.requests('/took').length
      // The page takes an event only when the server knows that it took the one before, so that the server knows all.
      await tab.start(`${path}?count=5000`, {}, { reports: true })
      await server.until(() => server.requests(path).length === kill)
      const wanted = before + pick(random, 400)
      await server.until(() => server.requests('/took').length >= wanted)
      await browser.kill()
      await server.untilLeft(path)
      const taken = server.requests('/took').slice(before)
      lives.push({
        asked: server.requests(path).at(-1)?.lastNumber ?? 0,
        taken: taken.map(({ query }) => Number(query.get('id'))),
      })
    }

    let seen = 0
    let again = 0
    for (const { asked, taken } of lives) {
      // Never ahead: nothing that was not taken is left out. An event is taken when the loop's body is done with it.
      expect(asked).toBeLessThanOrEqual(seen)
      expect(taken).toEqual(numbers(asked + 1, asked + taken.length))
      again += Math.min(seen, asked + taken.length) - asked
      seen = Math.max(seen, asked + taken.length)
    }
    expect(lives).toHaveLength(times)
    const events = lives.reduce((sum, { taken }) => sum + taken.length, 0)
    // The cursor does move, or all of this would be true of a library that keeps nothing.
    expect(lives.at(-1)?.asked).toBeGreaterThan(times)
    report({ fault: `the browser killed (SIGKILL), half ${half}`, times, events, told: 0, again })
  })
}
