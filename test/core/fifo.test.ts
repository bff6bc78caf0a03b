import fc from 'fast-check'
import { expect, it } from 'vitest'

import { Fifo } from '../../src/core/fifo.js'

it('behaves as an array does, over any pushes and shifts', () => {
  const steps = fc.array(fc.oneof(fc.integer({ min: 1, max: 900 }), fc.integer({ min: -900, max: -1 })), {
    maxLength: 50,
  })
  fc.assert(
    fc.property(steps, (counts) => {
      const fifo = new Fifo<number>()
      const model: number[] = []
      let next = 0
      for (const count of counts) {
        for (let i = 0; i < Math.abs(count); i += 1) {
          if (count > 0) {
            fifo.push(next)
            model.push(next)
            next += 1
          } else {
            expect(fifo.shift()).toBe(model.shift())
          }
        }
        expect(fifo.size).toBe(model.length)
        expect(fifo.peek()).toBe(model[0])
        expect([...fifo]).toEqual(model)
      }
    }),
    { numRuns: 50 },
  )
})

it('is empty after clear', () => {
  const fifo = new Fifo<string>()
  fifo.push('a')
  fifo.clear()
  expect([fifo.size, fifo.peek(), fifo.shift()]).toEqual([0, undefined, undefined])
})
