import { beforeEach, describe, expect, it } from 'vitest'

import { reconnectionDelay } from '../../src/core/backoff.js'
import { Hub } from '../../src/core/hub.js'
import type { StreamPolicy } from '../../src/protocol/subscription.js'
import { FakeEnv, settled } from './fakeEnv.js'
import { FakePage } from './fakePage.js'

let env: FakeEnv
let hub: Hub
let page: FakePage

beforeEach(() => {
  env = new FakeEnv()
  hub = new Hub('first', env)
  page = new FakePage(hub, 'a')
})

const start = (policy: Partial<StreamPolicy> = {}) => page.subscribe(1, { policy })

const startOpen = async (policy: Partial<StreamPolicy> = {}): Promise<void> => {
  await start(policy)
  await env.connection.answer()
}

const world = (visibility: 'visible' | 'hidden', network: 'online' | 'offline') => ({ visibility, network })

describe('which statuses are retried', () => {
  it.each([
    [undefined, 503, 'waiting'],
    [undefined, 404, 'closed'],
    [[404], 404, 'waiting'],
    [[404], 503, 'closed'],
    [[], 503, 'closed'],
  ])('retryOn %s, status %i: %s', async (retryOn, status, state) => {
    await start(retryOn === undefined ? {} : { retryOn })
    await env.connection.answer(status)
    await env.connection.end()
    expect(page.states(1).at(-1)).toBe(state)
  })
})

describe('the delay', () => {
  const at = (backoff: StreamPolicy['backoff'], failures: number, chance: number): number =>
    reconnectionDelay({ base: 1000, failures, chance, floor: 0, backoff })

  it('is constant without backoff, as in Ktor', () => {
    expect([0, 1, 5, 50].map((failures) => at(false, failures, 0.9))).toEqual([1000, 1000, 1000, 1000])
  })

  it('grows by its factor up to its cap', () => {
    const backoff = { factor: 3, maxMs: 10_000, jitter: 0 }
    expect([0, 1, 2, 3].map((failures) => at(backoff, failures, 0.5))).toEqual([1000, 3000, 9000, 10_000])
  })

  it('leaves to chance what jitter says of the part above the base', () => {
    expect([0, 0.5, 1].map((chance) => at({ jitter: 0.5 }, 2, chance))).toEqual([2500, 3250, 4000])
    expect([0, 0.5, 1].map((chance) => at({ jitter: 1 }, 2, chance))).toEqual([1000, 2500, 4000])
    expect([0, 0.5, 1].map((chance) => at({ jitter: 0 }, 2, chance))).toEqual([4000, 4000, 4000])
  })

  it('still has Retry-After as its floor', async () => {
    await start({ backoff: false, reconnectionTime: 10 })
    await env.connection.answer(503, { 'retry-after': '7' })
    await env.connection.end()
    expect(page.statuses(1).at(-1)).toMatchObject({ retryAt: env.clock.now() + 7000 })
  })
})

describe('time limits', () => {
  it('KTOR 9: a slow answer is no time-out before connectTimeoutMs', async () => {
    await start({ connectTimeoutMs: 400 })
    await env.clock.advance(399)
    expect(page.states(1)).toEqual(['connecting'])
    await env.clock.advance(1)
    expect(page.statuses(1).at(-1)).toMatchObject({
      state: 'waiting',
      error: { code: 'timeout', message: 'No answer within 400 ms' },
    })
    expect(env.connection.closed).toBe(true)
  })

  it('a connection that is silent for idleTimeoutMs is dropped and made anew', async () => {
    await startOpen({ idleTimeoutMs: 10_000 })
    await env.connection.send('data: x\n\n')
    await env.clock.advance(9_999)
    expect(page.states(1).at(-1)).toBe('open')
    await env.clock.advance(1)
    expect(page.statuses(1).at(-1)).toMatchObject({
      state: 'waiting',
      error: { code: 'timeout', message: 'No byte within 10000 ms' },
    })
    expect(env.connection.closed).toBe(true)
    await env.clock.advance(3000)
    expect(env.connections).toHaveLength(2)
  })

  it('any byte is a sign of life: a comment, a half line', async () => {
    await startOpen({ idleTimeoutMs: 10_000 })
    for (const text of [': ping\n\n', 'da', 'ta: x', '\n\n']) {
      await env.clock.advance(9_000)
      await env.connection.send(text)
    }
    await env.clock.advance(9_999)
    expect(page.states(1)).toEqual(['connecting', 'open'])
    await env.clock.advance(1)
    expect(page.states(1).at(-1)).toBe('waiting')
  })

  it('costs one timer, however many chunks come', async () => {
    await startOpen({ idleTimeoutMs: 10_000 })
    await env.connection.send('data: x\n\n')
    const before = env.clock.pending
    for (let i = 0; i < 100; i += 1) await env.connection.send(': ping\n')
    expect(env.clock.pending).toBe(before)
  })

  it('a stream that waits for a slow session is not silent', async () => {
    await startOpen({ idleTimeoutMs: 500 })
    await env.connection.send('data: x\n\n'.repeat(7000))
    await env.clock.advance(900)
    expect(hub.inspect().streams[0]?.sessions[0]?.pace).toBe('held')
    expect(page.states(1)).toEqual(['connecting', 'open'])
  })

  it('without the option a stream may be silent for ever', async () => {
    await startOpen()
    await env.clock.advance(86_400_000)
    expect(page.states(1)).toEqual(['connecting', 'open'])
  })
})

describe('the size of an event', () => {
  it('has its limit in maxEventSize', async () => {
    await startOpen({ maxEventSize: 10 })
    await env.connection.send('data: 0123456789\n\ndata: 0123456789a\n\n')
    expect(page.payloads(1)).toEqual(['0123456789'])
    expect(page.error(1)).toMatchObject({
      code: 'too-large',
      message: 'An event is larger than 10 characters',
    })
  })
})

describe('while the browser is offline', () => {
  it('no attempt is made and none is burnt; online tries at once', async () => {
    await start({ maxReconnectionAttempts: 2 })
    await env.connection.answer()
    await env.connection.send('data: x\n\n')
    await page.say(world('visible', 'offline'))
    await env.connection.reset()
    expect(page.statuses(1).at(-1)).toMatchObject({ state: 'waiting', attempt: 1, retryAt: Infinity })
    await env.clock.advance(3_600_000)
    expect(env.connections).toHaveLength(1)
    await page.say(world('visible', 'online'))
    expect(env.connections).toHaveLength(2)
    expect(page.statuses(1).at(-1)).toMatchObject({ state: 'connecting', attempt: 1 })
  })

  it('an attempt that was under way does not count', async () => {
    await start({ maxReconnectionAttempts: 1 })
    for (let i = 0; i < 5; i += 1) {
      await page.say(world('visible', 'offline'))
      await env.connection.fail()
      expect(page.states(1).at(-1)).toBe('waiting')
      await page.say(world('visible', 'online'))
    }
    expect(env.connections).toHaveLength(6)
  })

  it('a wait that was running stops, and every session is told', async () => {
    await start()
    await env.connection.fail()
    expect(page.statuses(1).at(-1)).toMatchObject({ retryAt: env.clock.now() + 3000 })
    await page.say(world('visible', 'offline'))
    expect(page.statuses(1).at(-1)).toMatchObject({ state: 'waiting', retryAt: Infinity })
    expect(env.clock.pending).toBe(0)
  })

  it('a page that says so is not believed while another is online', async () => {
    const other = new FakePage(hub, 'b')
    await start()
    await page.say(world('visible', 'offline'))
    await env.connection.fail()
    await env.clock.advance(3000)
    expect(env.connections).toHaveLength(2)
    hub.detach(other.id)
    await env.connection.fail()
    await env.clock.advance(60_000)
    expect(env.connections).toHaveLength(2)
  })

  it('a stream that begins knows it from the page’s first word', async () => {
    const offline = new FakePage(new Hub('second', env), 'o', world('visible', 'offline'))
    await offline.subscribe(1, { policy: { maxReconnectionAttempts: 1 } })
    await env.connection.fail()
    expect(offline.statuses(1).at(-1)).toMatchObject({ state: 'waiting', attempt: 1, retryAt: Infinity })
  })

  it('with reconnection off a failure is final all the same', async () => {
    await page.say(world('visible', 'offline'))
    await start({ maxReconnectionAttempts: 0 })
    await env.connection.fail()
    expect(page.error(1)).toMatchObject({ code: 'network' })
  })
})

describe('a wait ends at once', () => {
  it('when a page of the stream becomes visible', async () => {
    await start()
    await page.say(world('hidden', 'online'))
    await env.connection.fail()
    await page.say(world('visible', 'online'))
    expect(env.connections).toHaveLength(2)
  })

  it('but not for a page that has been visible all along, nor for one without a session', async () => {
    const other = new FakePage(hub, 'b', world('hidden', 'online'))
    await start()
    await env.connection.fail()
    await page.say(world('visible', 'online'))
    await other.say(world('visible', 'online'))
    expect(env.connections).toHaveLength(1)
  })

  it('but not for a stream that lingers without a session', async () => {
    await start()
    await env.connection.fail()
    await page.unsubscribe(1)
    await page.say(world('visible', 'offline'))
    await page.say(world('visible', 'online'))
    expect(env.connections).toHaveLength(1)
  })

  it('but not before Retry-After', async () => {
    await start()
    await page.say(world('hidden', 'online'))
    await env.connection.answer(503, { 'retry-after': '60' })
    await env.connection.end()
    await page.say(world('visible', 'online'))
    expect(env.connections).toHaveLength(1)
    await env.clock.advance(59_999)
    expect(env.connections).toHaveLength(1)
    await env.clock.advance(1)
    expect(env.connections).toHaveLength(2)
  })

  it('when the machine has slept: one late timer wakes all streams', async () => {
    await page.subscribe(1, { request: { url: 'http://s/x' } })
    await env.connection.fail()
    await page.subscribe(2, { request: { url: 'http://s/y' }, policy: { reconnectionTime: 600_000 } })
    await env.connection.fail()
    expect(env.connections).toHaveLength(2)
    await env.clock.sleep(120_000)
    expect(
      env.connections
        .map(({ request }) => request.url)
        .slice(2)
        .sort(),
    ).toEqual(['http://s/x', 'http://s/y'])
  })

  it('and a server that accepts and closes is never asked faster than the backoff', async () => {
    await start({ reconnectionTime: 1000, backoff: { jitter: 0 } })
    for (const [i, delay] of [2000, 4000, 8000, 16_000, 30_000, 30_000].entries()) {
      await env.connection.answer()
      await env.connection.end()
      await env.clock.advance(delay - 1)
      expect(env.connections).toHaveLength(i + 1)
      await env.clock.advance(1)
      expect(env.connections).toHaveLength(i + 2)
    }
  })
})

describe('what an error shows of the text received lately', () => {
  const lines = 'id: 1\ndata: one\n\nid: 2\ndata: two\n\n: note\nid: 3\ndata: three\n\n'
  const shown = async (bufferPolicy?: StreamPolicy['bufferPolicy']): Promise<string | undefined> => {
    await startOpen({ maxReconnectionAttempts: 0, ...(bufferPolicy === undefined ? {} : { bufferPolicy }) })
    await env.connection.send(lines)
    await env.connection.reset()
    return page.error(1)?.response?.body
  }

  it.each<[StreamPolicy['bufferPolicy'], string]>([
    [undefined, ''],
    ['off', ''],
    ['all', lines],
    ['lastEvent', ': note\nid: 3\ndata: three\n\n'],
    [{ lastEvents: 2 }, 'id: 2\ndata: two\n\n: note\nid: 3\ndata: three\n\n'],
    [{ lastLines: 3 }, 'id: 3\ndata: three\n\n'],
  ])('KTOR 20: %s', async (policy, body) => {
    expect(await shown(policy)).toBe(body)
  })

  it('spans reconnections, and is what a later refusal shows', async () => {
    await startOpen({ bufferPolicy: 'all', maxReconnectionAttempts: 1 })
    await env.connection.send('data: one\n\n')
    await env.connection.end()
    await env.clock.advance(3000)
    await env.connection.answer(500)
    await env.connection.send('out of order')
    await env.connection.end()
    expect(page.error(1)?.response).toMatchObject({ status: 500, body: 'data: one\n\n' })
  })

  it('a refused first connection always has its own body', async () => {
    await start({ bufferPolicy: 'all' })
    await env.connection.answer(404)
    await env.connection.send('its own')
    await env.connection.end()
    expect(page.error(1)?.response?.body).toBe('its own')
  })

  it('is bounded by 65,536 characters', async () => {
    await startOpen({ maxReconnectionAttempts: 0, bufferPolicy: 'all' })
    for (let i = 0; i < 30; i += 1) await env.connection.send(`: ${'x'.repeat(10_000)}\n`)
    await env.connection.send(': last\n')
    await env.connection.reset()
    const body = page.error(1)?.response?.body ?? ''
    expect(body).toHaveLength(65_536)
    expect(body.endsWith('xx\n: last\n')).toBe(true)
  })

  it('shows what had begun when the connection broke', async () => {
    await startOpen({ maxReconnectionAttempts: 0, bufferPolicy: 'lastEvent' })
    await env.connection.send('data: one\n\ndata: two\n\ndata: thr')
    await env.connection.reset()
    expect(page.error(1)?.response?.body).toBe('data: two\n\ndata: thr')
  })
})

describe('resume', () => {
  const oneEvent = async (): Promise<void> => {
    await env.connection.answer()
    await env.connection.send('id: 7\ndata: x\n\n')
    await page.take(1, 1)
    await page.unsubscribe(1)
    await env.clock.advance(2000)
  }

  it('persisted: the next stream begins where this one was', async () => {
    await start()
    await oneEvent()
    await start()
    expect(env.connection.lastEventId).toBe('7')
  })

  it('memory: a drop resumes, nothing is stored', async () => {
    await start({ resume: 'memory' })
    await env.connection.answer()
    await env.connection.send('id: 7\ndata: x\n\n')
    await page.take(1, 1)
    await env.connection.end()
    await env.clock.advance(3000)
    expect(env.connection.lastEventId).toBe('7')
    expect(env.store.writes).toBe(0)
    expect(hub.inspect().streams[0]?.storage).toEqual({ state: 'off' })
    await page.unsubscribe(1)
    await env.clock.advance(2000)
    await start({ resume: 'memory' })
    expect(env.connection.lastEventId).toBeUndefined()
  })

  it('none: every connection begins with what is new, and the session is told', async () => {
    await start({ resume: 'none' })
    await env.connection.answer()
    await env.connection.send('id: 7\ndata: x\n\n')
    await env.connection.end()
    await env.clock.advance(3000)
    expect(env.connection.lastEventId).toBeUndefined()
    await env.connection.answer()
    expect(page.deliveries.filter(({ type }) => type === 'gap')).toMatchObject([
      { type: 'gap', session: 1, gap: { reason: 'unresumable', after: '7' } },
    ])
    expect(env.store.writes).toBe(0)
  })

  it('a stream of its own stores nothing', async () => {
    await page.subscribe(1, { request: { own: 'mine' } })
    await env.connection.answer()
    await env.connection.send('id: 7\ndata: x\n\n')
    await page.take(1, 1)
    expect(env.store.writes).toBe(0)
  })

  it('a cursor older than resumeMaxAgeMs is not used, by default older than a day', async () => {
    for (const [policy, maxAge] of [
      [{ resumeMaxAgeMs: 5000 }, 5000],
      [{}, 86_400_000],
    ] as const) {
      env.store.cursors.clear()
      await start(policy)
      await oneEvent()
      const [key] = env.store.cursors.keys()
      const keptAt = env.store.cursors.get(key ?? '')?.at ?? 0
      await env.clock.advance(keptAt + maxAge - env.clock.now())
      await start(policy)
      expect(env.connection.lastEventId).toBe('7')
      await page.unsubscribe(1)
      await env.clock.advance(2000)
      await start(policy)
      expect(env.connection.lastEventId).toBeUndefined()
      await page.unsubscribe(1)
      await env.clock.advance(2000)
    }
  })

  it('lastEventId is where a stream starts that has no kept cursor', async () => {
    await start({ lastEventId: '3' })
    expect(env.connection.lastEventId).toBe('3')
    await oneEvent()
    await start({ lastEventId: '3' })
    expect(env.connection.lastEventId).toBe('7')
  })
})

describe('forget', () => {
  const keepOne = async (session: number, request: { url: string; identity?: string }): Promise<void> => {
    await page.subscribe(session, { request })
    await env.connection.answer()
    await env.connection.send('id: 7\ndata: x\n\n')
    await page.take(session, 1)
  }
  const startAgain = async (session: number, request: { url: string; identity?: string }) => {
    await page.subscribe(session, { request })
    return env.connection.lastEventId
  }
  const leaveAll = async (): Promise<void> => {
    for (const session of [1, 2, 3]) await page.unsubscribe(session)
    await env.clock.advance(2000)
  }
  const [a, b, c] = [
    { url: 'http://s/a', identity: 'me' },
    { url: 'http://s/b', identity: 'me' },
    { url: 'http://s/c', identity: 'you' },
  ]

  it.each([
    ['one stream', { type: 'stream', request: { method: 'GET', ...a } }, [undefined, '7', '7']],
    ['one identity', { type: 'identity', identity: 'me' }, [undefined, undefined, '7']],
    ['all', { type: 'all' }, [undefined, undefined, undefined]],
  ] as const)('%s', async (_, what, starts) => {
    for (const [i, request] of [a, b, c].entries()) await keepOne(i + 1, request)
    await leaveAll()
    await hub.forget(what)
    const found: unknown[] = []
    for (const [i, request] of [a, b, c].entries()) found.push(await startAgain(i + 1, request))
    expect(found).toEqual(starts)
  })

  it('a stream that runs writes only what comes afterwards', async () => {
    await keepOne(1, a)
    // Within the pause after the first write: this one waits.
    await env.connection.send('id: 8\ndata: x\n\n')
    await page.take(1, 2)
    await hub.forget({ type: 'all' })
    await leaveAll()
    await settled()
    expect(env.store.cursors.size).toBe(0)
  })
})
