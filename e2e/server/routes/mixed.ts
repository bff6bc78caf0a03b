import { formatEvent } from '../event.js'
import { seededRandom } from '../seededRandom.js'
import type { Routes } from '../route.js'

const WORDS = ['plain', 'größer', '数字', '🚂💨', 'ключ', 'zwei\nZeilen', '', 'e\u0301']

/** One numbered event with all that follows it up to the next: comments, retries, events without an id of their own. */
export interface Stretch {
  readonly number: number
  readonly data: string
  /** Data of the events that carry this number's id without having one. */
  readonly followers: readonly string[]
  readonly text: string
  /** What comes after the block with the number: that much a server has to say again to who has the number. */
  readonly rest: string
}

/** The same for each number, whoever asks: what the server sends is known to the test beforehand. */
export function stretch(number: number): Stretch {
  const random = seededRandom(number * 7919)
  const pick = (count: number): number => Math.floor(random() * count)
  const word = (): string => WORDS[pick(WORDS.length)] ?? ''
  const data = `event ${number} ${word()} ${word()}`
  const followers = Array.from({ length: pick(3) }, (_, index) => `follower ${index} of ${number} ${word()}`)
  const end = ['\n', '\r\n', '\r'][pick(3)] ?? '\n'
  const head = [
    ...(pick(3) === 0 ? [formatEvent({ comment: `comment ${word().replaceAll('\n', ' ')}` })] : []),
    formatEvent({ id: `№${number}`, data }),
  ].join('')
  const tail = [
    ...followers.map((follower) => formatEvent({ data: follower })),
    ...(pick(20) === 0 ? [formatEvent({ retry: 1 + pick(3) })] : []),
  ].join('')
  const rest = tail.replaceAll('\n', end)
  return { number, data, followers, text: head.replaceAll('\n', end) + rest, rest }
}

/** A long stream of all that the format knows, torn at random bytes. */
export const mixed: Routes = {
  /** The stretches 1 to `count`. The first `cuts` connections end after a random number of bytes (of `seed`). */
  '/mixed': async (exchange, { gate, earlier }) => {
    exchange.openStream()
    await gate
    const count = Number(exchange.query.get('count'))
    const isLast = earlier >= Number(exchange.query.get('cuts'))
    const random = seededRandom(Number(exchange.query.get('seed')) + earlier)
    const limit = isLast ? Infinity : Math.floor(random() * 700)
    const last = Number(exchange.lastEventId?.slice(1) ?? 0)
    const chunks = last === 0 ? [] : [stretch(last).rest]
    let size = 0
    for (let number = last + 1; number <= count && size < limit; number++) {
      const { text } = stretch(number)
      chunks.push(text)
      size += Buffer.byteLength(text)
    }
    await exchange.write(Buffer.from(chunks.join('')).subarray(0, limit))
    if (isLast) return
    const manner = (['cut', 'reset', 'end'] as const)[Math.floor(random() * 3)] ?? 'cut'
    exchange[manner]()
  },
}
