import {
  type BrokerSnapshot,
  isSseError,
  type SessionStatus,
  type SseSession,
  type StreamSnapshot,
} from 'sse-broker'
import { connectionHeader, noticeNames, type VitalName } from '../vitals.js'
import { broker } from './broker.js'
import { decode, type Delivered } from './delivered.js'
import type { StreamState } from './streamState.js'

const path = '/events'

export type Reader = {
  onState: (state: StreamState) => void
  onEvent: (delivered: Delivered, id: string) => void
}

/** This tab's session on the server's events: opened, opened again with other names, closed. */
export class Subscription {
  readonly #reader: Reader
  #ending = new AbortController()
  #session: SseSession<Delivered> | undefined

  constructor(reader: Reader) {
    this.#reader = reader
  }

  get connection(): string | undefined {
    if (this.#session?.status.state !== 'open') return undefined
    return this.#session.call.response.headers.get(connectionHeader) ?? undefined
  }

  /**
   * `sseSession()` resolves when the stream is open. Until then, with a server that does not answer, only the broker
   * knows when the next attempt is due.
   */
  see({ streams }: BrokerSnapshot): void {
    if (this.#session !== undefined || this.#ending.signal.aborted) return
    const status = streams.find(({ url }) => new URL(url).pathname === path)?.status
    if (status?.state === 'waiting' || status?.state === 'connecting') this.#reader.onState(stateOf(status))
  }

  /** Resolves when the session has ended, by `close()`, by another `open()`, or by itself. */
  async open(names: readonly VitalName[]): Promise<void> {
    this.#ending.abort()
    const ending = new AbortController()
    this.#ending = ending
    this.#session = undefined
    this.#reader.onState({ state: 'connecting', attempt: 1 })
    try {
      const session = await broker.sseSession(path, {
        events: [...names, ...noticeNames],
        deserialize: decode,
        signal: ending.signal,
      })
      // Closed in the very moment in which it opened.
      if (ending.signal.aborted) return
      this.#session = session
      const show = (status: SessionStatus): void => {
        if (!ending.signal.aborted) this.#reader.onState(stateOf(status))
      }
      session.onStatus(show)
      show(session.status)
      for await (const event of session.incoming) this.#reader.onEvent(event.data, event.id)
    } catch (error) {
      // The end we asked for is no error, and the next session may be on the page already.
      if (ending.signal.aborted) return
      this.#reader.onState({ state: 'closed', cause: isSseError(error) ? error.message : String(error) })
    }
  }

  close(): void {
    this.#ending.abort()
    this.#session = undefined
    this.#reader.onState({ state: 'closed', cause: 'by this tab' })
  }
}

function stateOf(status: SessionStatus | StreamSnapshot['status']): StreamState {
  switch (status.state) {
    case 'connecting':
      return { state: 'connecting', attempt: status.attempt }
    case 'open':
      return { state: 'open', since: status.since }
    case 'waiting':
      return {
        state: 'waiting',
        attempt: status.attempt,
        retryAt: status.retryAt,
        cause: status.error.message,
      }
    case 'closed':
      return {
        state: 'closed',
        cause: status.reason === 'failed' ? status.error.message : closedBy[status.reason],
      }
  }
}

const closedBy = { ended: 'by the server', closed: 'by this tab', aborted: 'by this tab' } as const
