import {
  isSseError,
  type Gap,
  type SessionStatus,
  type SseError,
  type SseEvent,
  type SseSession,
} from 'sse-broker'
import { Conditions } from '../conditions.js'

/** An error as plain data: what is thrown cannot leave the page whole. */
export interface RecordedError {
  name: string
  message: string
  /** Only where the library's own guard takes it for an `SseError`. */
  sse?: { code: string; attempts: number; cause?: string; response?: RecordedResponse }
}

export interface RecordedResponse {
  status: number
  statusText: string
  url: string
  body: string
  headers: Record<string, string>
}

export interface RecordedEvent {
  id: string
  event: string
  data: unknown
  retry?: number
  comments?: string
}

export interface RecordedStatus {
  state: SessionStatus['state']
  attempt?: number
  retryAt?: number
  error?: RecordedError
}

/** How the loop over `incoming` came to its end. */
export type Ending = { error?: RecordedError }

/** Everything that one session gave, from its call on. */
export class Recording {
  readonly events: RecordedEvent[] = []
  readonly statuses: RecordedStatus[] = []
  readonly gaps: Gap[] = []
  session: SseSession<unknown> | undefined
  ending: Ending | undefined
  readonly #conditions = new Conditions(() => {
    const { length } = this.events
    const last = JSON.stringify(this.events.at(-1))
    return `The page got ${length} events, the last ${last}, ${JSON.stringify(this.statuses)}, end: ${JSON.stringify(this.ending)}`
  })

  opened(session: SseSession<unknown>): void {
    this.session = session
    this.statuses.push(describeStatus(session.status))
    session.onStatus((status) => {
      this.statuses.push(describeStatus(status))
      this.#conditions.changed()
    })
    session.onGap((gap) => this.gaps.push(gap))
    this.#conditions.changed()
  }

  took(event: SseEvent<unknown>): void {
    this.events.push(describeEvent(event))
    this.#conditions.changed()
  }

  ended(ending: Ending): void {
    this.ending = ending
    this.#conditions.changed()
  }

  until(isMet: () => boolean, what: string): Promise<void> {
    return this.#conditions.until(isMet, what)
  }
}

function describeEvent({ id, event, data, retry, comments }: SseEvent<unknown>): RecordedEvent {
  return {
    id,
    event,
    data,
    ...(retry === undefined ? {} : { retry }),
    ...(comments === undefined ? {} : { comments }),
  }
}

function describeStatus(status: SessionStatus): RecordedStatus {
  return {
    state: status.state,
    ...('attempt' in status ? { attempt: status.attempt } : {}),
    ...('retryAt' in status ? { retryAt: status.retryAt } : {}),
    ...('error' in status && status.error !== undefined ? { error: describeError(status.error) } : {}),
  }
}

export function describeError(error: unknown): RecordedError {
  if (!(error instanceof Error)) return { name: typeof error, message: String(error) }
  const { name, message } = error
  return isSseError(error) ? { name, message, sse: describeSseError(error) } : { name, message }
}

function describeSseError({ code, attempts, cause, response }: SseError): NonNullable<RecordedError['sse']> {
  return {
    code,
    attempts,
    ...(cause === undefined ? {} : { cause: String(cause) }),
    ...(response === undefined
      ? {}
      : {
          response: {
            status: response.status,
            statusText: response.statusText,
            url: response.url,
            body: response.body,
            headers: Object.fromEntries(response.headers),
          },
        }),
  }
}
