import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { Generation } from '../../src/client/generation.js'
import { brokerOfWorker, workerName } from '../../src/protocol/workerName.js'

const stored = new Map<string, string>()
let storage: Pick<Storage, 'getItem' | 'setItem'>
let tabs: EventTarget

beforeEach(() => {
  stored.clear()
  tabs = new EventTarget()
  storage = {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => {
      stored.set(key, value)
      tabs.dispatchEvent(Object.assign(new Event('storage'), { key }))
    },
  }
  vi.stubGlobal('localStorage', storage)
  vi.stubGlobal('addEventListener', tabs.addEventListener.bind(tabs))
  vi.stubGlobal('removeEventListener', tabs.removeEventListener.bind(tabs))
})
afterEach(() => void vi.unstubAllGlobals())

it('one tab goes on, all others follow, and who comes later begins there', () => {
  const calls: string[] = []
  const generation = (tab: string): Generation => {
    const own = new Generation('default', () => calls.push(tab))
    own.watch()
    return own
  }
  const [a, b] = [generation('a'), generation('b')]
  a.next()
  expect(calls.sort()).toEqual(['a', 'b'])
  expect([a.number, b.number, generation('c').number]).toEqual([1, 1, 1])
})

it('brokers of other names do not mind', () => {
  const onNext = vi.fn()
  const other = new Generation('other', onNext)
  other.watch()
  const own = new Generation('default', () => {})
  own.watch()
  own.next()
  expect(onNext).not.toHaveBeenCalled()
})

it('where nothing can be stored, a tab goes on alone', () => {
  const denied = (): never => {
    throw new Error('denied')
  }
  Object.assign(storage, { getItem: denied, setItem: denied })
  const onNext = vi.fn()
  const own = new Generation('default', onNext)
  own.watch()
  own.next()
  own.next()
  expect(own.number).toBe(2)
  expect(onNext).toHaveBeenCalledTimes(2)
})

it('a worker’s name holds the generation, its cursors do not', () => {
  expect(workerName('a:b', 2)).toBe('sse-broker:extended:2:a:b')
  expect(brokerOfWorker(workerName('a:b', 2))).toBe('a:b')
})
