import { beforeEach, describe, expect, it, vi } from 'vitest'

import { Hub } from '../../src/core/hub.js'
import type { Registry } from '../../src/core/registry.js'
import type { Match } from '../../src/protocol/json.js'
import { FakeEnv } from './fakeEnv.js'
import { FakePage } from './fakePage.js'

// Which events leave the worker, and in which shape: match, named filters, codecs.

const registry = {
  codecs: {
    length: (data) => ({ length: data.length }),
    field: (_, event) => Object.keys(Object(event.json())),
    nothing: () => undefined,
    throws: (data) => {
      throw new RangeError(`cannot read ${data}`)
    },
    cycle: () => {
      const loop: { self?: unknown } = {}
      loop.self = loop
      return loop
    },
  },
  filters: {
    longer: (event, params) => event.data.length > Number(params),
    throws: () => {
      throw new Error('no filter')
    },
  },
} satisfies Registry

let env: FakeEnv
let hub: Hub
let page: FakePage

beforeEach(() => {
  env = new FakeEnv()
  hub = new Hub('first', env, registry)
  page = new FakePage(hub, 'a')
})

const send = async (...data: string[]): Promise<void> => {
  await env.connection.answer()
  await env.connection.send(data.map((one, i) => `id: ${i + 1}\ndata: ${one}\n\n`).join(''))
}

describe('match', () => {
  const quotes = [
    '{"symbol":"A","quote":{"price":1,"open":true}}',
    '{"symbol":"B","quote":{"price":2,"open":false}}',
    '{"symbol":null}',
    'no json',
    '[1,2]',
    '7',
  ]

  it.each<[Match, number[]]>([
    [{ symbol: 'A' }, [1]],
    [{ symbol: ['A', 'B'] }, [1, 2]],
    [{ symbol: null }, [3]],
    [{ 'quote.price': 2 }, [2]],
    [{ 'quote.price': '2' }, []],
    [{ 'quote.open': true }, [1]],
    [{ symbol: 'A', 'quote.price': 2 }, []],
    [{ quote: { price: 1, open: true } }, [1]],
    [{ '0': 1 }, [5]],
    [{ constructor: 'x' }, []],
    [{ 'at.length': 1 }, []],
    [{ 'symbol.length': 1 }, []],
    [{ symbol: [] }, []],
    [{}, [1, 2, 3, 5, 6]],
  ])('%j lets %j through', async (match, ids) => {
    await page.subscribe(1, { interest: { match } })
    await send(...quotes)
    expect(page.events(1).map(([, id]) => Number(id))).toEqual(ids)
  })

  it('goes with names, and lets comments by', async () => {
    await page.subscribe(1, {
      interest: { match: { n: 1 }, events: ['price'], showCommentEvents: true },
    })
    await env.connection.answer()
    await env.connection.send(': hi\nevent: price\ndata: {"n":1}\n\nevent: other\ndata: {"n":1}\n\n')
    expect(page.payloads(1)).toEqual([{ comments: 'hi' }, '{"n":1}'])
  })

  it('what nobody wants still moves the cursor', async () => {
    await page.subscribe(1, { interest: { match: { n: 1 } } })
    await send('{"n":2}')
    expect(hub.inspect().streams[0]).toMatchObject({ cursor: '1', keptCursor: '1' })
  })
})

describe('JSON that several want', () => {
  it('is parsed once per event', async () => {
    const parse = vi.spyOn(JSON, 'parse')
    try {
      await page.subscribe(1, { interest: { match: { n: 1 } } })
      await page.subscribe(2, { interest: { match: { n: [1, 2] } } })
      await page.subscribe(3, { interest: { codec: 'field' } })
      await page.subscribe(4, { interest: { codec: 'field', match: { n: 1 } } })
      await send('{"n":1}')
      expect(parse.mock.calls.filter(([text]) => text === '{"n":1}')).toHaveLength(1)
    } finally {
      parse.mockRestore()
    }
    expect([1, 2, 3, 4].map((session) => page.events(session).length)).toEqual([1, 1, 1, 1])
  })

  it('is not parsed when nobody asks', async () => {
    const parse = vi.spyOn(JSON, 'parse')
    try {
      await page.subscribe(1)
      await send('{"n":1}')
      expect(parse.mock.calls.filter(([text]) => text === '{"n":1}')).toHaveLength(0)
    } finally {
      parse.mockRestore()
    }
  })
})

describe('a codec', () => {
  it('makes what its sessions get; the others get text', async () => {
    await page.subscribe(1, { interest: { codec: 'length' } })
    await page.subscribe(2)
    await send('abc')
    expect(page.payloads(1)).toMatchObject([{ value: { length: 3 } }])
    expect(page.payloads(2)).toEqual(['abc'])
  })

  it('reads an event once, however many sessions there are', async () => {
    const codec = vi.fn((data: string) => data.toUpperCase())
    hub = new Hub('counted', env, { codecs: { codec } })
    page = new FakePage(hub, 'a')
    for (const session of [1, 2, 3]) await page.subscribe(session, { interest: { codec: 'codec' } })
    await send('a', 'b')
    expect(codec).toHaveBeenCalledTimes(2)
    expect(page.payloads(3)).toMatchObject([{ value: 'A' }, { value: 'B' }])
  })

  it('that gives nothing gives null', async () => {
    await page.subscribe(1, { interest: { codec: 'nothing' } })
    await send('a')
    expect(page.payloads(1)).toMatchObject([{ value: null }])
  })

  it('that throws, or makes what JSON cannot say, fails for its sessions alone', async () => {
    await page.subscribe(1, { interest: { codec: 'throws' } })
    await page.subscribe(2, { interest: { codec: 'cycle' } })
    await page.subscribe(3)
    await send('a', 'b')
    const failure = { name: 'RangeError', message: 'cannot read a' }
    expect(page.payloads(1)[0]).toMatchObject({ failure, text: 'a' })
    expect(page.payloads(2)[0]).toMatchObject({ failure: { name: 'TypeError' }, text: 'a' })
    expect(page.payloads(3)).toEqual(['a', 'b'])
    expect(page.states(1)).toEqual(['connecting', 'open'])
  })

  it('leaves comments and retries alone', async () => {
    await page.subscribe(1, {
      interest: { codec: 'length', showCommentEvents: true, showRetryEvents: true },
    })
    await env.connection.answer()
    await env.connection.send(': hi\nretry: 5\ndata: abc\n\n')
    expect(page.payloads(1)).toMatchObject([{ comments: 'hi' }, { retry: 5 }, { value: { length: 3 } }])
  })
})

describe('a filter of the worker', () => {
  it('lets through what it says, with the session’s parameters', async () => {
    await page.subscribe(1, { interest: { filter: { name: 'longer', params: 2 } } })
    await page.subscribe(2, { interest: { filter: { name: 'longer', params: 3 } } })
    await send('ab', 'abc', 'abcd')
    expect(page.payloads(1)).toEqual(['abc', 'abcd'])
    expect(page.payloads(2)).toEqual(['abcd'])
  })

  it('that throws has not said no: the reader is told in the event’s place', async () => {
    await page.subscribe(1, { interest: { filter: { name: 'throws' } } })
    await send('a')
    expect(page.payloads(1)).toMatchObject([{ failure: { name: 'Error', message: 'no filter' }, text: 'a' }])
  })
})

describe('a name that the worker does not know', () => {
  it.each([
    [
      { codec: 'lenght' },
      "sse: option 'deserialize' names the codec 'lenght', which the worker does not know. " +
        "Allowed: 'length', 'field', 'nothing', 'throws', 'cycle'",
    ],
    [
      { filter: { name: 'shorter' } },
      "sse: option 'filter' names the filter 'shorter', which the worker does not know. Allowed: 'longer', 'throws'",
    ],
    [{ codec: 'toString' }, "names the codec 'toString'"],
  ])('%j is answered with those it knows, and no connection is made', async (interest, message) => {
    expect(await page.subscribe(1, { interest })).toMatchObject({
      code: 'options',
      message: expect.stringContaining(message),
    })
    expect(env.connections).toHaveLength(0)
    expect(hub.inspect().tabs).toEqual([{ id: 'a', sessions: 0 }])
  })

  it('a worker without any says so', async () => {
    page = new FakePage(new Hub('plain', env), 'a')
    const wrong = await page.subscribe(1, { interest: { codec: 'any' } })
    expect(wrong?.message).toContain('Allowed: none, since this worker has no codecs')
  })
})

describe('what every tab sees', () => {
  it('is the same changes in the same order; who joins sees the present state at once', async () => {
    const tabs = ['b', 'c', 'd'].map((id) => new FakePage(hub, id))
    const [first, second, third] = tabs
    if (first === undefined || second === undefined || third === undefined) throw new Error('three tabs')
    await first.subscribe(1)
    await second.subscribe(1)
    await env.connection.fail()
    await env.clock.advance(6000)
    await env.connection.answer(503)
    await env.connection.end()
    await third.subscribe(1)
    expect(third.statuses(1)).toEqual(first.statuses(1).slice(-1))
    await env.clock.advance(30_000)
    await env.connection.answer()
    await env.connection.send('data: x\n\n')
    await env.connection.end()
    await env.clock.advance(3000)
    await env.connection.answer(404)
    await env.connection.end()
    expect(first.states(1)).toEqual([
      'connecting',
      'waiting',
      'connecting',
      'waiting',
      'connecting',
      'open',
      'waiting',
      'connecting',
      'closed',
    ])
    expect(second.statuses(1)).toEqual(first.statuses(1))
    expect(third.statuses(1)).toEqual(first.statuses(1).slice(3))
    expect(first.statuses(1).map((status) => ('attempt' in status ? status.attempt : 0))).toEqual([
      1, 2, 2, 3, 3, 0, 1, 1, 0,
    ])
  })
})
