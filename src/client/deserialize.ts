import type { SseEvent } from '../protocol/event.js'
import { SseError } from './sseError.js'

/** Makes of an event's text what a session's reader gets. May throw: the reader gets `SseError('decode')`. */
export type Deserializer<T> = (data: string, event: SseEvent) => T

/** `'text'` leaves the data as it is, `'json'` parses it. */
export type Deserialize<T> = 'text' | 'json' | Deserializer<T>

/** The failure of a deserializer, with the event that it could not read. */
export class DecodeError extends SseError {
  /** The event as it came, its data as text. */
  readonly event: SseEvent

  constructor(event: SseEvent, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super('decode', `deserialize failed for event '${event.event}' with id '${event.id}': ${why}`, {
      cause,
    })
    this.event = event
  }
}

/** Makes what a reader gets of an event as it came. */
export type Decoder<T> = (event: SseEvent) => SseEvent<T>

/** `T` is `string` where the data stays text: the overloads of `Broker` see to that. */
export function decoderOf<T>(deserialize: Deserialize<T>): Decoder<T>
export function decoderOf(deserialize: Deserialize<unknown>): Decoder<unknown> {
  if (deserialize === 'text') return (event) => event
  const read = deserialize === 'json' ? parseJson : deserialize
  return (event) => {
    // Comments and retries have no data to deserialize.
    if (event.comments !== undefined || event.retry !== undefined) return { ...event, data: undefined }
    try {
      return { ...event, data: read(event.data, event) }
    } catch (cause) {
      throw new DecodeError(event, cause)
    }
  }
}

function parseJson(data: string): unknown {
  return JSON.parse(data)
}
