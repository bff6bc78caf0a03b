import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { Cursor } from '../../src/core/cursor.js'

describe('Cursor', () => {
  it('starts from what was kept', () => {
    const cursor = new Cursor('7', { id: '7', position: 0 })
    expect([cursor.received, cursor.kept]).toEqual(['7', { id: '7', position: 0 }])
  })

  it('keeps only what everyone is done with', () => {
    const cursor = new Cursor('', { id: '', position: 0 })
    cursor.receive(1, 'a')
    cursor.receive(3, 'c')
    expect([cursor.received, cursor.kept.id]).toEqual(['c', ''])
    cursor.keep(2)
    expect([cursor.received, cursor.kept]).toEqual(['c', { id: 'a', position: 1 }])
    cursor.keep(3)
    expect(cursor.kept.id).toBe('c')
  })

  it('never goes back by keeping less', () => {
    const cursor = new Cursor('', { id: '', position: 0 })
    cursor.receive(5, 'e')
    cursor.keep(5)
    cursor.keep(0)
    expect(cursor.kept.id).toBe('e')
  })

  it('an id that was taken back is kept as none', () => {
    const cursor = new Cursor('', { id: '', position: 0 })
    cursor.receive(1, 'a')
    cursor.receive(2, '')
    cursor.keep(2)
    expect([cursor.received, cursor.kept.id]).toEqual(['', ''])
  })

  it('goes back with a session that is behind', () => {
    const cursor = new Cursor('', { id: '', position: 0 })
    for (const position of [1, 2, 3, 4]) cursor.receive(position, String(position))
    cursor.keep(4)
    cursor.goBack({ id: '1', position: 1 }, [
      { position: 2, id: '2' },
      { position: 3, id: '3' },
      { position: 4, id: '4' },
    ])
    expect([cursor.received, cursor.kept.id]).toEqual(['4', '1'])
    cursor.keep(3)
    expect(cursor.kept.id).toBe('3')
  })

  it('stays bounded with a session that never takes anything, and is never ahead', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40_000 }), fc.integer({ min: 0, max: 40_000 }), (count, done) => {
        const cursor = new Cursor('0', { id: '0', position: 0 })
        for (let position = 1; position <= count; position += 1) cursor.receive(position, String(position))
        cursor.keep(done)
        expect(Number(cursor.kept.id)).toBeLessThanOrEqual(done)
        cursor.keep(count)
        expect(cursor.kept.id).toBe(String(count))
      }),
      { numRuns: 20 },
    )
  })
})
