import { formatEvent } from '../event.js'
import { seededRandom } from '../seededRandom.js'
import type { Routes } from '../route.js'

/** Connections that end, or come in pieces, where no event ends. */
export const cuts: Routes = {
  /**
   * Events 1 to `count`, in words of one to four bytes per character. The first `cuts` connections are cut after a
   * random number of bytes (of `seed`): inside a character, a field name, between two line ends, before the first byte.
   */
  '/cut-at-random-bytes': async (exchange, { gate, earlier }) => {
    exchange.openStream()
    await gate
    const count = Number(exchange.query.get('count'))
    let text = ''
    for (let number = exchange.lastNumber + 1; number <= count; number++) {
      text += formatEvent({ id: number, data: `event ${number} größer 数字 🚂` })
    }
    const bytes = Buffer.from(text)
    if (earlier >= Number(exchange.query.get('cuts'))) return exchange.write(bytes)
    const random = seededRandom(Number(exchange.query.get('seed')) + earlier)
    await exchange.write(bytes.subarray(0, Math.floor(random() * 600)))
    // Half of the cuts look like a polite end: only the parser can know that the last event is not whole.
    if (random() < 0.5) exchange.cut()
    else exchange.end()
  },

  /** One event whose every byte is a chunk of its own. */
  '/byte-by-byte': async (exchange) => {
    exchange.openStream()
    const bytes = Buffer.from(formatEvent({ id: 'ключ-1', event: 'größe', data: 'zwei\nZeilen 数字 🚂' }))
    for (const byte of bytes) await exchange.write(Uint8Array.of(byte))
  },
}
