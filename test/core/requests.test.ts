import { beforeEach, describe, expect, it } from 'vitest'

import { ANSWER_LIMIT_MS } from '../../src/core/headerQuestions.js'
import { Hub } from '../../src/core/hub.js'
import { FakeEnv } from './fakeEnv.js'
import { type Asked, FakePage } from './fakePage.js'

let env: FakeEnv
let hub: Hub
let page: FakePage

beforeEach(() => {
  env = new FakeEnv()
  hub = new Hub('first', env)
  page = new FakePage(hub, 'a')
})

const header = (name: string): string | undefined =>
  env.connection.request.headers.find(([key]) => key.toLowerCase() === name)?.[1]

describe('a request', () => {
  it('KTOR 12: method, headers, body and credentials go along, and again with each reconnection', async () => {
    const request = {
      method: 'POST',
      headers: [['content-type', 'text/plain']] as const,
      body: 'all of it',
      credentials: 'include',
    } as const
    await page.subscribe(1, { request })
    await env.connection.answer()
    await env.connection.send('id: 1\ndata: x\n\n')
    await env.connection.end()
    await env.clock.advance(3000)
    expect(env.connections).toHaveLength(2)
    for (const connection of env.connections) {
      expect(connection.request).toMatchObject({ method: 'POST', body: 'all of it', credentials: 'include' })
      expect(connection.request.headers).toContainEqual(['content-type', 'text/plain'])
    }
    expect(env.connection.lastEventId).toBe('1')
  })

  it('has the headers of the session over the built-in ones', async () => {
    await page.subscribe(1, { request: { headers: [['accept', 'text/event-stream, application/json']] } })
    const accepts = env.connection.request.headers.filter(([name]) => name.toLowerCase() === 'accept')
    expect(accepts).toEqual([['accept', 'text/event-stream, application/json']])
  })

  it.each<[string, Asked['request'], Asked['request']]>([
    ['method', {}, { method: 'POST' }],
    ['body', { method: 'POST', body: 'a' }, { method: 'POST', body: 'b' }],
    ['bytes', { method: 'POST', body: Uint8Array.of(1) }, { method: 'POST', body: Uint8Array.of(2) }],
    ['text and the same as bytes', { body: '49' }, { body: Uint8Array.of(49) }],
    ['headers', { headers: [['x-a', '1']] }, { headers: [['x-a', '2']] }],
    ['credentials', {}, { credentials: 'include' }],
    ['identity', { identity: 'me' }, { identity: 'you' }],
    ['headers from a function, and none', { identity: 'me', asksTab: true }, { identity: 'me' }],
    ['a stream of its own', { own: 'one' }, { own: 'two' }],
    ['a body that looks like other fields', { body: 'a', identity: 'b' }, { body: 'a","b' }],
  ])('two that differ in %s are two streams', async (_, one, other) => {
    await page.subscribe(1, { request: { ...one } })
    await page.subscribe(2, { request: { ...other } })
    await page.subscribe(3, { request: { ...one } })
    expect(hub.inspect().streams).toHaveLength(2)
  })

  it('of the same bytes is the same stream', async () => {
    await page.subscribe(1, { request: { method: 'POST', body: Uint8Array.of(1, 2) } })
    await page.subscribe(2, { request: { method: 'POST', body: Uint8Array.of(1, 2) } })
    expect(env.connections).toHaveLength(1)
  })
})

describe('a policy that another session decided', () => {
  it('is told to the one that asked for something else, before its first status', async () => {
    await page.subscribe(1, { policy: { idleTimeoutMs: 5000 } })
    await page.subscribe(2, { policy: { idleTimeoutMs: 7000 } })
    await page.subscribe(3, { policy: { idleTimeoutMs: 5000 } })
    const told = page.deliveries.filter(({ type }) => type === 'policy')
    expect(told).toEqual([
      {
        type: 'policy',
        session: 2,
        policy: { maxReconnectionAttempts: Infinity, reconnectionTime: 3000, idleTimeoutMs: 5000 },
      },
    ])
    const ofSecond = page.deliveries.filter(({ session }) => session === 2)
    expect(ofSecond.map(({ type }) => type).slice(0, 2)).toEqual(['policy', 'status'])
  })
})

describe('headers from a function', () => {
  const asking: Asked = { request: { identity: 'me', asksTab: true, headers: [['x-static', 's']] } }
  const token = (value: string) => ({ type: 'headers', headers: [['authorization', value]] }) as const
  const thrown = { type: 'failed', cause: { name: 'Error', message: 'no token' } } as const

  it('are asked before every attempt, and go along with the others', async () => {
    await page.subscribe(1, asking)
    expect(env.connections).toHaveLength(0)
    await page.answer(1, token('one'))
    expect([header('authorization'), header('x-static')]).toEqual(['one', 's'])
    await env.connection.answer()
    await env.connection.send('data: x\n\n')
    await env.connection.end()
    await env.clock.advance(3000)
    expect(page.questions).toHaveLength(2)
    await page.answer(1, token('two'))
    expect(header('authorization')).toBe('two')
  })

  it('are asked of a visible page first', async () => {
    const hidden = new FakePage(hub, 'h', { visibility: 'hidden', network: 'online' })
    const visible = new FakePage(hub, 'v', { visibility: 'visible', network: 'online' })
    await hidden.subscribe(1, asking)
    await hidden.answer(1, token('one'))
    await visible.subscribe(1, asking)
    await env.connection.fail()
    await env.clock.advance(3000)
    expect([hidden.questions.length, visible.questions.length]).toEqual([1, 1])
  })

  it('are asked of the next page when one dies', async () => {
    const other = new FakePage(hub, 'b')
    await page.subscribe(1, asking)
    await other.subscribe(1, asking)
    expect([page.questions.length, other.questions.length]).toEqual([1, 0])
    hub.detach('a')
    await env.clock.advance(0)
    expect(other.questions).toHaveLength(1)
    await other.answer(1, token('other'))
    expect(header('authorization')).toBe('other')
  })

  it('are asked of the next page when one does not answer in time, or throws', async () => {
    const [second, third] = [new FakePage(hub, 'b'), new FakePage(hub, 'c')]
    for (const one of [page, second, third]) await one.subscribe(1, asking)
    await env.clock.advance(ANSWER_LIMIT_MS)
    expect(second.questions).toHaveLength(1)
    await second.answer(1, thrown)
    expect(third.questions).toHaveLength(1)
    // The first one's answer comes too late to be another answer to the third's question.
    await page.answer(1, token('late'))
    expect(env.connections).toHaveLength(0)
    await third.answer(1, token('third'))
    expect(header('authorization')).toBe('third')
  })

  it('that throw everywhere fail the attempt with their cause, and it is retried', async () => {
    await page.subscribe(1, asking)
    await page.answer(1, thrown)
    expect(page.statuses(1).at(-1)).toMatchObject({
      state: 'waiting',
      error: {
        code: 'headers',
        message: 'No headers: no token',
        cause: { message: 'no token' },
        attempts: 1,
      },
    })
    await env.clock.advance(6000)
    expect(page.questions).toHaveLength(2)
  })

  it('are not taken from an answer to an earlier question', async () => {
    await page.subscribe(1, asking)
    await env.clock.advance(ANSWER_LIMIT_MS + 6000)
    expect(page.questions).toHaveLength(2)
    await page.answer(1, token('stale'), 0)
    expect(env.connections).toHaveLength(0)
    await page.answer(1, token('fresh'))
    expect(header('authorization')).toBe('fresh')
  })

  it('that are never answered fail the attempt, and it is retried', async () => {
    await page.subscribe(1, asking)
    await env.clock.advance(ANSWER_LIMIT_MS)
    expect(page.statuses(1).at(-1)).toMatchObject({
      state: 'waiting',
      error: { code: 'headers', cause: { name: 'TimeoutError' } },
    })
    await env.clock.advance(6000)
    expect(page.questions).toHaveLength(2)
  })

  it('that take longer than the whole attempt may are its failure, and are not waited for', async () => {
    const other = new FakePage(hub, 'b')
    for (const one of [page, other]) await one.subscribe(1, { ...asking, policy: { connectTimeoutMs: 4000 } })
    await env.clock.advance(4000)
    expect(page.statuses(1).at(-1)).toMatchObject({ state: 'waiting', error: { code: 'headers' } })
    // The wait for the next attempt, and no other timer.
    expect(env.clock.pending).toBe(1)
    expect(other.questions).toEqual([])
    await page.answer(1, token('late'))
    expect(env.connections).toHaveLength(0)
  })

  it('KTOR 10: are asked once more on a 401, with the answer, and then events flow', async () => {
    await page.subscribe(1, asking)
    await page.answer(1, token('stale'))
    await env.connection.answer(401, { 'www-authenticate': 'Bearer' })
    await env.connection.send('expired')
    await env.connection.end()
    expect(page.questions.at(-1)?.response).toMatchObject({ status: 401, body: 'expired' })
    expect(page.states(1)).toEqual(['connecting'])
    await page.answer(1, token('fresh'))
    expect(header('authorization')).toBe('fresh')
    await env.connection.answer()
    await env.connection.send('data: x\n\n')
    expect(page.payloads(1)).toEqual(['x'])
    expect(env.connections[0]?.closed).toBe(true)
  })

  it('are not asked a third time: a second 401 is final', async () => {
    await page.subscribe(1, asking)
    for (const value of ['stale', 'also stale']) {
      await page.answer(1, token(value))
      await env.connection.answer(401)
      await env.connection.end()
    }
    expect(page.questions).toHaveLength(2)
    expect(page.error(1)).toMatchObject({ code: 'status', response: { status: 401 } })
  })

  it('leave no timer behind when the session goes while they are asked', async () => {
    await page.subscribe(1, asking)
    await page.unsubscribe(1)
    await env.clock.advance(2000)
    expect(hub.inspect().streams).toEqual([])
    expect(env.clock.pending).toBe(0)
    await env.clock.advance(60_000)
    expect(env.connections).toHaveLength(0)
  })

  it('without a function a 401 is final at once', async () => {
    await page.subscribe(1)
    await env.connection.answer(401)
    await env.connection.end()
    expect(page.error(1)).toMatchObject({ code: 'status', response: { status: 401 } })
  })
})
