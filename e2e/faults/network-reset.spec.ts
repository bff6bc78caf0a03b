import type { RecordedEvent } from '../pages/recording.js'
import { stretch } from '../server/routes/mixed.js'
import { numbers } from '../test.js'
import { expect, pick, test } from './faultTest.js'

test('the network fails at random bytes of a stream of everything: two tabs get each event once and in order', async ({
  server,
  openTab,
  random,
  faults,
  report,
}) => {
  test.setTimeout(120_000)
  const times = faults({ some: 250, all: 500 })
  const count = times * 8
  const path = '/mixed'
  const address = `${path}?count=${count}&cuts=${times}&seed=${pick(random, 1_000_000)}`
  const gate = server.gate(path)
  const readers = []
  for (let tab = 1; tab <= 2; tab++) {
    // Its server's `retry` is 1 to 3 ms, too; and no number of failures makes it give up or wait for seconds.
    readers.push(await (await openTab()).read(address, { reconnectionTime: 1, backoff: false }))
  }
  gate.open()
  const asked = (): string[] => server.requests(path).map(({ lastEventId = '' }) => lastEventId)
  // In steps: a wait has a limit, which is meant for one reconnection on a busy machine and not for hundreds.
  for (let step = 10; step <= times; step += 10) await server.until(() => server.requests(path).length > step)
  // All that there is to get, each once.
  const whole = numbers(1, count).reduce((sum, number) => sum + 1 + stretch(number).followers.length, 0)
  let events = 0
  let again = 0
  for (const reader of readers) {
    const received = await reader.untilId(`№${count}`, stretch(count).followers.length)
    expect(mistakes(received, count, asked())).toEqual([])
    events += received.length
    again += received.length - whole
  }
  expect(server.requests(path)).toHaveLength(times + 1)
  report({ fault: 'the network cut, reset or ended at a random byte', times, events, told: 0, again })
})

/**
 * Events with an id: each once and in order. Events that carry the id of another: in order behind it; they come once more
 * only where the server was asked from that id again, and then from the first of them on. Returns what is not so.
 */
function mistakes(received: readonly RecordedEvent[], count: number, asked: readonly string[]): string[] {
  const found: string[] = []
  let at = 0
  for (let number = 1; number <= count; number++) {
    const id = `№${number}`
    const { data, followers } = stretch(number)
    if (received[at]?.id !== id || received[at]?.data !== data) {
      found.push(`${JSON.stringify(received[at])} instead of ${id}`)
    }
    at += 1
    let following = 0
    let begun = 1
    for (; received[at]?.id === id; at++) {
      const follower = received[at]?.data
      if (follower === followers[0] && following > 0) {
        begun += 1
        following = 0
      }
      if (follower !== followers[following]) found.push(`${String(follower)} at ${following} behind ${id}`)
      following += 1
    }
    if (following !== followers.length) found.push(`${following} of ${followers.length} behind ${id}`)
    if (begun > 1 + asked.filter((each) => each === id).length) found.push(`${begun} times behind ${id}`)
  }
  return at === received.length ? found : [...found, `${received.length - at} events too many`]
}
