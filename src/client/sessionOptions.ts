import type { CodecOf, Deserializer, EventSchemas } from './deserialize.js'
import type { SseEvent } from '../protocol/event.js'
import type { NamedFilter } from '../protocol/json.js'
import type { SseOptions } from './options.js'
import type { SseSession } from './sseSession.js'
import type { SchemaOutput, StandardSchemaV1 } from './standardSchema.js'

// What a session's options say about the type of its events. `Broker` has an overload for each.

/** When its data stays text. */
export type TextOptions = SseOptions & { deserialize?: 'text'; events?: readonly string[] }

/** When its data is JSON; of which type is the caller's word. */
export type JsonOptions<T> = SseOptions<T> & { deserialize: 'json'; events?: readonly string[] }

/** When a schema says what its data is. */
export type SchemaOptions<S extends StandardSchemaV1> = Omit<SseOptions<SchemaOutput<S>>, 'deserialize'> & {
  deserialize: S
  events?: readonly string[]
}

/**
 * Options that come from elsewhere. Without `deserialize` the data is text, so it must be named unless `T` admits text:
 * `sseSession<Price>('/prices')` does not compile.
 */
export type GeneralOptions<T> = SseOptions<T> &
  (string extends T ? unknown : { deserialize: NonNullable<SseOptions<T>['deserialize']> })

/** When a function makes something of its data. */
export type DeserializerOptions<T> = SseOptions<T> & {
  deserialize: Deserializer<T>
  events?: readonly string[]
}

/** When a codec of the user's own worker makes something of its data. */
export type CodecOptions<T, K extends string = string> = Omit<SseOptions<T>, 'deserialize'> & {
  deserialize: CodecOf<K>
  events?: readonly string[]
}

/** When each event has a schema by its name. */
export type NamedOptions<M extends EventSchemas> = Omit<SseOptions, 'events' | 'filter'> & {
  events: M
  filter?: ((event: NamedEvents<M>) => boolean) | NamedFilter
}

/** An event whose name is known, and with it the type of its data. */
export interface NamedEvent<N extends string, T> extends SseEvent<T> {
  event: N
}

/** The events of a session with schemas: a union that `event` tells apart. */
export type NamedEvents<M extends EventSchemas> = {
  [N in keyof M & string]: NamedEvent<N, SchemaOutput<M[N]>>
}[keyof M & string]

/** A session with schemas: as any other, and each event is typed by its name. */
export interface NamedSession<M extends EventSchemas> extends Omit<
  SseSession<unknown>,
  'incoming' | 'on' | 'readable'
> {
  /** @see SseSession.incoming */
  readonly incoming: AsyncIterableIterator<NamedEvents<M>, undefined>
  /** @see SseSession.readable */
  readonly readable: ReadableStream<NamedEvents<M>>
  /** @see SseSession.on */
  on<N extends keyof M & string>(
    type: N,
    listener: (event: NamedEvent<N, SchemaOutput<M[N]>>) => void,
  ): () => void
  on(type: '*', listener: (event: NamedEvents<M>) => void): () => void
}

/** What a user's own worker is, as a type: `typeof` what `startBroker` returned. */
export interface WorkerTypes {
  readonly codecs?: Readonly<Record<string, (...args: never[]) => unknown>>
}

/** The names of a worker's codecs. */
export type CodecName<W extends WorkerTypes> = keyof NonNullable<W['codecs']> & string

/** What a worker's codec makes. */
export type CodecResult<W extends WorkerTypes, K extends CodecName<W>> = ReturnType<
  NonNullable<W['codecs']>[K]
>
