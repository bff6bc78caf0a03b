import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { resolveOptions, type SseOptions } from '../../src/client/options.js'
import { Session } from '../../src/client/session.js'
import { SseError } from '../../src/client/sseError.js'
import type { SseEvent } from '../../src/protocol/event.js'
import type { Delivery } from '../../src/protocol/message.js'

const response = { status: 200, statusText: 'OK', url: 'http://s/x', headers: [], body: '' } as const
const call = { request: { method: 'GET', url: 'http://s/x', headers: [] }, response } as const
const gone = { code: 'network', message: 'gone', attempts: 3 } as const

/** A session without a broker: the test is the worker's side. */
function setup<T>(options: SseOptions<T> = {}) {
  const takes: number[] = []
  const answers: unknown[] = []
  const left = vi.fn(async (_id: number, _taken: number) => {})
  const session = new Session(1, 'http://s/x', resolveOptions(options, {}), {
    taken: (_, position) => void takes.push(position),
    answer: (_, question, answer) => void answers.push({ question, answer }),
    leave: left,
  })
  // Whoever opens a session waits for this; here nobody may.
  session.opened.catch(() => {})
  let position = 0
  return {
    session,
    takes,
    answers,
    left,
    open: () => session.receive({ type: 'status', session: 1, status: { state: 'open', since: 5, call } }),
    events: (...ids: string[]) => {
      const batch = ids.map((id) => [(position += 1), id, `data ${id}`])
      session.receive({ type: 'events', session: 1, batch: JSON.stringify(batch) })
    },
    end: (rest: { error?: typeof gone } = {}) => session.receive({ type: 'end', session: 1, ...rest }),
    restart: () => {
      position = 0
      session.detached()
      session.receive({ type: 'again', session: 1, id: '', position: 0 })
    },
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

async function ids<T>(incoming: AsyncIterable<SseEvent<T>>, count: number): Promise<string[]> {
  const list: string[] = []
  const iterator = incoming[Symbol.asyncIterator]()
  while (list.length < count) {
    const { value, done } = await iterator.next()
    if (done === true) break
    list.push(value.id)
  }
  return list
}

describe('opening', () => {
  it('resolves when the stream is open', async () => {
    const { session, open } = setup()
    expect(() => session.call).toThrow('never open')
    open()
    await session.opened
    expect(session.call.response.status).toBe(200)
    expect(session.status).toEqual({ state: 'open', since: 5, cursor: '' })
  })

  it('rejects with the first failure', async () => {
    const { session } = setup()
    const status = { state: 'closed', reason: 'failed', error: gone } as const
    session.receive({ type: 'status', session: 1, status })
    await expect(session.opened).rejects.toMatchObject({ code: 'network', attempts: 3 })
  })

  it('resolves on a 204, and there is nothing to read', async () => {
    const { session, end } = setup()
    const status = {
      state: 'closed',
      reason: 'ended',
      call: { ...call, response: { ...response, status: 204 } },
    } as const
    session.receive({ type: 'status', session: 1, status })
    end()
    await session.opened
    expect(session.call.response.status).toBe(204)
    expect(await ids(session.incoming, 1)).toEqual([])
  })

  it('rejects when the session is closed or aborted first', async () => {
    const closed = setup()
    await closed.session.close()
    await expect(closed.session.opened).rejects.toMatchObject({ code: 'closed' })
    const controller = new AbortController()
    const aborted = setup({ signal: controller.signal })
    controller.abort('why')
    await expect(aborted.session.opened).rejects.toBe('why')
    expect(aborted.left).toHaveBeenCalledOnce()
  })
})

describe('incoming', () => {
  it('yields what has come, and waits for what comes', async () => {
    const { session, events } = setup()
    events('1', '2')
    const read = ids(session.incoming, 4)
    events('3')
    events('4')
    expect(await read).toEqual(['1', '2', '3', '4'])
  })

  it('gives what came before the failure, then throws it once', async () => {
    const { session, events, end, left } = setup()
    events('1')
    end({ error: gone })
    expect(await session.incoming.next()).toMatchObject({ value: { id: '1' } })
    await expect(session.incoming.next()).rejects.toMatchObject({ code: 'network', message: 'gone' })
    expect(await session.incoming.next()).toEqual({ done: true, value: undefined })
    expect(left).toHaveBeenCalledOnce()
  })

  it('an event is taken when its reader asks for the next one', async () => {
    const { session, takes, events } = setup()
    events('1', '2')
    await session.incoming.next()
    session.flush()
    expect(takes).toEqual([])
    await session.incoming.next()
    session.flush()
    expect(takes).toEqual([1])
    expect(session.status.cursor).toBe('1')
  })

  it('leaving the loop takes the event in hand, and closes the session', async () => {
    const { session, takes, left, events } = setup()
    events('1', '2', '3')
    for await (const { id } of session.incoming) if (id === '2') break
    expect(takes).toEqual([1])
    // The other port is another queue: the last position goes along with the leave.
    expect(left).toHaveBeenCalledExactlyOnceWith(1, 2)
    expect(session.status).toMatchObject({ state: 'closed', reason: 'closed', cursor: '2' })
  })

  it('a step by hand may come before a loop, and a loop after the end is empty', async () => {
    const { session, events, end } = setup()
    events('1', '2')
    end()
    expect((await session.incoming.next()).value?.id).toBe('1')
    const read: string[] = []
    for await (const { id } of session.incoming) read.push(id)
    for await (const { id } of session.incoming) read.push(id)
    expect(read).toEqual(['2'])
  })

  it('a second reader throws at once', () => {
    const { session } = setup()
    session.incoming[Symbol.asyncIterator]()
    expect(() => session.incoming[Symbol.asyncIterator]()).toThrow(
      expect.objectContaining({ code: 'options', message: expect.stringContaining('has a reader already') }),
    )
    expect(() => session.readable).toThrow('has a reader already')
  })

  it('close() ends it without an error, in the middle of a wait too', async () => {
    const { session } = setup()
    const next = session.incoming.next()
    await session.close()
    expect(await next).toEqual({ done: true, value: undefined })
  })

  it('an abort throws the signal’s reason, and drops what is unread', async () => {
    const controller = new AbortController()
    const { session, events } = setup({ signal: controller.signal })
    events('1', '2')
    await session.incoming.next()
    const reason = new Error('mine')
    controller.abort(reason)
    await expect(session.incoming.next()).rejects.toBe(reason)
    expect(session.status).toMatchObject({ state: 'closed', reason: 'aborted' })
  })
})

describe('deserialize', () => {
  it('json and functions', async () => {
    const json = setup<{ n: number }>({ deserialize: 'json' })
    json.session.receive({ type: 'events', session: 1, batch: '[[1,"1","{\\"n\\":7}"]]' })
    expect((await json.session.incoming.next()).value?.data).toEqual({ n: 7 })
    const length = setup({ deserialize: (data, event) => `${event.id}:${data.length}` })
    length.events('1')
    expect((await length.session.incoming.next()).value?.data).toBe('1:6')
  })

  it('a failure takes the event’s place; a new loop goes on with the next', async () => {
    const { session, events } = setup({
      deserialize: (data) => {
        if (data === 'data 2') throw new Error('bad')
        return data
      },
    })
    events('1', '2', '3')
    const read: string[] = []
    const loop = async (): Promise<void> => {
      for await (const { id } of session.incoming) {
        read.push(id)
        if (id === '3') break
      }
    }
    const failure = expect.objectContaining({
      code: 'decode',
      event: { id: '2', event: 'message', data: 'data 2' },
      message: expect.stringContaining('bad'),
    })
    await expect(loop()).rejects.toEqual(failure)
    await loop()
    expect(read).toEqual(['1', '3'])
  })

  it('comments and retries are not deserialized', async () => {
    const deserialize = vi.fn(() => 1)
    const { session } = setup({ deserialize })
    const batch = JSON.stringify([
      [1, '', { comments: 'hi' }],
      [2, '', { retry: 9 }],
    ])
    session.receive({ type: 'events', session: 1, batch })
    expect((await session.incoming.next()).value).toMatchObject({ comments: 'hi', data: undefined })
    expect((await session.incoming.next()).value).toMatchObject({ retry: 9, data: undefined })
    expect(deserialize).not.toHaveBeenCalled()
  })
})

describe('on', () => {
  it('gives what lies unread to all listeners of one task, and counts it as taken', async () => {
    const { session, takes, events } = setup()
    const heard: string[] = []
    events('1')
    session.on('message', ({ id }) => heard.push(`a${id}`))
    session.on('*', ({ id }) => heard.push(`b${id}`))
    session.on('other', ({ id }) => heard.push(`c${id}`))
    await Promise.resolve()
    events('2')
    session.flush()
    expect(heard).toEqual(['a1', 'b1', 'a2', 'b2'])
    expect(takes).toEqual([1, 2])
  })

  it('a listener that throws is reported, and nobody else notices', async () => {
    const { session, events } = setup()
    const heard: string[] = []
    session.on('*', () => {
      throw new Error('mine')
    })
    session.on('*', ({ id }) => heard.push(id))
    await Promise.resolve()
    events('1', '2')
    expect(heard).toEqual(['1', '2'])
    expect(reported).toHaveLength(2)
  })

  it('what a deserializer throws is reported with its event', async () => {
    const { session, events } = setup({ deserialize: 'json' })
    session.on('*', () => {})
    await Promise.resolve()
    events('1')
    expect(reported).toEqual([expect.objectContaining({ code: 'decode' })])
  })

  it('beside a reader, hears what comes from now on, and leaves the reader its own', async () => {
    const { session, events } = setup()
    events('1')
    await session.incoming.next()
    const heard: string[] = []
    session.on('*', ({ id }) => heard.push(id))
    await Promise.resolve()
    events('2')
    expect(heard).toEqual(['2'])
    expect((await session.incoming.next()).value?.id).toBe('2')
  })

  it('stops when told', async () => {
    const { session, events } = setup()
    const heard: string[] = []
    const stop = session.on('*', ({ id }) => heard.push(id))
    await Promise.resolve()
    events('1')
    stop()
    events('2')
    expect(heard).toEqual(['1'])
  })

  it('closed by a listener: nothing more of the batch is heard', async () => {
    const { session, events } = setup()
    const heard: string[] = []
    session.on('*', ({ id }) => {
      heard.push(id)
      if (id === '2') void session.close()
    })
    await Promise.resolve()
    events('1', '2', '3', '4')
    expect(heard).toEqual(['1', '2'])
  })

  it('what comes while nobody listens waits for the next listener', async () => {
    const { session, events } = setup()
    const heard: string[] = []
    const stop = session.on('*', ({ id }) => heard.push(id))
    await Promise.resolve()
    events('1')
    stop()
    events('2')
    session.on('*', ({ id }) => heard.push(id))
    await Promise.resolve()
    events('3')
    expect(heard).toEqual(['1', '2', '3'])
  })

  it('leaves the worker when the stream has ended', async () => {
    const { session, events, end, left } = setup()
    session.on('*', () => {})
    await Promise.resolve()
    events('1')
    end()
    expect(left).toHaveBeenCalledOnce()
  })
})

describe('readable', () => {
  it('reads what incoming reads, takes nothing ahead, and cancelling closes the session', async () => {
    const { session, takes, events, left } = setup()
    events('1', '2', '3')
    const reader = session.readable.getReader()
    expect((await reader.read()).value?.id).toBe('1')
    session.flush()
    expect(takes).toEqual([])
    expect((await reader.read()).value?.id).toBe('2')
    await reader.cancel()
    expect(takes).toEqual([1])
    expect(left).toHaveBeenCalledExactlyOnceWith(1, 2)
  })
})

describe('when the worker has died', () => {
  it('each event once, and only the new worker is told what is taken', async () => {
    const { session, takes, events, restart } = setup()
    const reader = session.incoming
    session.receive({ type: 'kept', session: 1, lineage: 'a', position: 0, id: '' })
    events('1', '2', '3')
    await reader.next()
    await reader.next()
    restart()
    expect(session.status).toMatchObject({ state: 'connecting' })
    expect(session.subscription()).toMatchObject({
      // The second one is in hand, and not taken yet.
      resume: { lineage: 'a', done: { id: '1', position: 1 }, latest: { id: '3', position: 3 } },
    })
    // The new worker starts from the cursor on disk: 1 was taken, 2 is in hand, 3 is unread.
    events('1', '2', '3', '4')
    expect((await reader.next()).value?.id).toBe('3')
    expect((await reader.next()).value?.id).toBe('4')
    session.flush()
    // Those known in the new worker's batch, then the one that was unread.
    expect(takes).toEqual([1, 2, 3])
  })
})

describe('status', () => {
  it('tells every change, and stays closed', async () => {
    const { session, open } = setup()
    const states: string[] = []
    session.onStatus(({ state }) => states.push(state))
    open()
    const waiting = { state: 'waiting', attempt: 1, retryAt: 9, error: gone } as const
    session.receive({ type: 'status', session: 1, status: waiting } satisfies Delivery)
    expect(session.status).toMatchObject({ state: 'waiting', retryAt: 9, error: expect.any(SseError) })
    await session.close()
    open()
    expect(states).toEqual(['open', 'waiting', 'closed'])
  })

  it('gaps are told', () => {
    const { session } = setup()
    const gaps: unknown[] = []
    const stop = session.onGap((gap) => gaps.push(gap))
    session.receive({ type: 'gap', session: 1, gap: { reason: 'overflow', lost: 3 }, since: 0 })
    stop()
    session.receive({ type: 'gap', session: 1, gap: { reason: 'overflow', lost: 4 }, since: 0 })
    expect(gaps).toEqual([{ reason: 'overflow', lost: 3 }])
  })
})
