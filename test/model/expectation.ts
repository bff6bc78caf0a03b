import type { Gap } from '../../src/protocol/gap.js'
import type { Entry, ModelServer } from './modelServer.js'

/**
 * What one session owes its reader, from the server's log alone: each matching entry from its start on, in order,
 * once; and where one is missing, a gap was told first.
 */
export class Expectation {
  readonly #server: ModelServer
  readonly #wants: (entry: Entry) => boolean
  readonly #violated: (what: string) => void
  /** Serial of the first entry it is owed; unknown until its stream has a connection. */
  start: number | undefined
  /** Serial of the last new entry that has reached the tab. */
  latest: number | undefined
  /** Reached the tab and not yielded yet. */
  readonly unread: number[] = []
  /** Yielded, and its reader has not asked for the next. */
  inHand: number | undefined
  hasTaken = false
  /** Serial of the last entry before its start that it was given. */
  #latestEarly = -1
  /** Entries told to be lost, and entries missing. */
  told = 0
  missing = 0
  /** A gap of unknown size, told since the last new entry. */
  #isOpen = false
  readonly gaps = { overflow: 0, replaced: 0, unresumable: 0 }

  constructor(server: ModelServer, wants: (entry: Entry) => boolean, violated: (what: string) => void) {
    this.#server = server
    this.#wants = wants
    this.#violated = violated
  }

  /** An entry has reached the tab, perhaps not for the first time. */
  arrived(serial: number): void {
    const entry = this.#server.entries[serial]
    if (entry === undefined || !this.#wants(entry)) this.#violated(`got ${serial}, which it does not want`)
    if (this.latest !== undefined && serial <= this.latest) {
      // Known, or one that was told to be lost, or let go by: it must not be yielded out of order.
      return
    }
    this.start ??= serial
    // What came before the session it may have or not: a new worker cannot always know that it came late.
    if (serial < this.start) return
    this.#checkHole(serial)
    this.latest = serial
    this.unread.push(serial)
  }

  gap({ reason, lost }: Gap): void {
    this.gaps[reason] += 1
    if (lost === undefined) this.#isOpen = true
    else this.told += lost
  }

  gave(serial: number): void {
    this.inHand = serial
    if (this.start !== undefined && serial < this.start) {
      if (serial <= this.#latestEarly) this.#violated(`yielded ${serial} after ${this.#latestEarly}`)
      this.#latestEarly = serial
      return
    }
    const expected = this.unread.shift()
    if (serial !== expected) this.#violated(`yielded ${serial} instead of ${expected ?? 'nothing'}`)
  }

  /** The oldest entry that the reader has not taken, be it here or on its way. */
  get oldestUntaken(): number | undefined {
    return this.oldestHere ?? this.owed(this.#nextSerial, this.#server.entries.length)[0]
  }

  /** The reader asks for the next. */
  took(): void {
    if (this.inHand !== undefined) this.hasTaken = true
    this.inHand = undefined
  }

  /** The oldest entry in the tab that its reader has not taken. */
  get oldestHere(): number | undefined {
    return this.inHand ?? this.unread[0]
  }

  /** Whether all has come that is owed, told gaps aside. */
  get isComplete(): boolean {
    return this.unread.length === 0 && this.owed(this.#nextSerial, this.#server.entries.length).length === 0
  }

  /** Checks that nothing is owed any more. */
  checkComplete(): void {
    this.#checkHole(this.#server.entries.length)
    this.latest = this.#server.entries.length - 1
    if (this.unread.length > 0)
      this.#violated(`never yielded ${this.unread.length} entries, the first ${this.unread[0]}`)
  }

  /** What it is owed between two serials. */
  owed(from: number, until: number): number[] {
    return this.#server.entries
      .slice(from, until)
      .filter((entry) => !entry.isTransient && this.#wants(entry) && !this.#server.isWithheld(entry.serial))
      .map(({ serial }) => serial)
  }

  get #nextSerial(): number {
    return this.latest === undefined ? (this.start ?? Infinity) : this.latest + 1
  }

  /** All that it is owed before this serial has come, or is told. */
  #checkHole(serial: number): void {
    const hole = this.owed(this.#nextSerial, serial)
    if (hole.length === 0) {
      this.#isOpen = false
      return
    }
    if (this.#isOpen) {
      this.#isOpen = false
      return
    }
    this.missing += hole.length
    if (this.missing > this.told) {
      this.#violated(
        `${hole.length} entries from ${hole[0]} to ${hole.at(-1)} are missing and were not told (told ${this.told}, missing ${this.missing})`,
      )
    }
  }
}
