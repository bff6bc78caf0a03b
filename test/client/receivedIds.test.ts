import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { MAX_MARKS, ReceivedIds } from '../../src/client/receivedIds.js'

/** A session whose broker kept no cursor yet. */
function fresh(): ReceivedIds {
  const ids = new ReceivedIds()
  ids.keep(0, '')
  return ids
}

/** The worker dies, and the next one starts from a cursor. */
function restart(ids: ReceivedIds, id = ''): void {
  ids.restart('old')
  ids.keep(0, id)
}

/** Feeds ids in order; gives back those that were new. */
function receiveAll(ids: ReceivedIds, list: readonly string[]): string[] {
  return list.filter((id, i) => ids.receive(id, i + 1).novelty === 'new')
}

describe('after a new broker begins', () => {
  it('what was received is known, what follows is new', () => {
    const ids = fresh()
    receiveAll(ids, ['1', '2', '3'])
    restart(ids)
    expect(receiveAll(ids, ['2', '3', '4', '5'])).toEqual(['4', '5'])
    ids.restart('older')
    expect(ids.resume).toEqual({
      incarnation: 'older',
      latest: { id: '5', position: 4 },
      kept: [{ id: '', position: 0 }],
    })
  })

  it('a known event has its mark from before, in the new broker’s numbers', () => {
    const ids = fresh()
    const { mark } = ids.receive('a', 1)
    mark.progress = 'taken'
    restart(ids)
    expect(ids.receive('a', 9)).toEqual({ mark, novelty: 'known' })
    expect(mark).toMatchObject({ position: 9, epoch: 1, progress: 'taken' })
  })

  it('events without an id of their own are told apart', () => {
    const ids = fresh()
    receiveAll(ids, ['1', '1', '1'])
    restart(ids)
    // The fourth event under id 1 came after the worker's death.
    expect(receiveAll(ids, ['1', '1', '1', '1', '2'])).toEqual(['1', '2'])
  })

  it('events that follow the kept id are told apart from that id’s own', () => {
    const ids = fresh()
    receiveAll(ids, ['1', '1', '1'])
    ids.keep(1, '1')
    restart(ids, '1')
    // The server replays after 1: two events without an id of their own, known, and a third one.
    expect(receiveAll(ids, ['1', '1', '1'])).toEqual(['1'])
  })

  it('a server that does not replay loses nothing by it', () => {
    const ids = fresh()
    receiveAll(ids, ['1', '2', '3'])
    restart(ids)
    expect(receiveAll(ids, ['7', '8'])).toEqual(['7', '8'])
  })

  it('events without any id are all new', () => {
    const ids = fresh()
    receiveAll(ids, ['', ''])
    restart(ids)
    expect(receiveAll(ids, ['', ''])).toEqual(['', ''])
  })

  it('a worker that dies again before it has replayed all', () => {
    const ids = fresh()
    receiveAll(ids, ['1', '2', '3', '4'])
    restart(ids)
    receiveAll(ids, ['1', '2'])
    restart(ids)
    expect(receiveAll(ids, ['1', '2', '3', '4', '5'])).toEqual(['5'])
  })

  it('what came before the session is known too', () => {
    const ids = fresh()
    ids.past(
      [
        [1, '1'],
        [2, '2'],
      ],
      0,
    )
    ids.receive('3', 3)
    restart(ids)
    expect(receiveAll(ids, ['1', '2', '3', '4'])).toEqual(['4'])
  })

  it('what is unknown does not make it forget what it has: it may lie before', () => {
    const ids = fresh()
    receiveAll(ids, ['3', '4', '5'])
    restart(ids)
    expect(receiveAll(ids, ['1', '2', '3', '4', '5', '6'])).toEqual(['1', '2', '6'])
  })

  it('more than it can list is counted: another tab that never reads keeps the cursor where it is', () => {
    const ids = fresh()
    const all = Array.from({ length: MAX_MARKS + 500 }, (_, i) => String(i + 1))
    receiveAll(ids, all)
    restart(ids)
    expect(receiveAll(ids, [...all, 'next'])).toEqual(['next'])
  })
})

it('keeps marks of one cursor back: the worker may have died while it wrote the next', () => {
  const ids = fresh()
  receiveAll(ids, ['1', '2', '3', '4'])
  ids.keep(2, '2')
  ids.keep(4, '4')
  ids.restart('old')
  expect(ids.resume).toEqual({
    incarnation: 'old',
    latest: { id: '4', position: 4 },
    kept: [
      { id: '2', position: 2 },
      { id: '4', position: 4 },
    ],
  })
  ids.keep(0, '2')
  expect(receiveAll(ids, ['3', '4', '5'])).toEqual(['5'])
})

it('what was lost before, and told, does not come after all', () => {
  const ids = fresh()
  receiveAll(ids, ['1', '2'])
  ids.missing(3)
  receiveAll(ids, ['6', '7'])
  restart(ids)
  expect(receiveAll(ids, ['1', '2', '3', '4', '5', '6', '7', '8'])).toEqual(['8'])
  restart(ids)
  expect(receiveAll(ids, ['1', '2', '3', '4', '5', '6', '7', '8', '9'])).toEqual(['9'])
})

it('a worker that dies before it has said anything changes nothing', () => {
  const ids = fresh()
  receiveAll(ids, ['1', '2'])
  ids.restart('first')
  const { resume } = ids
  ids.restart('second')
  expect(ids.resume).toEqual(resume)
})

it('what comes once more for another session’s sake is known', () => {
  const ids = fresh()
  receiveAll(ids, ['1', '2', '3'])
  ids.again('1')
  expect(receiveAll(ids, ['2', '3', '4'])).toEqual(['4'])
})

it('each event once, wherever the cursor stands and however often the worker dies', () => {
  // Ids as servers give them: each event its own, or several events under one.
  const counts = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 30 })
  const deaths = fc.array(fc.record({ after: fc.nat(40), kept: fc.nat(40), written: fc.boolean() }), {
    maxLength: 4,
  })
  fc.assert(
    fc.property(counts, deaths, (perId, plan) => {
      const all = perId.flatMap((count, i) =>
        Array.from({ length: count }, (_, n) => ({ id: String(i + 1), own: n === 0 })),
      )
      const ids = new ReceivedIds()
      const yielded: number[] = []
      let start = 0
      let startId = ''
      const play = (count: number, kept: number, written: boolean): void => {
        ids.keep(0, startId)
        const begin = start
        all.slice(begin, begin + count).forEach((event, i) => {
          if (ids.receive(event.id, i + 1).novelty === 'new') yielded.push(begin + i)
          // In the store there are ids: a cursor stands at an event that has one of its own.
          if (!event.own || i >= kept) return
          ids.keep(i + 1, event.id)
          // The last one told may not have reached the store.
          if (i + 1 === count && !written) return
          start = begin + i + 1
          startId = event.id
        })
      }
      for (const { after, kept, written } of plan) {
        play(after, kept, written)
        ids.restart('old')
      }
      play(all.length, 0, true)
      expect(yielded).toEqual(all.map((_, i) => i))
    }),
    { numRuns: 3000 },
  )
})
