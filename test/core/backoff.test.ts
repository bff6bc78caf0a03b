import { describe, expect, it } from 'vitest'

import { reconnectionDelay } from '../../src/core/backoff.js'

const delay = (failures: number, chance: number, base = 3000, floor = 0): number =>
  reconnectionDelay({ base, failures, chance, floor })

describe('reconnectionDelay', () => {
  it.each([
    [0, 3000, 3000],
    [1, 3000, 6000],
    [2, 3000, 12_000],
    [3, 3000, 24_000],
    [4, 3000, 30_000],
    [1000, 3000, 30_000],
  ])('after %i failures lies from %i to %i', (failures, least, most) => {
    expect(delay(failures, 0)).toBe(least)
    expect(delay(failures, 1)).toBe(most)
    expect(delay(failures, 0.5)).toBe((least + most) / 2)
  })

  it('keeps a base over the cap', () => {
    expect(delay(5, 0.7, 45_000)).toBe(45_000)
  })

  it('waits at least what Retry-After says, even over the cap', () => {
    expect(delay(1, 0, 3000, 120_000)).toBe(120_000)
    expect(delay(1, 1, 3000, 1)).toBe(6000)
  })

  it('grows from something after a failure, even where the server asks for no pause', () => {
    expect(delay(0, 1, 0)).toBe(0)
    expect(delay(3, 1, 0)).toBe(2000)
  })

  it('never exceeds what a timer holds', () => {
    expect(delay(0, 0, 1e15)).toBe(2_147_483_647)
  })
})
