import type { ResponseData } from '../protocol/error.js'
import type { HeadersAnswer } from '../protocol/message.js'
import type { Cancel, Clock } from './env.js'
import type { Mailbox } from './mailbox.js'
import type { Subscriber } from './subscriber.js'

/** How long one tab may take to answer: a frozen one never does. */
export const ANSWER_LIMIT_MS = 10_000

/** Asks the tabs of a stream for headers, one after the other, until one answers. Only data crosses the port. */
export class HeaderQuestions {
  readonly #clock: Clock
  #latest = 0
  #open: { readonly subscriber: Subscriber; readonly settle: (answer: HeadersAnswer) => void } | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A visible page first: a hidden one may be frozen. `failed` when every one has failed: with the last cause. */
  async ask(
    members: ReadonlyMap<Subscriber, Mailbox>,
    response: ResponseData | undefined,
    isWanted: () => boolean,
  ): Promise<HeadersAnswer> {
    const asked = new Set<Subscriber>()
    let answer = failed('Error', 'No page is left to be asked for headers')
    for (;;) {
      const rest = [...members].filter(([subscriber]) => !asked.has(subscriber))
      const next = rest.find(([, mailbox]) => mailbox.visibility === 'visible') ?? rest[0]
      if (next === undefined) return answer
      asked.add(next[0])
      answer = await this.#askOne(...next, response)
      if (answer.type === 'headers' || !isWanted()) return answer
    }
  }

  /** An answer that comes too late is none: its token may be stale. */
  answer(question: number, answer: HeadersAnswer): void {
    if (question === this.#latest) this.#open?.settle(answer)
  }

  /** A session is gone: if it was asked, the next one is. */
  left(subscriber: Subscriber): void {
    if (this.#open?.subscriber === subscriber) {
      this.#open.settle(failed('Error', 'The page that was asked for headers has gone'))
    }
  }

  /** Whether a tab is being asked. */
  get isOpen(): boolean {
    return this.#open !== undefined
  }

  /** The attempt is over before it began. */
  cancel(): void {
    this.#open?.settle(failed('AbortError', 'The attempt was given up'))
  }

  #askOne(
    subscriber: Subscriber,
    mailbox: Mailbox,
    response: ResponseData | undefined,
  ): Promise<HeadersAnswer> {
    const question = (this.#latest += 1)
    return new Promise((resolve) => {
      const cancel: Cancel = this.#clock.after(ANSWER_LIMIT_MS, () => {
        settle(failed('TimeoutError', `The headers function did not answer within ${ANSWER_LIMIT_MS} ms`))
      })
      const settle = (answer: HeadersAnswer): void => {
        cancel()
        this.#open = undefined
        resolve(answer)
      }
      this.#open = { subscriber, settle }
      const { session } = subscriber
      mailbox.queue([{ type: 'headers', session, question, ...(response === undefined ? {} : { response }) }])
      mailbox.post()
    })
  }
}

function failed(name: string, message: string): HeadersAnswer {
  return { type: 'failed', cause: { name, message } }
}
