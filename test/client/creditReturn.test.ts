import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { CreditReturn } from '../../src/client/creditReturn.js'
import { CREDIT_CHARS, CREDIT_EVENTS } from '../../src/protocol/credit.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('tells half of the credit at once, and the rest a moment later', () => {
  const sent: number[] = []
  const credit = new CreditReturn((position) => sent.push(position))
  for (let position = 1; position <= CREDIT_EVENTS / 2; position += 1) credit.taken(position, 10)
  expect(sent).toEqual([CREDIT_EVENTS / 2])
  credit.taken(600, 10)
  credit.taken(601, 10)
  expect(sent).toHaveLength(1)
  vi.advanceTimersByTime(100)
  expect(sent).toEqual([CREDIT_EVENTS / 2, 601])
  vi.advanceTimersByTime(1000)
  expect(sent).toHaveLength(2)
})

it('counts characters: few large events must not wait for a timer', () => {
  const sent: number[] = []
  const credit = new CreditReturn((position) => sent.push(position))
  credit.taken(1, CREDIT_CHARS / 2)
  expect(sent).toEqual([1])
})

it('forgets what a broker that is gone was to be told', () => {
  const sent: number[] = []
  const credit = new CreditReturn((position) => sent.push(position))
  credit.taken(5, 1)
  credit.reset()
  vi.advanceTimersByTime(1000)
  credit.flush()
  expect(sent).toEqual([])
})
