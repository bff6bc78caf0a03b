import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { HEARTBEAT_MS, startHeartbeat } from '../../src/client/heartbeat.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function setup(ping: () => Promise<string>) {
  const found: string[] = []
  const stop = startHeartbeat('first', ping, {
    onWedged: () => found.push('wedged'),
    onReplaced: () => found.push('replaced'),
  })
  return { found, stop, beat: () => vi.advanceTimersByTimeAsync(HEARTBEAT_MS) }
}

it('finds nothing while the worker answers', async () => {
  const ping = vi.fn(async () => 'first')
  const { found, stop, beat } = setup(ping)
  for (let i = 0; i < 5; i += 1) await beat()
  expect(ping).toHaveBeenCalledTimes(5)
  stop()
  await beat()
  expect(ping).toHaveBeenCalledTimes(5)
  expect(found).toEqual([])
})

it('two missing answers in a row: wedged, told once', async () => {
  const { found, beat } = setup(() => new Promise(() => {}))
  await beat()
  await beat()
  expect(found).toEqual([])
  await beat()
  expect(found).toEqual(['wedged'])
  await beat()
  expect(found).toEqual(['wedged'])
  expect(vi.getTimerCount()).toBe(0)
})

it('one missing answer is forgiven: a page that wakes up hears its timers first', async () => {
  const answers: ((incarnation: string) => void)[] = []
  const { found, beat } = setup(() => new Promise((resolve) => answers.push(resolve)))
  for (let i = 0; i < 5; i += 1) {
    await beat()
    await beat()
    for (const answer of answers.splice(0)) answer('first')
    await Promise.resolve()
  }
  expect(found).toEqual([])
})

it('another incarnation answers: replaced', async () => {
  const { found, beat } = setup(async () => 'second')
  await beat()
  expect(found).toEqual(['replaced'])
})

it('an attachment that is over stops it', async () => {
  const { found, beat } = setup(async () => {
    throw new Error('left')
  })
  await beat()
  await beat()
  expect(found).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})
