import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { CodecOptions } from '../../src/client/sessionOptions.js'
import { resolveOptions, type SseOptions } from '../../src/client/options.js'
import type { HeadersFunction } from '../../src/client/requestOptions.js'
import { Session } from '../../src/client/session.js'
import type { SseResponse } from '../../src/client/sseError.js'
import type { SessionStatus } from '../../src/client/status.js'
import type { WireEvent } from '../../src/protocol/event.js'

const response = { status: 200, statusText: '', url: 'http://s/x', headers: [], body: '' } as const
const call = { request: { method: 'GET', url: 'http://s/x', headers: [] }, response } as const

function setup<T>(options: SseOptions<T> | CodecOptions<T>) {
  const answers: unknown[] = []
  const takes: number[] = []
  const session = new Session(1, 'http://s/x', resolveOptions(options, {}), {
    taken: (_, position) => void takes.push(position),
    answer: (_, question, answer) => void answers.push({ question, answer }),
    leave: async () => {},
  })
  session.opened.catch(() => {})
  return {
    session,
    answers,
    takes,
    events: (...batch: WireEvent[]) =>
      session.receive({ type: 'events', session: 1, batch: JSON.stringify(batch) }),
  }
}

const reported: unknown[] = []
beforeEach(() => {
  reported.length = 0
  vi.useFakeTimers()
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a filter in the tab', () => {
  const odd = { filter: ({ data }: { data: string }) => Number(data) % 2 === 1 }

  it('lets go what it says, whether it waits or comes', async () => {
    const { session, events } = setup(odd)
    events([1, 'a', '1'], [2, 'b', '2'], [3, 'c', '3'])
    expect(await session.incoming.next()).toMatchObject({ value: { data: '1' } })
    expect(await session.incoming.next()).toMatchObject({ value: { data: '3' } })
    const next = session.incoming.next()
    events([4, 'd', '4'])
    events([5, 'e', '5'])
    expect(await next).toMatchObject({ value: { data: '5' } })
  })

  it('counts what it lets go as taken, so that the cursor moves', async () => {
    const { session, events, takes } = setup(odd)
    const next = session.incoming.next()
    events([1, 'a', '2'])
    vi.advanceTimersByTime(1000)
    expect(takes).toEqual([1])
    expect(session.status.cursor).toBe('a')
    events([2, 'b', '3'])
    expect(await next).toMatchObject({ value: { id: 'b' } })
  })

  it('is asked for listeners too', async () => {
    const { session, events } = setup(odd)
    const heard: string[] = []
    session.on('*', ({ data }) => heard.push(data))
    await vi.advanceTimersByTimeAsync(0)
    events([1, 'a', '1'], [2, 'b', '2'], [3, 'c', '3'])
    expect(heard).toEqual(['1', '3'])
  })
})

describe('what a codec made', () => {
  it('reaches the reader; its failure too, and the session goes on', async () => {
    const { session, events } = setup<unknown>({ deserialize: { codec: 'order' } })
    events(
      [1, 'a', { value: { id: 1 }, print: 1 }],
      [2, 'b', { failure: { name: 'Error', message: 'bad' }, text: 'as it came', print: 2 }],
      [3, 'c', { value: null, print: 3 }],
    )
    expect(await session.incoming.next()).toMatchObject({ value: { data: { id: 1 } } })
    await expect(session.incoming.next()).rejects.toMatchObject({
      code: 'decode',
      event: { data: 'as it came', id: 'b' },
    })
    expect(await session.incoming.next()).toMatchObject({ value: { data: null } })
  })
})

describe('what the worker is told', () => {
  it('is data: no function of the page is in it', () => {
    const { session } = setup({
      identity: 'me',
      headers: () => ({}),
      filter: () => true,
      onStatus: () => {},
      deserialize: (data) => data,
    })
    const subscription = session.subscription()
    expect(structuredClone(subscription)).toEqual(subscription)
    expect(subscription.interest).toEqual({ showCommentEvents: false, showRetryEvents: false })
  })

  it('names the filter, the codec and the events', () => {
    const { session } = setup<unknown>({
      deserialize: { codec: 'order' },
      filter: { name: 'bySymbol', params: ['A'] },
      match: { a: 1 },
    })
    expect(session.subscription().interest).toMatchObject({
      codec: 'order',
      filter: { name: 'bySymbol', params: ['A'] },
      match: { a: 1 },
    })
  })

  it('stays the same stream of its own when the worker dies', () => {
    const { session } = setup({ share: false })
    const before = session.subscription().request
    session.detached()
    expect(session.subscription().request).toEqual(before)
    expect(before.own).toBeTypeOf('string')
  })
})

describe('a headers function', () => {
  const throwing = (): HeadersInit => {
    throw new RangeError('no token')
  }

  it('answers with data', async () => {
    const { session, answers } = setup({ identity: 'me', headers: async () => ({ 'X-A': '1' }) })
    session.receive({ type: 'headers', session: 1, question: 3 })
    await vi.advanceTimersByTimeAsync(0)
    expect(answers).toEqual([{ question: 3, answer: { type: 'headers', headers: [['x-a', '1']] } }])
  })

  it('gets the 401 that was met', async () => {
    const attempts: { response?: SseResponse }[] = []
    const headers: HeadersFunction = (attempt) => {
      attempts.push(attempt)
      return {}
    }
    const { session } = setup({ identity: 'me', headers })
    session.receive({
      type: 'headers',
      session: 1,
      question: 1,
      response: { ...response, status: 401, headers: [['www-authenticate', 'Bearer']] },
    })
    expect(attempts).toMatchObject([{ response: { status: 401 } }])
    expect(attempts[0]?.response?.headers.get('www-authenticate')).toBe('Bearer')
  })

  it.each([
    ['throws', () => Promise.reject(new RangeError('no token')), 'RangeError', 'no token'],
    ['throws at once', throwing, 'RangeError', 'no token'],
    ['gives what is no header', () => ({ 'no good': 'x' }), 'TypeError', 'no good'],
  ])('that %s answers with its cause', async (_, headers, name, message) => {
    const { session, answers } = setup({ identity: 'me', headers })
    session.receive({ type: 'headers', session: 1, question: 1 })
    await vi.advanceTimersByTimeAsync(0)
    expect(answers).toEqual([
      { question: 1, answer: { type: 'failed', cause: { name, message: expect.stringContaining(message) } } },
    ])
  })
})

describe('onStatus', () => {
  it('hears every state from the first on, before the session is open', () => {
    const seen: SessionStatus['state'][] = []
    const { session } = setup({ onStatus: ({ state }) => seen.push(state) })
    session.receive({ type: 'status', session: 1, status: { state: 'connecting', attempt: 1 } })
    const error = { code: 'network', message: 'gone', attempts: 1 } as const
    session.receive({
      type: 'status',
      session: 1,
      status: { state: 'waiting', attempt: 2, retryAt: 5, error },
    })
    session.receive({ type: 'status', session: 1, status: { state: 'open', since: 5, call } })
    void session.close()
    expect(seen).toEqual(['connecting', 'waiting', 'open', 'closed'])
  })

  it('that throws is reported, and the session goes on', async () => {
    const { session } = setup({
      onStatus: () => {
        throw new Error('mine')
      },
    })
    session.receive({ type: 'status', session: 1, status: { state: 'open', since: 5, call } })
    await session.opened
    expect(reported).toHaveLength(1)
  })
})

describe('status.policy', () => {
  it('is there when the stream has another policy than was asked for', () => {
    const { session } = setup({})
    expect(session.status).not.toHaveProperty('policy')
    const policy = { maxReconnectionAttempts: 3, reconnectionTime: 10 }
    session.receive({ type: 'policy', session: 1, policy })
    expect(session.status.policy).toEqual(policy)
  })
})
