import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { MAX_MARKS, ReceivedIds } from '../../src/client/receivedIds.js'

/** A session on a stream that began with nothing. */
function fresh(): ReceivedIds {
  const ids = new ReceivedIds()
  ids.keep('a', { id: '', position: 0 })
  return ids
}

/** The worker dies, and the next one starts from a place. */
function restart(ids: ReceivedIds, id = '', position = 0): void {
  ids.restart()
  ids.again({ id, position })
}

/** Feeds ids that follow a position; gives back those that were new, and takes them. */
function receiveAll(ids: ReceivedIds, list: readonly string[], after = 0): string[] {
  return list.filter((id, i) => {
    const { mark, novelty } = ids.receive(id, after + i + 1, 0)
    mark.progress = 'taken'
    return novelty === 'new'
  })
}

describe('after a new broker begins', () => {
  it('what was received is known, what follows is new', () => {
    const ids = fresh()
    receiveAll(ids, ['1', '2', '3'])
    restart(ids, '1', 1)
    expect(receiveAll(ids, ['2', '3', '4', '5'], 1)).toEqual(['4', '5'])
  })

  it('a known event has its mark from before, in the new broker’s numbers', () => {
    const ids = fresh()
    const { mark } = ids.receive('a', 1, 0)
    restart(ids)
    expect(ids.receive('a', 9, 0)).toEqual({ mark, novelty: 'known' })
    expect(mark).toMatchObject({ position: 9, epoch: 1, progress: 'unread' })
  })

  it('events without an id of their own are told apart', () => {
    const ids = fresh()
    receiveAll(ids, ['1', '1', '1'])
    restart(ids)
    // The fourth event under id 1 came after the worker's death.
    expect(receiveAll(ids, ['1', '1', '1', '1', '2'])).toEqual(['1', '2'])
  })

  it('events that follow the start without an id of their own are new: double is better than never', () => {
    const ids = fresh()
    receiveAll(ids, ['1', '1', '1'])
    restart(ids, '1', 1)
    expect(receiveAll(ids, ['1', '1', '2', '2'], 1)).toEqual(['1', '1', '2', '2'])
  })

  it('a server that gives its ids anew loses nothing: the events are others', () => {
    const ids = fresh()
    receiveAll(ids, ['1', '2', '3'])
    restart(ids)
    expect(ids.receive('1', 1, 99).novelty).toBe('new')
    expect(ids.receive('2', 2, 0).novelty).toBe('known')
  })

  it('a server that does not replay loses nothing by it', () => {
    const ids = fresh()
    receiveAll(ids, ['1', '2', '3'])
    restart(ids, '1', 1)
    expect(receiveAll(ids, ['7', '8'], 1)).toEqual(['7', '8'])
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
    ids.past(2, [
      [1, '1', 0],
      [2, '2', 0],
    ])
    receiveAll(ids, ['3'], 2)
    restart(ids)
    expect(receiveAll(ids, ['1', '2', '3', '4'])).toEqual(['4'])
  })

  it('what came before a session that has nothing yet is known by its position', () => {
    const ids = fresh()
    ids.past(2, [])
    restart(ids)
    expect(receiveAll(ids, ['1', '2', '3'])).toEqual(['3'])
  })

  it('what is unknown does not make it forget what it has', () => {
    const ids = fresh()
    receiveAll(ids, ['3', '5', '6'])
    restart(ids)
    expect(receiveAll(ids, ['3', '4', '5', '6', '7'])).toEqual(['4', '7'])
  })

  it('what is older than all that it remembers is known by its position', () => {
    const ids = fresh()
    const all = Array.from({ length: MAX_MARKS * 3 }, (_, i) => String(i + 1))
    receiveAll(ids, all)
    restart(ids, '7', 7)
    expect(receiveAll(ids, [...all.slice(7), 'next'], 7)).toEqual(['next'])
    restart(ids, '9', 9)
    expect(receiveAll(ids, [...all.slice(9), 'next', 'after'], 9)).toEqual(['after'])
  })

  it('another lineage: nothing is known', () => {
    const ids = fresh()
    receiveAll(ids, ['1', '2'])
    ids.restart()
    ids.keep('b', { id: '', position: 0 })
    ids.again({ id: '', position: 0 })
    expect(receiveAll(ids, ['1', '2'])).toEqual(['1', '2'])
  })
})

describe('what was lost before, and told', () => {
  it('does not come after all', () => {
    const ids = fresh()
    receiveAll(ids, ['1', '2'])
    ids.lost(2)
    receiveAll(ids, ['6', '7'], 5)
    ids.endBatch()
    const all = ['1', '2', '3', '4', '5', '6', '7']
    restart(ids)
    expect(receiveAll(ids, [...all, '8'])).toEqual(['8'])
    restart(ids)
    expect(receiveAll(ids, [...all, '8', '9'])).toEqual(['9'])
  })

  it('also when it lay between the events of a batch: of replaced events the newest keep their places', () => {
    const ids = fresh()
    ids.lost(0)
    receiveAll(ids, ['2'], 1)
    receiveAll(ids, ['5'], 4)
    ids.endBatch()
    restart(ids)
    expect(receiveAll(ids, ['1', '2', '3', '4', '5', '6'])).toEqual(['6'])
  })

  it('swallows nothing that is new', () => {
    const ids = fresh()
    receiveAll(ids, ['1'])
    ids.lost(1)
    receiveAll(ids, ['40'], 39)
    ids.endBatch()
    restart(ids, '40', 40)
    expect(receiveAll(ids, ['41', '42'], 40)).toEqual(['41', '42'])
  })
})

it('tells the next broker what was taken, what was received, and what was kept', () => {
  const ids = fresh()
  expect(ids.resume).toEqual({ lineage: 'a', kept: { id: '', position: 0 } })
  receiveAll(ids, ['1', '2', '2'])
  ids.receive('3', 4, 0)
  ids.receive('4', 5, 0)
  ids.keep('a', { id: '1', position: 1 })
  ids.restart()
  expect(ids.resume).toEqual({
    lineage: 'a',
    // Where the server is to be asked: at the event that brought the id.
    done: { id: '2', position: 2 },
    latest: { id: '4', position: 5 },
    kept: { id: '1', position: 1 },
  })
})

it('a worker that dies before it has said anything changes nothing', () => {
  const ids = fresh()
  receiveAll(ids, ['1', '2'])
  ids.restart()
  const { resume } = ids
  ids.restart()
  expect(ids.resume).toEqual(resume)
})

it('what comes once more for another session’s sake is known', () => {
  const ids = fresh()
  receiveAll(ids, ['1', '2', '3'])
  ids.again({ id: '1', position: 1 })
  expect(receiveAll(ids, ['2', '3', '4'], 1)).toEqual(['4'])
})

it('each event once, wherever the cursor stands and however often the worker dies', () => {
  // Ids as servers give them: each event its own, or several events under one.
  const counts = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 30 })
  const deaths = fc.array(fc.record({ after: fc.nat(40), start: fc.nat(40) }), { maxLength: 5 })
  fc.assert(
    fc.property(counts, deaths, (perId, plan) => {
      const all = perId.flatMap((count, i) =>
        Array.from({ length: count }, (_, n) => ({ id: String(i + 1), own: n === 0 })),
      )
      const ids = fresh()
      const yielded: number[] = []
      let reached = 0
      const play = (from: number, count: number): void => {
        all.slice(from, from + count).forEach(({ id }, i) => {
          if (ids.receive(id, from + i + 1, 0).novelty === 'new') yielded.push(from + i)
        })
        reached = Math.max(reached, Math.min(all.length, from + count))
      }
      let from = 0
      for (const { after, start } of plan) {
        play(from, after)
        // The next worker starts at any event with an id of its own that the session has, or at nothing.
        // Not between the events of one id: those would come twice.
        const places = all.flatMap(({ own }, i) =>
          own && all[i + 1]?.own !== false && i < reached ? [i + 1] : [],
        )
        from = places[start % (places.length + 1)] ?? 0
        restart(ids, all[from - 1]?.id ?? '', from)
      }
      play(from, all.length)
      expect(yielded).toEqual(all.map((_, i) => i))
    }),
    { numRuns: 3000 },
  )
})
