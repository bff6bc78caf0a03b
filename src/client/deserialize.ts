import type { SseEvent } from '../protocol/event.js'
import { isObject } from './isObject.js'
import { SseError } from './sseError.js'
import type { SchemaIssue, StandardSchemaV1 } from './standardSchema.js'

/** Makes of an event's text what a session's reader gets. May throw: the reader gets `SseError('decode')`. */
export type Deserializer<T> = (data: string, event: SseEvent) => T

/** A codec of your own worker, by its name there. */
export interface CodecOf<K extends string = string> {
  readonly codec: K
}

/** `'text'` leaves the data as it is, `'json'` parses it, a schema validates that too. */
export type Deserialize<T> = 'text' | 'json' | StandardSchemaV1<unknown, T> | Deserializer<T>

/** Schemas by the name of the event; each validates the data of its own. */
export type EventSchemas = Readonly<Record<string, StandardSchemaV1>>

/**
 * The failure of a deserializer, with the event that it could not read.
 *
 * @example
 * ```ts
 * if (error instanceof DecodeError) console.warn('cannot read', error.event.data, error.cause)
 * ```
 */
export class DecodeError extends SseError {
  /** The event as it came, its data as text. */
  readonly event: SseEvent
  /** What the schema found wrong, where it was a schema. */
  readonly issues?: readonly SchemaIssue[]

  constructor(event: SseEvent, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super('decode', `deserialize failed for event '${event.event}' with id '${event.id}': ${why}`, {
      cause,
    })
    this.event = event
    if (cause instanceof SchemaError) this.issues = cause.issues
  }
}

/** What a codec or a filter in the worker threw, beside the text that it could not read. */
export class WorkerFailure {
  readonly text: string
  readonly cause: Error

  constructor(text: string, { name, message }: { readonly name: string; readonly message: string }) {
    this.text = text
    this.cause = new Error(message)
    this.cause.name = name
  }
}

/** What of a session's options decides how its data is read. */
export interface Reading<T> {
  readonly deserialize: Deserialize<T> | CodecOf
  readonly schemas?: EventSchemas | undefined
  readonly filter?: ((event: SseEvent<T>) => boolean) | undefined
}

/** Makes what a reader gets of an event as it came; `undefined` where the session's filter says no. */
export type Decoder<T> = (event: SseEvent<unknown>) => SseEvent<T> | undefined

/** `T` is what the options say it is: the overloads of `Broker` see to that. */
export function decoderOf<T>(reading: Reading<T>): Decoder<T>
export function decoderOf({ deserialize, schemas = {}, filter }: Reading<unknown>): Decoder<unknown> {
  const read = readerOf(deserialize)
  return (event) => {
    // Comments and retries have no data to deserialize: `''` as text, else `undefined`.
    if (event.comments !== undefined || event.retry !== undefined) {
      return deserialize === 'text' ? event : { ...event, data: undefined }
    }
    const { data } = event
    const asItCame: SseEvent = { ...event, data: textOf(data) }
    try {
      if (data instanceof WorkerFailure) throw data.cause
      const schema = Object.hasOwn(schemas, event.event) ? schemas[event.event] : undefined
      const value = read(data, asItCame)
      const decoded = { ...event, data: schema === undefined ? value : validated(schema, value) }
      return filter === undefined || filter(decoded) ? decoded : undefined
    } catch (cause) {
      throw new DecodeError(asItCame, cause)
    }
  }
}

/** A value that a codec made has no text any more but its own. */
function textOf(data: unknown): string {
  if (data instanceof WorkerFailure) return data.text
  return typeof data === 'string' ? data : JSON.stringify(data)
}

type Read = (data: unknown, event: SseEvent) => unknown

function readerOf(deserialize: Reading<unknown>['deserialize']): Read {
  if (deserialize === 'json') return (_, event) => parseJson(event.data)
  // Before functions: a schema of arktype is one too.
  if (isSchema(deserialize)) return (_, event) => validated(deserialize, parseJson(event.data))
  if (typeof deserialize === 'function') return (_, event) => deserialize(event.data, event)
  // Text, or what a codec made in the worker.
  return (data) => data
}

export function isSchema(value: unknown): value is StandardSchemaV1 {
  return isObject(value) && '~standard' in value
}

class SchemaError extends TypeError {
  readonly issues: readonly SchemaIssue[]

  constructor(issues: readonly SchemaIssue[]) {
    super(issues.map(({ message }) => message).join('; '))
    this.issues = issues
  }
}

function validated(schema: StandardSchemaV1, value: unknown): unknown {
  const result = schema['~standard'].validate(value)
  // An event that waits for its schema would hold up those behind it.
  if (result instanceof Promise)
    throw new TypeError('The schema is asynchronous; only synchronous ones can be used')
  if (result.issues !== undefined) throw new SchemaError(result.issues)
  return result.value
}

function parseJson(data: string): unknown {
  return JSON.parse(data)
}
