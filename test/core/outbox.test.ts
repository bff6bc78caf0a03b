import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { keyAt } from '../../src/core/dataPath.js'
import { Outbox } from '../../src/core/outbox.js'
import { streamEvent } from '../../src/core/streamEvent.js'
import type { Overflow } from '../../src/protocol/subscription.js'

const overflow: Overflow = { limit: 4, maxChars: 1000, patienceMs: 1000, policy: 'gap' }

function fill(outbox: Outbox, events: readonly (readonly [name: string, data: string])[]): void {
  events.forEach(([name, data], i) => outbox.push(streamEvent(i + 1, '', name, data)))
}

function drain(outbox: Outbox): number[] {
  const positions: number[] = []
  let event = outbox.shift()
  while (event !== undefined) {
    positions.push(event.position)
    event = outbox.shift()
  }
  return positions
}

describe('dropping', () => {
  it('takes the oldest over the count', () => {
    const outbox = new Outbox(overflow)
    fill(
      outbox,
      Array.from({ length: 6 }, () => ['e', 'x']),
    )
    outbox.dropOverLimit()
    expect(outbox.takeGap()).toEqual({ reason: 'overflow', lost: 2 })
    expect(outbox.takeGap()).toBeUndefined()
    expect(drain(outbox)).toEqual([3, 4, 5, 6])
    expect(outbox.lost).toBe(2)
  })

  it('takes the oldest over the characters, and leaves one however large', () => {
    const outbox = new Outbox(overflow)
    fill(outbox, [
      ['e', 'x'.repeat(600)],
      ['e', 'x'.repeat(2000)],
    ])
    outbox.dropOverLimit()
    expect(drain(outbox)).toEqual([2])
    expect(outbox.chars).toBe(0)
  })
})

describe('keeping the newest', () => {
  const prices = [
    ['price', '{"of":"a","n":1}'],
    ['price', '{"of":"b","n":1}'],
    ['news', '{"of":"a"}'],
    ['price', '{"of":"a","n":2}'],
  ] as const

  it('of each name', () => {
    const outbox = new Outbox({ ...overflow, policy: 'latest' })
    fill(outbox, prices)
    outbox.keepNewest()
    expect(outbox.size).toBe(2)
    expect(outbox.takeGap()).toEqual({ reason: 'replaced', lost: 2 })
    expect(drain(outbox)).toEqual([3, 4])
  })

  it('of each value at a path', () => {
    const outbox = new Outbox({ ...overflow, policy: 'latest', by: 'of' })
    fill(outbox, prices)
    outbox.keepNewest()
    expect(drain(outbox)).toEqual([2, 3, 4])
  })

  it('what was taken out is not replaced', () => {
    const outbox = new Outbox({ ...overflow, policy: 'latest' })
    outbox.keepNewest()
    fill(outbox, prices.slice(0, 1))
    outbox.shift()
    outbox.push(streamEvent(9, '', 'price', 'x'))
    expect(outbox.takeGap()).toBeUndefined()
    expect(outbox.size).toBe(1)
  })

  it('holds no more than what is kept, though its head never moves', () => {
    const outbox = new Outbox({ ...overflow, policy: 'latest' })
    outbox.keepNewest()
    outbox.push(streamEvent(1, '', 'rare', 'x'))
    for (let position = 2; position <= 10_000; position += 1) {
      outbox.push(streamEvent(position, '', 'often', 'x'))
    }
    expect(outbox.held).toBeLessThan(200)
    expect(drain(outbox)).toEqual([1, 10_000])
  })

  it('ends when told', () => {
    const outbox = new Outbox({ ...overflow, policy: 'latest' })
    outbox.keepNewest()
    outbox.keepAll()
    fill(outbox, prices)
    expect(outbox.size).toBe(4)
  })
})

it('counts right under any mixture', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('push' as const), name: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ do: fc.constantFrom('shift', 'newest', 'all', 'drop', 'gap') }),
    ),
    { maxLength: 80 },
  )
  fc.assert(
    fc.property(steps, (list) => {
      const outbox = new Outbox({ ...overflow, policy: 'latest' })
      let pushed = 0
      let shifted = 0
      let told = 0
      let last = 0
      for (const step of list) {
        if (step.do === 'push') outbox.push(streamEvent((pushed += 1), '', step.name, 'x'))
        if (step.do === 'newest') outbox.keepNewest()
        if (step.do === 'all') outbox.keepAll()
        if (step.do === 'drop') outbox.dropOverLimit()
        if (step.do === 'gap') told += outbox.takeGap()?.lost ?? 0
        if (step.do === 'shift') {
          const event = outbox.shift()
          if (event === undefined) continue
          expect(event.position).toBeGreaterThan(last)
          last = event.position
          shifted += 1
        }
        expect(outbox.size + shifted + outbox.lost).toBe(pushed)
      }
      told += outbox.takeGap()?.lost ?? 0
      expect(told).toBe(outbox.lost)
      drain(outbox)
      expect([outbox.size, outbox.chars]).toEqual([0, 0])
    }),
    { numRuns: 500 },
  )
})

describe('keyAt', () => {
  it.each([
    ['{"a":1}', 'a', '1'],
    ['{"a":{"b":"x"}}', 'a.b', '"x"'],
    ['{"a":null}', 'a', 'null'],
    ['[5,6]', '1', '6'],
    ['{"a":1}', 'b', undefined],
    ['{"a":1}', 'a.b', undefined],
    ['{"a":1}', 'toString', undefined],
    ['no json', 'a', undefined],
  ])('of %s at %s', (data, path, key) => {
    expect(keyAt({}, data, path)).toBe(key)
  })
})
