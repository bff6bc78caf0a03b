import { expect, it } from 'vitest'

import { brokers, eventSources, type Herd } from '../../bench/herd/simulate.js'

const herd: Herd = { browsers: 1000, tabs: 5, outage: 30, span: 70, reconnectionTime: 3000 }

it('a server that comes back meets all of EventSource at once, and a few of ours', () => {
  const [native, ours] = [eventSources(herd), brokers(herd)]
  expect(Math.max(...native.slice(herd.outage))).toBeGreaterThan(4500)
  expect(Math.max(...ours.slice(herd.outage))).toBeLessThan(150)
  // Nobody is lost: each browser's last attempt is the one that finds the server.
  expect(ours.slice(herd.outage).reduce((sum, count) => sum + count, 0)).toBe(1000)
})
