import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { Cursor } from '../../src/core/cursor.js'

describe('Cursor', () => {
  it('starts from what was kept', () => {
    const cursor = new Cursor('7')
    expect([cursor.received, cursor.kept, cursor.keptPosition]).toEqual(['7', '7', 0])
  })

  it('keeps only what everyone is done with', () => {
    const cursor = new Cursor('')
    cursor.receive(1, 'a')
    cursor.receive(3, 'c')
    expect([cursor.received, cursor.kept]).toEqual(['c', ''])
    cursor.keep(2)
    expect([cursor.received, cursor.kept, cursor.keptPosition]).toEqual(['c', 'a', 1])
    cursor.keep(3)
    expect(cursor.kept).toBe('c')
  })

  it('never goes back by keeping less', () => {
    const cursor = new Cursor('')
    cursor.receive(5, 'e')
    cursor.keep(5)
    cursor.keep(0)
    expect(cursor.kept).toBe('e')
  })

  it('an id that was taken back is kept as none', () => {
    const cursor = new Cursor('')
    cursor.receive(1, 'a')
    cursor.receive(2, '')
    cursor.keep(2)
    expect([cursor.received, cursor.kept]).toEqual(['', ''])
  })

  it('rewinds to what is kept', () => {
    const cursor = new Cursor('')
    cursor.receive(1, 'a')
    cursor.keep(1)
    cursor.receive(2, 'b')
    cursor.rewind()
    cursor.keep(2)
    expect([cursor.received, cursor.kept]).toEqual(['a', 'a'])
  })

  it('stays bounded with a session that never takes anything, and is never ahead', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40_000 }), fc.integer({ min: 0, max: 40_000 }), (count, done) => {
        const cursor = new Cursor('0')
        for (let position = 1; position <= count; position += 1) cursor.receive(position, String(position))
        cursor.keep(done)
        expect(Number(cursor.kept)).toBeLessThanOrEqual(done)
        cursor.keep(count)
        expect(cursor.kept).toBe(String(count))
      }),
      { numRuns: 20 },
    )
  })
})
