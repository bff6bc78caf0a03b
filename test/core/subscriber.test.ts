import { describe, expect, it } from 'vitest'

import { streamEvent } from '../../src/core/streamEvent.js'
import { Subscriber } from '../../src/core/subscriber.js'
import { CREDIT_CHARS, CREDIT_EVENTS } from '../../src/protocol/credit.js'
import type { WireEvent } from '../../src/protocol/event.js'
import type { Delivery } from '../../src/protocol/message.js'
import type { Overflow } from '../../src/protocol/subscription.js'
import { FakeClock } from './fakeEnv.js'

const interest = { showCommentEvents: false, showRetryEvents: false }
const gap: Overflow = { limit: 100, maxChars: 1_000_000, patienceMs: 1000, policy: 'gap' }

class Bench {
  readonly clock = new FakeClock()
  paceChanges = 0
  readonly subscriber: Subscriber
  #position = 0

  constructor(overflow: Overflow = gap) {
    const onPace = (): void => void (this.paceChanges += 1)
    this.subscriber = new Subscriber(7, interest, this.clock, overflow, onPace)
  }

  offer(count: number, data = 'x'): void {
    for (let i = 0; i < count; i += 1) {
      this.#position += 1
      this.subscriber.offer(streamEvent(this.#position, `id${this.#position}`, undefined, data))
    }
  }

  collect(): { positions: number[]; others: Delivery[] } {
    const deliveries = this.subscriber.collect()
    return {
      positions: deliveries.flatMap((delivery) => {
        if (delivery.type !== 'events') return []
        const events: WireEvent[] = JSON.parse(delivery.batch)
        return events.map(([position]) => position)
      }),
      others: deliveries.filter(({ type }) => type !== 'events'),
    }
  }
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('credit', () => {
  it('posts no more than the credit, and more when some returns', () => {
    const bench = new Bench()
    bench.offer(CREDIT_EVENTS + 50)
    expect(bench.collect().positions).toEqual(range(1, CREDIT_EVENTS))
    expect(bench.collect().positions).toEqual([])
    bench.subscriber.taken(10)
    expect(bench.collect().positions).toEqual(range(CREDIT_EVENTS + 1, CREDIT_EVENTS + 10))
  })

  it('counts characters too', () => {
    const bench = new Bench()
    bench.offer(3, 'x'.repeat(CREDIT_CHARS / 2))
    expect(bench.collect().positions).toEqual([1])
    bench.subscriber.taken(1)
    expect(bench.collect().positions).toEqual([2])
  })

  it('lets an event pass that is larger than all the credit, alone', () => {
    const bench = new Bench()
    bench.offer(1, 'x'.repeat(CREDIT_CHARS * 2))
    bench.offer(1)
    expect(bench.collect().positions).toEqual([1])
    bench.subscriber.taken(1)
    expect(bench.collect().positions).toEqual([2])
  })
})

describe('the position it is done with', () => {
  it('is before the oldest event that is in flight or queued', () => {
    const bench = new Bench()
    expect(bench.subscriber.donePosition(9)).toBe(9)
    bench.offer(3)
    expect(bench.subscriber.donePosition(9)).toBe(0)
    bench.collect()
    expect(bench.subscriber.donePosition(9)).toBe(0)
    bench.subscriber.taken(2)
    expect(bench.subscriber.donePosition(9)).toBe(2)
    bench.subscriber.taken(3)
    expect(bench.subscriber.donePosition(9)).toBe(9)
  })
})

describe('pace', () => {
  /** Fills the credit, so that what follows stays in the outbox. */
  function stalled(overflow: Overflow = gap): Bench {
    const bench = new Bench(overflow)
    bench.offer(CREDIT_EVENTS)
    bench.collect()
    return bench
  }

  it('holds the stream from half of the outbox until it is down to a quarter', () => {
    const bench = stalled()
    bench.offer(49)
    bench.collect()
    expect(bench.subscriber.holds).toBe(false)
    bench.offer(1)
    bench.collect()
    expect(bench.subscriber.holds).toBe(true)
    bench.subscriber.taken(24)
    bench.collect()
    expect(bench.subscriber.holds).toBe(true)
    bench.subscriber.taken(25)
    bench.collect()
    expect(bench.subscriber.holds).toBe(false)
    expect(bench.paceChanges).toBe(1)
    expect(bench.clock.pending).toBe(0)
  })

  it('loses nothing while it holds, even over its limit', async () => {
    const bench = stalled()
    bench.offer(500)
    bench.collect()
    await bench.clock.advance(999)
    bench.subscriber.taken(CREDIT_EVENTS)
    const { positions, others } = bench.collect()
    expect(positions).toEqual(range(CREDIT_EVENTS + 1, CREDIT_EVENTS + 500))
    expect(others).toEqual([])
  })

  it('falls behind after its patience: the oldest go, told once, with the ids around', async () => {
    const bench = stalled()
    bench.offer(150)
    bench.collect()
    await bench.clock.advance(1000)
    expect(bench.subscriber.holds).toBe(false)
    bench.offer(50)
    bench.subscriber.taken(CREDIT_EVENTS)
    const { positions, others } = bench.collect()
    const first = CREDIT_EVENTS + 101
    expect(positions).toEqual(range(first, CREDIT_EVENTS + 200))
    expect(others).toEqual([
      {
        type: 'gap',
        session: 7,
        gap: { reason: 'overflow', lost: 100, after: `id${CREDIT_EVENTS}`, before: `id${first}` },
        since: CREDIT_EVENTS,
      },
    ])
    expect(bench.subscriber.snapshot('t')).toMatchObject({ pace: 'current', lost: 100, queued: 0 })
  })

  it('holds nobody up a second time before it has caught up', async () => {
    const bench = stalled()
    bench.offer(100)
    bench.collect()
    await bench.clock.advance(1000)
    bench.offer(1000)
    bench.subscriber.taken(10)
    bench.collect()
    expect(bench.subscriber.snapshot('t').pace).toBe('behind')
    bench.subscriber.taken(5000)
    bench.collect()
    expect(bench.subscriber.snapshot('t').pace).toBe('current')
  })

  it('policy error: what waits is delivered, then the session ends with the error', async () => {
    const bench = stalled({ ...gap, policy: 'error' })
    bench.offer(150)
    bench.collect()
    await bench.clock.advance(1000)
    bench.offer(50)
    bench.subscriber.taken(CREDIT_EVENTS)
    const { positions, others } = bench.collect()
    expect(positions).toEqual(range(CREDIT_EVENTS + 1, CREDIT_EVENTS + 150))
    expect(others).toMatchObject([{ type: 'end', error: { code: 'overflow' } }])
    bench.offer(1)
    bench.subscriber.end()
    expect(bench.collect()).toEqual({ positions: [], others: [] })
  })

  it('policy wait: holds the stream as long as it takes, and loses nothing', async () => {
    const bench = stalled({ ...gap, policy: 'wait' })
    bench.offer(150)
    bench.collect()
    expect(bench.clock.pending).toBe(0)
    await bench.clock.advance(1_000_000)
    expect(bench.subscriber.holds).toBe(true)
    bench.subscriber.taken(CREDIT_EVENTS)
    expect(bench.collect()).toEqual({ positions: range(CREDIT_EVENTS + 1, CREDIT_EVENTS + 150), others: [] })
    expect(bench.subscriber.holds).toBe(false)
  })

  it('policy latest: the newest is kept, in its place, and how many gave way is told', async () => {
    const bench = stalled({ ...gap, policy: 'latest' })
    bench.offer(80)
    bench.collect()
    await bench.clock.advance(1000)
    bench.offer(1000)
    expect(bench.subscriber.snapshot('t')).toMatchObject({ pace: 'behind', queued: 1, lost: 1079 })
    bench.subscriber.taken(CREDIT_EVENTS)
    const { positions, others } = bench.collect()
    expect(positions).toEqual([CREDIT_EVENTS + 1080])
    expect(others).toMatchObject([{ type: 'gap', gap: { reason: 'replaced', lost: 1079 } }])
    bench.offer(3)
    expect(bench.collect().positions).toHaveLength(3)
  })

  it('of a hidden page that holds gets nothing, falls behind at once, and catches up when shown', () => {
    const bench = new Bench({ ...gap, whenHidden: 'hold' })
    bench.subscriber.setVisibility('hidden')
    bench.offer(30)
    expect(bench.collect().positions).toEqual([])
    bench.offer(170)
    bench.collect()
    expect([bench.subscriber.holds, bench.clock.pending]).toEqual([false, 0])
    bench.subscriber.setVisibility('visible')
    const { positions, others } = bench.collect()
    expect(positions).toEqual(range(101, 200))
    expect(others).toMatchObject([{ type: 'gap', gap: { reason: 'overflow', lost: 100 } }])
  })

  it('of a hidden page that does not hold goes on', () => {
    const bench = new Bench()
    bench.subscriber.setVisibility('hidden')
    bench.offer(3)
    expect(bench.collect().positions).toEqual([1, 2, 3])
  })

  it('leaves no timer behind when its session goes', () => {
    const bench = stalled()
    bench.offer(100)
    bench.collect()
    bench.subscriber.release()
    expect([bench.clock.pending, bench.subscriber.holds]).toEqual([0, false])
  })
})

describe('the end', () => {
  it('is told after the last event', () => {
    const bench = new Bench()
    bench.offer(CREDIT_EVENTS + 1)
    bench.subscriber.end({ code: 'network', message: 'gone', attempts: 1 })
    expect(bench.collect().others).toEqual([])
    bench.subscriber.taken(1)
    expect(bench.collect()).toEqual({
      positions: [CREDIT_EVENTS + 1],
      others: [{ type: 'end', session: 7, error: { code: 'network', message: 'gone', attempts: 1 } }],
    })
    expect(bench.collect().others).toEqual([])
  })
})
