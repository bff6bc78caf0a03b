import assert from 'node:assert/strict'

import { it } from 'vitest'

import { Hub } from '../../src/core/hub.js'
import { seededRandom } from '../../bench/herd/seededRandom.js'
import { FakeEnv } from './fakeEnv.js'
import { FakePage } from './fakePage.js'

const DAY_MS = 86_400_000

it('a day of drops, retries and offline: every event once and in order, no attempt burnt, nothing left running', async () => {
  const random = seededRandom(7)
  const env = new FakeEnv()
  const hub = new Hub('first', env)
  const page = new FakePage(hub, 'a')
  const end = env.clock.now() + DAY_MS
  const counts = { drops: 0, refusals: 0, offline: 0, silent: 0 }
  let sent = 0
  await page.subscribe(1, { policy: { maxReconnectionAttempts: 20, idleTimeoutMs: 60_000 } })

  while (env.clock.now() < end) {
    const stream = hub.inspect().streams[0]
    const state = stream?.status.state
    if (state === 'waiting') {
      if (random() < 0.01) {
        counts.offline += 1
        const attempts = env.connections.length
        await page.say({ visibility: 'visible', network: 'offline' })
        await env.clock.advance(random() * 1_800_000)
        assert.equal(env.connections.length, attempts, 'an attempt while offline')
        await page.say({ visibility: 'visible', network: 'online' })
      } else {
        await env.clock.advance(1000 * random())
      }
      continue
    }
    if (state === 'connecting') {
      const chance = random()
      if (chance < 0.2) await env.connection.fail()
      else if (chance < 0.4) {
        counts.refusals += 1
        await env.connection.answer(503, random() < 0.3 ? { 'retry-after': '20' } : {})
        await env.connection.end()
      } else await env.connection.answer()
      continue
    }
    assert.equal(state, 'open', `the session is ${state}: ${JSON.stringify(page.error(1))}`)
    // A server that replays: it goes on after the id it was asked for.
    assert.equal(Number(env.connection.lastEventId ?? 0), sent)
    for (let i = random() * 5; i > 0; i -= 1) {
      sent += 1
      await env.connection.send(`id: ${sent}\ndata: ${sent}\n\n`)
      await page.take(1, sent)
      await env.clock.advance(random() * 40_000)
    }
    const chance = random()
    if (chance < 0.45) {
      counts.drops += 1
      await env.connection.reset()
    } else if (chance < 0.9) {
      counts.drops += 1
      await env.connection.end()
    } else {
      counts.silent += 1
      await env.clock.advance(60_000)
    }
  }

  assert.deepEqual(
    page.payloads(1),
    Array.from({ length: sent }, (_, i) => String(i + 1)),
  )
  assert(
    counts.drops > 100 && counts.refusals > 50 && counts.offline > 20 && counts.silent > 10,
    JSON.stringify(counts),
  )
  await page.unsubscribe(1)
  await env.clock.advance(2000)
  assert.equal(env.clock.pending, 0)
  assert.deepEqual(hub.inspect().streams, [])
  assert.equal(env.connections.filter(({ closed }) => !closed).length, 0)
})
