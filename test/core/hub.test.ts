import { beforeEach, describe, expect, it } from 'vitest'

import { STORE_WAIT_MS, WRITE_INTERVAL_MS } from '../../src/core/cursorKeeper.js'
import { LOG_MAX_EVENTS } from '../../src/core/eventLog.js'
import { Hub } from '../../src/core/hub.js'
import { LINGER_MS } from '../../src/core/stream.js'
import type { WireEvent } from '../../src/protocol/event.js'
import type { BrokerMessage, Delivery } from '../../src/protocol/message.js'
import type { Interest, Overflow, Resume, Subscription } from '../../src/protocol/subscription.js'
import { FakeEnv, FakeStore, settled } from './fakeEnv.js'

const defaults = { maxReconnectionAttempts: Infinity, reconnectionTime: 3000 }
const overflow: Overflow = { limit: 4096, maxChars: 4_194_304, patienceMs: 1000, policy: 'gap' }
const everything: Interest = { showCommentEvents: false, showRetryEvents: false }

/** A tab as the hub sees it, that notes what it gets. */
class FakeTab {
  readonly messages: BrokerMessage[] = []
  readonly #latest = new Map<number, number>()
  readonly #hub: Hub
  readonly id: string

  constructor(hub: Hub, id: string) {
    this.#hub = hub
    this.id = id
    hub.attach(id, (message) => {
      this.messages.push(message)
      for (const delivery of message.deliveries) {
        if (delivery.type !== 'events') continue
        const events: WireEvent[] = JSON.parse(delivery.batch)
        this.#latest.set(delivery.session, events.at(-1)?.[0] ?? 0)
      }
    })
  }

  async subscribe(session: number, url: string, rest: Partial<Subscription> = {}): Promise<void> {
    this.#hub.subscribe(this.id, {
      session,
      request: { url, method: 'GET' },
      policy: defaults,
      interest: everything,
      overflow,
      replay: 0,
      ...rest,
    })
    await settled()
  }

  async unsubscribe(session: number, taken = 0): Promise<void> {
    this.#hub.unsubscribe(this.id, session, taken)
    await settled()
  }

  async taken(session: number, position: number): Promise<void> {
    this.#hub.receive(this.id, { type: 'taken', session, position })
    await settled()
  }

  deliveries(session: number): Delivery[] {
    return this.messages.flatMap(({ deliveries }) => deliveries).filter((one) => one.session === session)
  }

  events(session: number): WireEvent[] {
    return this.deliveries(session).flatMap((delivery): WireEvent[] =>
      delivery.type === 'events' ? JSON.parse(delivery.batch) : [],
    )
  }

  data(session: number): unknown[] {
    return this.events(session).map(([, , payload]) => payload)
  }

  states(session: number): string[] {
    return this.deliveries(session).flatMap((one) => (one.type === 'status' ? [one.status.state] : []))
  }

  /** Takes all that has come. */
  async takeAll(session: number): Promise<void> {
    await this.taken(session, this.#latest.get(session) ?? 0)
  }
}

function lineageOf(tab: FakeTab | undefined, session: number): string {
  const [kept] = tab?.deliveries(session).filter(({ type }) => type === 'kept') ?? []
  return kept?.type === 'kept' ? kept.lineage : 'none'
}

let env: FakeEnv
let hub: Hub

beforeEach(() => {
  env = new FakeEnv()
  hub = new Hub('first', env)
})

const block = (id: number): string => `id: ${id}\ndata: ${id}\n\n`
const blocks = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => block(from + i)).join('')

describe('sharing', () => {
  it('many tabs on one URL: one connection, and everyone gets everything', async () => {
    const tabs = ['a', 'b', 'c'].map((id) => new FakeTab(hub, id))
    for (const tab of tabs) await tab.subscribe(1, 'http://s/x')
    expect(env.connections).toHaveLength(1)
    await env.connection.answer()
    await env.connection.send(blocks(1, 3))
    for (const tab of tabs) {
      expect(tab.states(1)).toEqual(['connecting', 'open'])
      expect(tab.data(1)).toEqual(['1', '2', '3'])
    }
  })

  it('one message for all that a tab gets of a chunk, however many sessions', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await tab.subscribe(2, 'http://s/x')
    await env.connection.answer()
    const before = tab.messages.length
    await env.connection.send(blocks(1, 50))
    expect(tab.messages.length - before).toBe(1)
    expect([tab.data(1).length, tab.data(2).length]).toEqual([50, 50])
  })

  it('different URLs and methods: a connection each', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await tab.subscribe(2, 'http://s/y')
    expect(env.connections.map(({ request }) => request.url)).toEqual(['http://s/x', 'http://s/y'])
  })

  it('a late session gets the state of now, and what comes from now on', async () => {
    const [early, late] = [new FakeTab(hub, 'a'), new FakeTab(hub, 'b')]
    await early.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(blocks(1, 3))
    await late.subscribe(1, 'http://s/x')
    expect(late.states(1)).toEqual(['open'])
    await env.connection.send(block(4))
    expect(late.data(1)).toEqual(['4'])
  })

  it('each session has its filter; what is wanted by nobody still moves the cursor', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x', { interest: { ...everything, events: ['a'] } })
    await tab.subscribe(2, 'http://s/x', { interest: { ...everything, showCommentEvents: true } })
    await env.connection.answer()
    await env.connection.send('event: a\ndata: 1\n\n: hi\n\nid: 9\nevent: b\ndata: 2\n\n')
    expect(tab.data(1)).toEqual(['1'])
    expect(tab.data(2)).toEqual(['1', { comments: 'hi' }, '2'])
    expect(hub.inspect().streams[0]).toMatchObject({ cursor: '9', keptCursor: '' })
  })
})

describe('replay', () => {
  it('gives a late session the last events that it wants', async () => {
    const [early, late] = [new FakeTab(hub, 'a'), new FakeTab(hub, 'b')]
    await early.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(`${blocks(1, 3)}event: other\ndata: o\n\n${blocks(4, 5)}`)
    await late.subscribe(1, 'http://s/x', { replay: 3, interest: { ...everything, events: ['message'] } })
    await late.subscribe(2, 'http://s/x', { replay: Infinity })
    await late.subscribe(3, 'http://s/x', { replay: 1, interest: { ...everything, events: ['none'] } })
    await env.connection.send(block(6))
    expect(late.data(1)).toEqual(['3', '4', '5', '6'])
    expect(late.data(2)).toEqual(['1', '2', '3', 'o', '4', '5', '6'])
    expect(late.data(3)).toEqual([])
  })

  it('and what nobody has taken, to the session that takes a lingering stream over', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(blocks(1, 5))
    await tab.taken(1, 3)
    await tab.unsubscribe(1)
    await tab.subscribe(2, 'http://s/x', { replay: 1 })
    await tab.subscribe(3, 'http://s/x', { replay: 4 })
    expect(tab.data(2)).toEqual(['4', '5'])
    expect(tab.data(3)).toEqual(['2', '3', '4', '5'])
  })
})

describe('reconnecting', () => {
  it('KTOR 14: asks from the last id, and everyone has each event once', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(blocks(1, 5))
    await env.connection.end()
    expect(tab.states(1)).toEqual(['connecting', 'open', 'waiting'])
    await env.clock.advance(2999)
    expect(env.connections).toHaveLength(1)
    await env.clock.advance(1)
    expect(env.connection.lastEventId).toBe('5')
    await env.connection.answer()
    await env.connection.send(blocks(6, 10))
    expect(tab.data(1)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])
  })

  it('an event cut off by the end is dropped, its id too; its retry stays', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(`${block(1)}retry: 10\nid: 2\ndata: cut\n`)
    await env.connection.end()
    await env.clock.advance(10)
    expect(env.connections).toHaveLength(2)
    expect(env.connection.lastEventId).toBe('1')
    expect(tab.data(1)).toEqual(['1'])
  })

  it('an id alone moves the cursor; an empty one takes it away', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x', { policy: { ...defaults, reconnectionTime: 0 } })
    await env.connection.answer()
    await env.connection.send('data: a\n\nid: é😀\n\n')
    await env.connection.end()
    await env.clock.advance(0)
    // UTF-8, each byte one character, as header values are.
    expect(env.connection.lastEventId).toBe('\u00c3\u00a9\u00f0\u009f\u0098\u0080')
    await env.connection.answer()
    await env.connection.send('id:\ndata: b\n\n')
    await env.connection.end()
    await env.clock.advance(0)
    expect(env.connection.lastEventId).toBeUndefined()
  })

  it('a 404 ends the session at once, with the answer and its body', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer(404, { 'x-why': 'gone' })
    await env.connection.send('no such ')
    await env.connection.send('stream')
    await env.connection.end()
    const error = {
      code: 'status',
      message: 'Expected status code 200 but was 404',
      attempts: 1,
      response: { status: 404, body: 'no such stream', headers: [['x-why', 'gone']] },
    }
    expect(tab.deliveries(1).slice(-2)).toMatchObject([
      { type: 'status', status: { state: 'closed', reason: 'failed', error } },
      { type: 'end', error },
    ])
    expect(env.connection.closed).toBe(true)
    expect(env.clock.pending).toBeLessThanOrEqual(1)
  })

  it('a refusal whose body never ends is told within a second', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer(200, { 'content-type': 'text/plain' })
    await env.connection.send('endless')
    await env.clock.advance(1000)
    expect(tab.states(1)).toEqual(['connecting', 'closed'])
    expect(env.connection.closed).toBe(true)
  })

  it('204 is a quiet end, with its answer', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer(204)
    expect(tab.deliveries(1).slice(-2)).toMatchObject([
      { type: 'status', status: { state: 'closed', reason: 'ended', call: { response: { status: 204 } } } },
      { type: 'end' },
    ])
    await env.clock.advance(100_000)
    expect(env.connections).toHaveLength(1)
  })

  it('no answer at all is a time-out, and is retried', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.clock.advance(29_999)
    expect(tab.states(1)).toEqual(['connecting'])
    await env.clock.advance(1)
    expect(tab.states(1)).toEqual(['connecting', 'waiting'])
    expect(env.connection.closed).toBe(true)
    await env.clock.advance(30_000)
    expect(env.connections).toHaveLength(2)
  })

  it('an answer that comes after its time-out is ignored', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    const late = env.connection
    await env.clock.advance(30_000)
    await late.answer()
    await late.send(block(1))
    expect(tab.states(1)).toEqual(['connecting', 'waiting'])
    expect(tab.data(1)).toEqual([])
  })

  it('too large an event ends the stream; what came before is delivered', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(`${block(1)}data: ${'x'.repeat(1_048_577)}\n\n${block(3)}`)
    expect(tab.data(1)).toEqual(['1'])
    expect(tab.deliveries(1).at(-1)).toMatchObject({ type: 'end', error: { code: 'too-large' } })
  })

  it('a stream that has failed begins anew for the next session', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer(404)
    await env.connection.end()
    await tab.subscribe(2, 'http://s/x')
    expect(env.connections).toHaveLength(2)
  })
})

describe('linger', () => {
  it('closes the connection a second after the last session', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await tab.unsubscribe(1)
    await env.clock.advance(LINGER_MS - 1)
    expect(env.connection.closed).toBe(false)
    await env.clock.advance(1)
    expect(env.connection.closed).toBe(true)
    expect(hub.inspect().streams).toEqual([])
    expect(env.clock.pending).toBe(0)
  })

  it('a session that comes in time keeps it, and has what came meanwhile', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(blocks(1, 3))
    await tab.takeAll(1)
    hub.detach('a')
    await env.connection.send(blocks(4, 5))
    const next = new FakeTab(hub, 'b')
    await next.subscribe(1, 'http://s/x')
    await env.clock.advance(LINGER_MS * 2)
    await env.connection.send(block(6))
    expect(env.connections).toHaveLength(1)
    expect(next.data(1)).toEqual(['4', '5', '6'])
  })

  it('what the last session had not taken goes to the next one', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(blocks(1, 5))
    await tab.taken(1, 2)
    hub.detach('a')
    const next = new FakeTab(hub, 'b')
    await next.subscribe(1, 'http://s/x')
    expect(next.data(1)).toEqual(['3', '4', '5'])
  })

  it('nobody asks for a new connection without a session', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x', { policy: { ...defaults, reconnectionTime: 10 } })
    await env.connection.answer()
    await env.connection.send(block(1))
    await tab.takeAll(1)
    await tab.unsubscribe(1)
    await env.connection.end()
    await env.clock.advance(LINGER_MS * 2)
    expect(env.connections).toHaveLength(1)
    expect(env.clock.pending).toBe(0)
    await tab.subscribe(2, 'http://s/x')
    expect(env.connection.lastEventId).toBe('1')
  })

  it('too much of it: the server is asked again, from where the session was', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(block(1))
    await tab.takeAll(1)
    hub.detach('a')
    await env.connection.send(blocks(2, LOG_MAX_EVENTS + 2))
    const first = env.connection
    const next = new FakeTab(hub, 'b')
    await next.subscribe(1, 'http://s/x')
    expect(first.closed).toBe(true)
    expect(env.connection.lastEventId).toBe('1')
    await env.connection.answer()
    await env.connection.send(block(2))
    expect(next.data(1)).toEqual(['2'])
  })

  it('too much of it from a server without ids: a gap, told', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer()
    hub.detach('a')
    await env.connection.send('data: x\n\n'.repeat(LOG_MAX_EVENTS + 1))
    const next = new FakeTab(hub, 'b')
    await next.subscribe(1, 'http://s/x')
    expect(next.deliveries(1)).toContainEqual({
      type: 'gap',
      session: 1,
      gap: { reason: 'unresumable', before: '' },
      since: 1,
    })
    expect(next.data(1)).toHaveLength(LOG_MAX_EVENTS)
  })
})

describe('the cursor on disk', () => {
  it('is what every session has taken, written at once, then at most twice a second', async () => {
    const tabs = [new FakeTab(hub, 'a'), new FakeTab(hub, 'b')]
    for (const tab of tabs) await tab.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(blocks(1, 10))
    await tabs[0]?.taken(1, 10)
    await tabs[1]?.taken(1, 4)
    expect([...env.store.cursors.values()].map(({ id }) => id)).toEqual(['4'])
    for (const position of [5, 6, 7, 8]) await tabs[1]?.taken(1, position)
    await env.clock.advance(WRITE_INTERVAL_MS - 1)
    expect(env.store.writes).toBe(1)
    await env.clock.advance(1)
    expect([...env.store.cursors.values()].map(({ id }) => id)).toEqual(['8'])
    expect(env.store.writes).toBe(2)
  })

  it('counts what a session says that it has taken as it leaves', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(blocks(1, 3))
    await tab.unsubscribe(1, 3)
    expect([...env.store.cursors.values()].map(({ id }) => id)).toEqual(['3'])
    await tab.subscribe(2, 'http://s/x')
    expect(tab.data(2)).toEqual([])
  })

  it('is written at once when the last session leaves', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(blocks(1, 3))
    await tab.taken(1, 2)
    await tab.unsubscribe(1)
    expect([...env.store.cursors.values()].map(({ id }) => id)).toEqual(['2'])
  })

  it('is where the next worker starts', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(blocks(1, 3))
    await tab.takeAll(1)
    await env.clock.advance(WRITE_INTERVAL_MS)
    const nextEnv = new FakeEnv(env.store)
    const next = new FakeTab(new Hub('second', nextEnv), 'a')
    await next.subscribe(1, 'http://s/x')
    expect(nextEnv.connection.lastEventId).toBe('3')
    expect(next.messages[0]?.incarnation).toBe('second')
  })

  it('every session is told it, and brings it to a worker that finds none on disk', async () => {
    const tabs = [new FakeTab(hub, 'a'), new FakeTab(hub, 'b')]
    for (const tab of tabs) await tab.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(blocks(1, 5))
    for (const tab of tabs) await tab.taken(1, 4)
    await env.clock.advance(WRITE_INTERVAL_MS)
    for (const tab of tabs) {
      expect(tab.deliveries(1).filter(({ type }) => type === 'kept')).toMatchObject([
        { position: 0, id: '' },
        { position: 4, id: '4' },
      ])
    }
    const lineage = lineageOf(tabs[0], 1)
    const kept = { id: '4', position: 4 }
    const nextEnv = new FakeEnv()
    const nextHub = new Hub('second', nextEnv)
    const [quick, slow] = [new FakeTab(nextHub, 'a'), new FakeTab(nextHub, 'b')]
    const at = (done: number, latest: number): Resume => ({
      lineage,
      kept,
      done: { id: String(done), position: done },
      latest: { id: String(latest), position: latest },
    })
    await quick.subscribe(1, 'http://s/x', { resume: at(9, 9) })
    await nextEnv.connection.answer()
    expect(nextEnv.connection.lastEventId).toBe('4')
    await slow.subscribe(1, 'http://s/x', { resume: at(4, 5) })
    await nextEnv.connection.send(blocks(5, 6))
    expect(slow.data(1)).toEqual(['5', '6'])
    // Positions go on where the earlier worker was.
    expect(slow.events(1).map(([position]) => position)).toEqual([5, 6])
    expect(slow.deliveries(1).filter(({ type }) => type === 'gap')).toEqual([])
  })

  it('goes back with a session whose copy is older than the disk', async () => {
    const [other, back] = [new FakeTab(hub, 'a'), new FakeTab(hub, 'b')]
    await other.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(blocks(1, 9))
    await other.takeAll(1)
    await other.unsubscribe(1)
    await env.clock.advance(LINGER_MS)
    expect([...env.store.cursors.values()].map(({ id }) => id)).toEqual(['9'])
    await back.subscribe(1, 'http://s/x', {
      resume: {
        lineage: lineageOf(other, 1),
        done: { id: '4', position: 4 },
        latest: { id: '4', position: 4 },
        kept: { id: '3', position: 3 },
      },
    })
    expect(env.connection.lastEventId).toBe('3')
    expect([...env.store.cursors.values()].map(({ id }) => id)).toEqual(['3'])
  })

  it('is not ahead of what the first session has taken, even if its copy is', async () => {
    const resume: Resume = {
      lineage: 'zeroth',
      done: { id: '4', position: 4 },
      latest: { id: '9', position: 9 },
      kept: { id: '11', position: 11 },
    }
    await new FakeTab(hub, 'a').subscribe(1, 'http://s/x', { resume })
    expect(env.connection.lastEventId).toBe('4')
    expect([...env.store.cursors.values()].map(({ id }) => id)).toEqual(['4'])
  })

  it('before anything is kept, the sessions’ own places must do: the oldest of them', async () => {
    const resumeAt = (id: number): Resume => ({
      lineage: 'zeroth',
      done: { id: String(id), position: id },
      latest: { id: String(id), position: id },
      kept: { id: '', position: 0 },
    })
    const [quick, slow, slower] = ['a', 'b', 'c'].map((id) => new FakeTab(hub, id))
    await quick?.subscribe(1, 'http://s/x', { resume: resumeAt(9) })
    expect(env.connection.lastEventId).toBe('9')
    await env.connection.answer()
    await env.connection.send(block(10))
    await slow?.subscribe(1, 'http://s/x', { resume: resumeAt(12) })
    expect(env.connections).toHaveLength(1)
    await slower?.subscribe(1, 'http://s/x', { resume: resumeAt(5) })
    expect(env.connections[0]?.closed).toBe(true)
    expect(env.connection.lastEventId).toBe('5')
    const again = { type: 'again', session: 1, id: '5', position: 5 }
    for (const tab of [quick, slow, slower]) expect(tab?.deliveries(1)).toContainEqual(again)
    await env.connection.answer()
    await env.connection.send(blocks(6, 11))
    expect(slower?.data(1)).toEqual(['6', '7', '8', '9', '10', '11'])
  })

  it('a session that has taken nothing is resumed at what it has received: its inbox outlives the worker', async () => {
    const resume: Resume = {
      lineage: 'zeroth',
      latest: { id: '7', position: 7 },
      kept: { id: '', position: 0 },
    }
    await new FakeTab(hub, 'a').subscribe(1, 'http://s/x', { resume })
    expect(env.connection.lastEventId).toBe('7')
    // The page may die with it unread: nothing may be kept yet.
    expect(env.store.writes).toBe(0)
  })

  it('a session that comes back behind the kept cursor takes it back', async () => {
    const [away, other] = [new FakeTab(hub, 'a'), new FakeTab(hub, 'b')]
    await away.subscribe(1, 'http://s/x')
    await other.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(blocks(1, 6))
    await away.taken(1, 2)
    hub.detach('a')
    await other.takeAll(1)
    await env.clock.advance(WRITE_INTERVAL_MS)
    expect([...env.store.cursors.values()].map(({ id }) => id)).toEqual(['6'])
    const back = new FakeTab(hub, 'a2')
    await back.subscribe(1, 'http://s/x', {
      resume: {
        lineage: lineageOf(away, 1),
        done: { id: '2', position: 2 },
        latest: { id: '6', position: 6 },
        kept: { id: '1', position: 1 },
      },
    })
    expect(back.data(1)).toEqual(['2', '3', '4', '5', '6'])
    expect([...env.store.cursors.values()].map(({ id }) => id)).toEqual(['2'])
    await back.taken(1, 6)
    await env.clock.advance(WRITE_INTERVAL_MS)
    expect([...env.store.cursors.values()].map(({ id }) => id)).toEqual(['6'])
  })

  it('a session that comes while a fast replay runs has no gap: what has gone by lies before its own place', async () => {
    const tab = (id: string): FakeTab => new FakeTab(hub, id)
    const at = (place: number): Resume => ({
      lineage: 'zeroth',
      done: { id: String(place), position: place },
      latest: { id: String(place), position: place },
      kept: { id: '1', position: 1 },
    })
    await tab('a').subscribe(1, 'http://s/x', { resume: at(9000) })
    await env.connection.answer()
    await env.connection.send(blocks(2, LOG_MAX_EVENTS + 500))
    const second = tab('b')
    await second.subscribe(1, 'http://s/x', { resume: at(8000) })
    expect(second.deliveries(1).filter(({ type }) => type === 'gap')).toEqual([])
    expect(env.connections).toHaveLength(1)
  })

  it('far behind the log, but not too far: the server is asked again, for the slowest', async () => {
    const [first, back] = [new FakeTab(hub, 'a'), new FakeTab(hub, 'b')]
    await first.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(blocks(1, LOG_MAX_EVENTS + 500))
    await first.taken(1, 3)
    const place = { id: '5', position: 5 }
    const resume = { lineage: lineageOf(first, 1), done: place, latest: place, kept: place }
    await back.subscribe(1, 'http://s/x', { resume })
    expect(env.connections).toHaveLength(2)
    expect(env.connection.lastEventId).toBe('3')
  })

  it('of another lineage, nothing can be compared: a gap, told', async () => {
    const [fresh, back] = [new FakeTab(hub, 'a'), new FakeTab(hub, 'b')]
    await fresh.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(block(50))
    const place = { id: '40', position: 40 }
    await back.subscribe(1, 'http://s/x', {
      resume: { lineage: 'zeroth', done: place, latest: place, kept: place },
    })
    expect(back.deliveries(1).filter(({ type }) => type === 'gap')).toMatchObject([
      { gap: { reason: 'unresumable', after: '40', before: '50' } },
    ])
  })

  it('a late session learns what it does not get, but would get after a worker’s death', async () => {
    const [early, late] = [new FakeTab(hub, 'a'), new FakeTab(hub, 'b')]
    await early.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(blocks(1, 3))
    await late.subscribe(1, 'http://s/x')
    expect(late.deliveries(1).filter(({ type }) => type === 'past')).toMatchObject([
      {
        type: 'past',
        session: 1,
        until: 3,
        events: [
          [1, '1', expect.any(Number)],
          [2, '2', expect.any(Number)],
          [3, '3', expect.any(Number)],
        ],
      },
    ])
  })

  it('a tab that comes back to a running broker gets what it lacks', async () => {
    const [first, second] = [new FakeTab(hub, 'a'), new FakeTab(hub, 'b')]
    await first.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(blocks(1, 6))
    await second.subscribe(1, 'http://s/x', {
      resume: {
        lineage: lineageOf(first, 1),
        done: { id: '4', position: 4 },
        latest: { id: '4', position: 4 },
        kept: { id: '2', position: 2 },
      },
    })
    // From 4 on: whether it had all that carries this id only the tab can tell.
    expect(second.data(1)).toEqual(['4', '5', '6'])
  })

  it.each([
    ['fails', () => Object.assign(new FakeStore(), { failure: new Error('denied') })],
    ['hangs', () => Object.assign(new FakeStore(), { hangs: true })],
  ])('a storage that %s stops nothing, and is shown', async (_, makeStore) => {
    env = new FakeEnv(makeStore())
    hub = new Hub('first', env)
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.clock.advance(STORE_WAIT_MS)
    await env.connection.answer()
    await env.connection.send(block(1))
    expect(tab.data(1)).toEqual(['1'])
    expect(hub.inspect().streams[0]?.storage.state).toBe('memory')
  })
})

describe('a hidden page whose session holds', () => {
  it('gets nothing until it is shown, and holds nobody up', async () => {
    const [hidden, shown] = [new FakeTab(hub, 'a'), new FakeTab(hub, 'b')]
    await hidden.subscribe(1, 'http://s/x', { overflow: { ...overflow, whenHidden: 'hold' } })
    await shown.subscribe(1, 'http://s/x')
    hub.receive('a', { type: 'page', page: { visibility: 'hidden', network: 'online' } })
    await env.connection.answer()
    await env.connection.send(blocks(1, 3))
    expect([hidden.data(1), shown.data(1)]).toEqual([[], ['1', '2', '3']])
    hub.receive('a', { type: 'page', page: { visibility: 'visible', network: 'online' } })
    await settled()
    expect(hidden.data(1)).toEqual(['1', '2', '3'])
  })
})

describe('a tab that does not read', () => {
  it('delays the others by its patience, once, and loses only its own events', async () => {
    const [reading, stuck] = [new FakeTab(hub, 'a'), new FakeTab(hub, 'b')]
    await reading.subscribe(1, 'http://s/x')
    await stuck.subscribe(1, 'http://s/x')
    await env.connection.answer()
    const chunk = (n: number): string => blocks(n * 1000 + 1, (n + 1) * 1000)
    for (let n = 0; n < 20; n += 1) void env.connection.send(chunk(n))
    await settled()
    for (let i = 0; i < 10; i += 1) await reading.takeAll(1)
    expect(env.connection.unread).toBeGreaterThan(0)
    const session = hub.inspect().streams[0]?.sessions[1]
    expect(session).toMatchObject({ tab: 'b', pace: 'held' })
    await env.clock.advance(999)
    expect(env.connection.unread).toBeGreaterThan(0)
    await env.clock.advance(1)
    for (let i = 0; i < 40; i += 1) await reading.takeAll(1)
    expect(env.connection.unread).toBe(0)
    expect(reading.data(1)).toHaveLength(20_000)
    expect(reading.deliveries(1).filter(({ type }) => type === 'gap')).toEqual([])
    expect(hub.inspect().streams[0]?.sessions[1]).toMatchObject({ pace: 'behind', queued: 4096 })
    await stuck.takeAll(1)
    expect(stuck.deliveries(1).filter(({ type }) => type === 'gap')).toHaveLength(1)
  })

  it('a burst of 100,000 events reaches readers that read without a gap', async () => {
    const tabs = ['a', 'b', 'c', 'd'].map((id) => new FakeTab(hub, id))
    for (const tab of tabs) await tab.subscribe(1, 'http://s/x')
    await env.connection.answer()
    for (let n = 0; n < 100; n += 1) void env.connection.send(blocks(n * 1000 + 1, (n + 1) * 1000))
    await settled()
    for (let i = 0; i < 200; i += 1) for (const tab of tabs) await tab.takeAll(1)
    for (const tab of tabs) {
      expect(tab.data(1)).toHaveLength(100_000)
      expect(tab.deliveries(1).filter(({ type }) => type === 'gap')).toEqual([])
    }
  })
})

describe('inspect', () => {
  it('shows tabs, streams and queues', async () => {
    const tab = new FakeTab(hub, 'a')
    await tab.subscribe(1, 'http://s/x')
    await env.connection.answer()
    await env.connection.send(blocks(1, 2))
    expect(hub.inspect()).toMatchObject({
      host: 'shared',
      incarnation: 'first',
      tabs: [{ id: 'a', sessions: 1 }],
      streams: [
        {
          url: 'http://s/x',
          status: { state: 'open' },
          cursor: '2',
          keptCursor: '',
          storage: { state: 'kept' },
          events: 2,
          connections: 1,
          sessions: [{ tab: 'a', pace: 'current', queued: 0, inFlight: 2, lost: 0 }],
        },
      ],
    })
  })
})
