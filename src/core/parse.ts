import { createParser } from 'eventsource-parser'

/** What the text of an event stream says, in its order. */
export interface ParsedStream {
  /** A block with data has ended. `id` is the block's own, if it had one. */
  onEvent(name: string | undefined, data: string, id: string | undefined): void
  /** A block without data had an id: no event, but the cursor moves. */
  onBareId(id: string): void
  /** A comment line has ended. */
  onComment(comment: string): void
  /** A valid `retry` line has ended; in force at once, even if its block never ends. */
  onRetry(ms: number): void
  /** One event is larger than allowed; nothing more will be parsed. */
  onTooLarge(): void
}

/**
 * Turns the text of one connection into what it says. The only file that knows the parser.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class StreamParser {
  readonly #sink: ParsedStream
  readonly #parser: { feed(chunk: string): void }
  readonly #maxEventSize: number
  /** The parser tells an id before it tells whether an event comes with it. */
  #pendingId: string | undefined
  #state: 'parsing' | 'overflowed' = 'parsing'

  constructor(sink: ParsedStream, maxEventSize: number) {
    this.#sink = sink
    this.#maxEventSize = maxEventSize
    this.#parser = createParser({
      maxBufferSize: maxEventSize,
      onId: (id) => {
        this.#flushBareId()
        this.#pendingId = id
      },
      onEvent: ({ event, data, id }) => {
        // With an id of its own, that is the pending one; without, a block before had it alone.
        if (id === undefined) this.#flushBareId()
        else this.#pendingId = undefined
        // A line that arrives whole is never in the parser's buffer, so its limit does not see it.
        if (data.length > this.#maxEventSize) this.#overflow()
        if (this.#state === 'parsing') sink.onEvent(event, data, id)
      },
      onComment: (comment) => {
        this.#flushBareId()
        if (this.#state === 'parsing') sink.onComment(comment)
      },
      onRetry: (ms) => {
        if (this.#state === 'parsing') sink.onRetry(ms)
      },
      onError: (error) => {
        // The other kinds are lines that the standard says to ignore.
        if (error.type === 'max-buffer-size-exceeded') this.#overflow()
      },
    })
  }

  feed(text: string): void {
    if (this.#state === 'overflowed') return
    this.#parser.feed(text)
    this.#flushBareId()
  }

  #flushBareId(): void {
    const id = this.#pendingId
    if (id === undefined) return
    this.#pendingId = undefined
    if (this.#state === 'parsing') this.#sink.onBareId(id)
  }

  #overflow(): void {
    if (this.#state === 'overflowed') return
    this.#state = 'overflowed'
    this.#sink.onTooLarge()
  }
}
