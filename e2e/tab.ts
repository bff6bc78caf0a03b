import type { BrokerOptions, BrokerSnapshot, Gap } from 'sse-broker'
import { expect, type Page } from '@playwright/test'
import type {} from './pages/main.js'
import type { Account, LedgerRequest } from './pages/ledger.js'
import type { ReadRequest } from './pages/readers.js'
import type { Ending, RecordedEvent, RecordedStatus } from './pages/recording.js'

type Options = ReadRequest['options']
type Manner = Omit<ReadRequest, 'address' | 'options'>

/** A page with the library in it, as a test speaks to it. */
export class Tab {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  /** Calls `sseSession` and reads its `incoming` in a loop, from the moment it is open. Does not wait for that. */
  async start(
    address: ReadRequest['address'],
    options: Options = {},
    manner: Manner = {},
  ): Promise<TabReader> {
    const request: ReadRequest = { address, options, ...manner }
    return new TabReader(this.page, await this.page.evaluate((wanted) => window.startReader(wanted), request))
  }

  /** As `start`, and waits until the session is open. */
  async read(
    address: ReadRequest['address'],
    options: Options = {},
    manner: Manner = {},
  ): Promise<TabReader> {
    const reader = await this.start(address, options, manner)
    await reader.untilOpen()
    return reader
  }

  /** Reads numbered events and keeps only their account. Waits until the session is open. */
  async count(
    address: LedgerRequest['address'],
    manner: Omit<LedgerRequest, 'address' | 'options'> & { options?: Options } = {},
  ): Promise<TabLedger> {
    const request: LedgerRequest = { options: {}, ...manner, address }
    const number = await this.page.evaluate(async (wanted) => {
      const started = window.startLedger(wanted)
      await window.ledgerOf(started).untilOpen()
      return started
    }, request)
    return new TabLedger(this.page, number)
  }

  /** What the broker says of itself, asked from this tab; the ready-made one without its options. */
  inspect(broker?: BrokerOptions): Promise<BrokerSnapshot> {
    return this.page.evaluate((options) => window.brokerOf(options).inspect(), broker)
  }

  /** The id has reached the disk. Nobody tells when that happens, so this one looks again and again. */
  async untilStored(id: string | number): Promise<void> {
    await expect.poll(() => this.page.evaluate(() => window.storedText())).toContain(`"${id}"`)
  }

  /** Kills the page's process, and with it a SharedWorker that this page was the first to ask for. */
  async crash(): Promise<void> {
    const crashed = this.page.waitForEvent('crash')
    await expect(this.page.goto('chrome://crash')).rejects.toThrow('crash')
    await crashed
  }
}

/** One session of a tab, of which only the account is kept. */
export class TabLedger {
  readonly #page: Page
  readonly #number: number

  constructor(page: Page, number: number) {
    this.#page = page
    this.#number = number
  }

  /** The account, as soon as the event of this number has come. */
  async upTo(last: number): Promise<Account> {
    await this.#page.evaluate(([number, wanted]) => window.ledgerOf(number).until(wanted), [
      this.#number,
      last,
    ] as const)
    return this.now()
  }

  now(): Promise<Account> {
    return this.#page.evaluate((number) => window.ledgerOf(number).account(), this.#number)
  }

  close(): Promise<void> {
    return this.#page.evaluate((number) => window.ledgerOf(number).close(), this.#number)
  }
}

/** One session of a tab and what it gave. */
export class TabReader {
  readonly #page: Page
  readonly #number: number

  constructor(page: Page, number: number) {
    this.#page = page
    this.#number = number
  }

  untilOpen(): Promise<void> {
    return this.#page.evaluate(async (number) => {
      const { recording } = window.readerOf(number)
      await recording.until(
        () => recording.session !== undefined || recording.ending !== undefined,
        'the session',
      )
      if (recording.session === undefined)
        throw new Error(`Did not open: ${JSON.stringify(recording.ending)}`)
    }, this.#number)
  }

  /** All events so far, as soon as there are `count`. */
  async received(count: number): Promise<RecordedEvent[]> {
    return this.#page.evaluate(
      async ({ number, wanted }) => {
        const { recording } = window.readerOf(number)
        await recording.until(() => recording.events.length >= wanted, `${wanted} events`)
        return recording.events
      },
      { number: this.#number, wanted: count },
    )
  }

  /** The numbers of the events so far, as soon as the last of them is `last`. */
  async numbersUpTo(last: number): Promise<number[]> {
    const events = await this.#page.evaluate(
      async ({ number, wanted }) => {
        const { recording } = window.readerOf(number)
        await recording.until(() => recording.events.at(-1)?.id === String(wanted), `event ${wanted}`)
        return recording.events
      },
      { number: this.#number, wanted: last },
    )
    return events.map(({ id }) => Number(id))
  }

  /** All events so far, as soon as one with this id has come, and so many more that carry it. */
  async untilId(id: string, more = 0): Promise<RecordedEvent[]> {
    return this.#page.evaluate(
      async ({ number, wanted, behind }) => {
        const { recording } = window.readerOf(number)
        await recording.until(
          () => recording.events.at(-1 - behind)?.id === wanted,
          `${wanted} and ${behind} more`,
        )
        return recording.events
      },
      { number: this.#number, wanted: id, behind: more },
    )
  }

  /** The session's state, as soon as it is in `state`; all that it was before in `history`. */
  async inState(state: RecordedStatus['state']): Promise<{ now: RecordedStatus; history: RecordedStatus[] }> {
    const history = await this.#page.evaluate(
      async ({ number, wanted }) => {
        const { recording } = window.readerOf(number)
        await recording.until(() => recording.statuses.at(-1)?.state === wanted, `state ${wanted}`)
        return recording.statuses
      },
      { number: this.#number, wanted: state },
    )
    const now = history.at(-1)
    if (now === undefined) throw new Error('A state was waited for')
    return { now, history }
  }

  /** How the loop ended, as soon as it has, with the events it got. */
  ended(): Promise<Ending & { events: RecordedEvent[] }> {
    return this.#page.evaluate(async (number) => {
      const { recording } = window.readerOf(number)
      await recording.until(() => recording.ending !== undefined, 'the end')
      return { ...recording.ending, events: recording.events }
    }, this.#number)
  }

  /** What the session was told that it lost, so far. */
  gaps(): Promise<Gap[]> {
    return this.#page.evaluate((number) => window.readerOf(number).recording.gaps, this.#number)
  }

  /** Lets a reader that stopped take the rest. */
  goOn(): Promise<void> {
    return this.#page.evaluate((number) => window.readerOf(number).goOn(), this.#number)
  }

  close(): Promise<void> {
    return this.#page.evaluate((number) => window.readerOf(number).recording.session?.close(), this.#number)
  }

  abort(reason: string): Promise<void> {
    return this.#page.evaluate(([number, why]) => window.readerOf(number).abort(why), [
      this.#number,
      reason,
    ] as const)
  }
}
