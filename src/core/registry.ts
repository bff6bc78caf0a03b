import type { SseErrorData } from '../protocol/error.js'
import type { Json } from '../protocol/json.js'
import type { Interest } from '../protocol/subscription.js'

/** An event as the code of a user's own worker sees it. */
export interface WorkerEvent {
  readonly event: string
  readonly id: string
  readonly data: string
  /** The data as JSON, parsed once for all that ask; throws where it is none. */
  json(): unknown
}

/** Makes of an event's text what sessions get: JSON data. What it throws reaches the reader as `SseError('decode')`. */
export type Codec = (data: string, event: WorkerEvent) => unknown

/** Whether a session gets an event. `params` came from the session. */
export type WorkerFilter = (event: WorkerEvent, params: Json | undefined) => boolean

/** What a user's own worker adds to the broker. */
export interface Registry {
  readonly codecs?: Readonly<Record<string, Codec>>
  readonly filters?: Readonly<Record<string, WorkerFilter>>
}

/** What is wrong with the names that a session asks for, if something is. */
export function unknownName({ codec, filter }: Interest, registry: Registry): SseErrorData | undefined {
  return (
    unknownOne('deserialize', 'codec', codec, registry.codecs) ??
    unknownOne('filter', 'filter', filter?.name, registry.filters)
  )
}

function unknownOne(
  option: string,
  kind: string,
  name: string | undefined,
  known: object = {},
): SseErrorData | undefined {
  if (name === undefined || Object.hasOwn(known, name)) return undefined
  const names = Object.keys(known).map((one) => `'${one}'`)
  const allowed = names.length === 0 ? `none, since this worker has no ${kind}s` : names.join(', ')
  const message = `sse: option '${option}' names the ${kind} '${name}', which the worker does not know. Allowed: ${allowed}`
  return { code: 'options', message, attempts: 0 }
}
