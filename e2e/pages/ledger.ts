import type { Gap, SseSession } from 'sse-broker'
import { Conditions } from '../conditions.js'
import { brokerOf, type ReadRequest } from './readers.js'
import { describeError, type RecordedError } from './recording.js'

export interface LedgerRequest extends Pick<ReadRequest, 'address' | 'options' | 'broker'> {
  /** Number of the first event that is to come; the first that comes is taken for it when this is absent. */
  first?: number
  /** Takes an event every so many milliseconds, as a page with much to do for each of them. */
  paceMs?: number
}

/** What a session of numbered events got, in figures. */
export interface Account {
  readonly first: number | undefined
  readonly last: number
  readonly events: number
  /** Lost and told. */
  readonly lost: number
  readonly gaps: readonly Gap[]
  /** Each event that came twice, too early or after an untold hole, and each gap that was told of nothing. */
  readonly wrong: readonly string[]
  readonly ending: { error?: RecordedError } | undefined
}

/**
 * Reads numbered events and keeps the account: what came and what was told to be lost must be all that the server
 * sent, in its order, each once. It keeps no events, so that it can read a million of them.
 */
class Ledger {
  #first: number | undefined
  #last = 0
  #events = 0
  #lost = 0
  readonly #gaps: Gap[] = []
  /** Told, and not met yet: statuses and gaps overtake the events that lie in the inbox. */
  #ahead: Gap[] = []
  readonly #wrong: string[] = []
  #ending: Account['ending']
  #session: SseSession | undefined
  readonly #conditions = new Conditions(() => JSON.stringify(this.account()), 90_000)

  constructor(first: number | undefined) {
    this.#first = first
    this.#last = (first ?? 1) - 1
  }

  async read({ address, options, broker, paceMs }: LedgerRequest): Promise<void> {
    try {
      const session = await brokerOf(broker).sseSession(address, options)
      this.#session = session
      session.onGap((gap) => {
        this.#gaps.push(gap)
        this.#ahead.push(gap)
      })
      this.#conditions.changed()
      for await (const { id } of session.incoming) {
        this.#enter(Number(id))
        this.#conditions.changed()
        if (paceMs !== undefined) await new Promise((resolve) => setTimeout(resolve, paceMs))
      }
      this.#ending = {}
    } catch (error) {
      this.#ending = { error: describeError(error) }
    }
    this.#conditions.changed()
  }

  async close(): Promise<void> {
    await this.#session?.close()
  }

  account(): Account {
    const untrue = this.#ahead.map((gap) => `told of a gap that is not there: ${JSON.stringify(gap)}`)
    return {
      first: this.#first,
      last: this.#last,
      events: this.#events,
      lost: this.#lost,
      gaps: this.#gaps,
      wrong: [...this.#wrong, ...untrue],
      ending: this.#ending,
    }
  }

  untilOpen(): Promise<void> {
    return this.#conditions.until(() => this.#session !== undefined || this.#ending !== undefined, 'open')
  }

  until(last: number): Promise<void> {
    const isMet = (): boolean => this.#last >= last || this.#ending !== undefined
    return this.#conditions.until(isMet, `event ${last}`)
  }

  #enter(number: number): void {
    this.#events += 1
    if (this.#first === undefined) {
      this.#first = number
      this.#last = number - 1
    }
    const expected = this.#last + 1
    if (number > expected) this.#miss(expected, number)
    else if (number < expected) this.#note(`${number} after ${this.#last}`)
    this.#last = Math.max(this.#last, number)
  }

  #miss(from: number, next: number): void {
    const gap = this.#ahead.shift()
    const told = gap?.lost ?? (gap === undefined ? 0 : next - from)
    this.#lost += told
    const isPlaced = gap?.after === String(from - 1) && gap.before === String(next)
    if (told !== next - from || !isPlaced)
      this.#note(`${next} after ${from - 1}: told ${JSON.stringify(gap)}`)
  }

  #note(what: string): void {
    // A first mistake may be followed by a hundred thousand.
    if (this.#wrong.length < 20) this.#wrong.push(what)
  }
}

const ledgers: Ledger[] = []

/** Starts a session and its account; the number is what the test asks about it by. */
export function startLedger(request: LedgerRequest): number {
  const ledger = new Ledger(request.first)
  void ledger.read(request)
  return ledgers.push(ledger) - 1
}

export function ledgerOf(number: number): Ledger {
  const ledger = ledgers[number]
  if (ledger === undefined) throw new Error(`This page has no ledger ${number}`)
  return ledger
}
