import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Received } from '../../src/client/received.js'
import { ReceivedIds } from '../../src/client/receivedIds.js'

function received(position: number, id: string): Received {
  return {
    event: { data: '', event: 'message', id },
    chars: 1,
    epoch: 0,
    position,
    progress: 'unread',
  }
}

/** Feeds ids in order; says which were new. */
function receiveAll(ids: ReceivedIds, list: readonly string[]): string[] {
  return list.filter((id, i) => ids.receive(received(i + 1, id)) === undefined)
}

describe('after a new broker begins', () => {
  it('what was received is known, what follows is new', () => {
    const ids = new ReceivedIds()
    receiveAll(ids, ['1', '2', '3'])
    ids.restart()
    expect(receiveAll(ids, ['2', '3', '4', '5'])).toEqual(['4', '5'])
    expect(ids.latestId).toBe('5')
  })

  it('a known event is the same object, so that its credit finds it', () => {
    const ids = new ReceivedIds()
    const first = received(1, 'a')
    ids.receive(first)
    ids.restart()
    expect(ids.receive(received(9, 'a'))).toBe(first)
  })

  it('events without an id of their own are told apart', () => {
    const ids = new ReceivedIds()
    receiveAll(ids, ['1', '1', '1'])
    ids.restart()
    // The fourth event under id 1 came after the worker's death.
    expect(receiveAll(ids, ['1', '1', '1', '1', '2'])).toEqual(['1', '2'])
  })

  it('events that follow the id on disk are told apart from that id’s own', () => {
    const ids = new ReceivedIds()
    receiveAll(ids, ['1', '1', '1'])
    ids.forget(1)
    ids.restart()
    // The server replays after 1: two events without an id of their own, known, and a third one.
    expect(receiveAll(ids, ['1', '1', '1'])).toEqual(['1'])
  })

  it('a server that does not replay loses nothing by it', () => {
    const ids = new ReceivedIds()
    receiveAll(ids, ['1', '2', '3'])
    ids.restart()
    expect(receiveAll(ids, ['7', '8'])).toEqual(['7', '8'])
  })

  it('events without any id are all new', () => {
    const ids = new ReceivedIds()
    receiveAll(ids, ['', ''])
    ids.restart()
    expect(receiveAll(ids, ['', ''])).toEqual(['', ''])
  })

  it('a worker that dies again before it has replayed all', () => {
    const ids = new ReceivedIds()
    receiveAll(ids, ['1', '2', '3', '4'])
    ids.restart()
    receiveAll(ids, ['1', '2'])
    ids.restart()
    expect(receiveAll(ids, ['1', '2', '3', '4', '5'])).toEqual(['5'])
  })
})

it('each event once, whatever is on disk and however often the worker dies', () => {
  // Ids as servers give them: each event its own, or several events under one.
  const counts = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 30 })
  const deaths = fc.array(fc.record({ after: fc.nat(40), kept: fc.nat(40) }), { maxLength: 4 })
  fc.assert(
    fc.property(counts, deaths, (perId, plan) => {
      const all = perId.flatMap((count, i) =>
        Array.from({ length: count }, (_, n) => ({ id: String(i + 1), own: n === 0 })),
      )
      const ids = new ReceivedIds()
      const yielded: number[] = []
      let start = 0
      const play = (count: number, kept: number): number => {
        let keptIndex = start
        all.slice(start, start + count).forEach((event, i) => {
          const index = start + i
          if (ids.receive(received(i + 1, event.id)) === undefined) yielded.push(index)
          // On disk there are ids: a cursor stands at an event that has one of its own.
          if (event.own && i < kept) {
            keptIndex = index + 1
            ids.forget(i + 1)
          }
        })
        return keptIndex
      }
      for (const { after, kept } of plan) {
        start = play(after, Math.min(kept, after))
        ids.restart()
      }
      play(all.length, 0)
      expect(yielded).toEqual(all.map((_, i) => i))
    }),
    { numRuns: 2000 },
  )
})
