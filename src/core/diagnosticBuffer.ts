import type { BufferPolicy } from '../protocol/subscription.js'

/** No policy keeps more than this, in characters: an error crosses the port to every tab. */
export const MAX_BUFFER_CHARS = 65_536

/** The text received lately, so that an error can show what came before it. Spans reconnections. */
export interface DiagnosticBuffer {
  add(text: string): void
  readonly text: string
}

export function diagnosticBuffer(policy: BufferPolicy = 'off'): DiagnosticBuffer {
  if (policy === 'off') return { add: () => {}, text: '' }
  if (policy === 'all') return new TailBuffer(() => 0)
  if (policy === 'lastEvent') return new TailBuffer((text) => startOfLast(1, /(?:\r\n|\r|\n){2,}/g, text))
  if ('lastLines' in policy) {
    return new TailBuffer((text) => startOfLast(policy.lastLines, /\r\n|\r|\n/g, text))
  }
  return new TailBuffer((text) => startOfLast(policy.lastEvents, /(?:\r\n|\r|\n){2,}/g, text))
}

/** Text is cut when it is read, and when it has become twice too long: not at every chunk. */
class TailBuffer implements DiagnosticBuffer {
  readonly #startOf: (text: string) => number
  #text = ''

  constructor(startOf: (text: string) => number) {
    this.#startOf = startOf
  }

  add(text: string): void {
    this.#text += text
    if (this.#text.length > 2 * MAX_BUFFER_CHARS) this.#text = this.#text.slice(-MAX_BUFFER_CHARS)
  }

  get text(): string {
    const tail = this.#text.slice(-MAX_BUFFER_CHARS)
    return tail.slice(this.#startOf(tail))
  }
}

/** Where the last pieces begin. A piece that has only begun is shown beside them: it tells where the text broke. */
function startOfLast(count: number, end: RegExp, text: string): number {
  const ends = [...text.matchAll(end)].map((match) => match.index + match[0].length)
  return ends.at(-1 - count) ?? 0
}
