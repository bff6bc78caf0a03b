import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { CreditReturn } from '../../src/client/creditReturn.js'
import { CREDIT_CHARS, CREDIT_EVENTS } from '../../src/protocol/credit.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('tells the first event at once, then each half of the credit, and the rest a moment later', () => {
  const sent: number[] = []
  const credit = new CreditReturn((position) => sent.push(position))
  const half = CREDIT_EVENTS / 2
  for (let position = 1; position <= half; position += 1) credit.taken(position, 10)
  expect(sent).toEqual([1])
  credit.taken(half + 1, 10)
  expect(sent).toEqual([1, half + 1])
  credit.taken(600, 10)
  credit.taken(601, 10)
  expect(sent).toHaveLength(2)
  vi.advanceTimersByTime(100)
  expect(sent).toEqual([1, half + 1, 601])
  vi.advanceTimersByTime(1000)
  expect(sent).toHaveLength(3)
  credit.taken(602, 10)
  expect(sent).toEqual([1, half + 1, 601, 602])
})

it('counts characters: few large events must not wait for a timer', () => {
  const sent: number[] = []
  const credit = new CreditReturn((position) => sent.push(position))
  credit.taken(1, 10)
  credit.taken(2, CREDIT_CHARS / 2)
  expect(sent).toEqual([1, 2])
})

it('forgets what a broker that is gone was to be told', () => {
  const sent: number[] = []
  const credit = new CreditReturn((position) => sent.push(position))
  credit.taken(5, 1)
  credit.taken(6, 1)
  credit.reset()
  vi.advanceTimersByTime(1000)
  credit.flush()
  expect(sent).toEqual([5])
})
