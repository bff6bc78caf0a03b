export { createBroker, broker } from './client/broker.js'
export type { Broker } from './client/broker.js'
export type { Address, AddressParts } from './client/address.js'
export type { SseCall } from './client/call.js'
export { DecodeError } from './client/deserialize.js'
export type { CodecOf, Deserialize, Deserializer, EventSchemas } from './client/deserialize.js'
export type { BrokerOptions, OverflowOptions, SessionDefaults, SseOptions } from './client/options.js'
export type { PolicyOptions } from './client/policyOptions.js'
export type { HeadersFunction, RequestOptions } from './client/requestOptions.js'
export type {
  CodecName,
  CodecOptions,
  CodecResult,
  DeserializerOptions,
  GeneralOptions,
  JsonOptions,
  NamedEvent,
  NamedEvents,
  NamedOptions,
  NamedSession,
  SchemaOptions,
  TextOptions,
  WorkerTypes,
} from './client/sessionOptions.js'
export { isSseError, SseError } from './client/sseError.js'
export type { SseErrorInit, SseResponse } from './client/sseError.js'
export type { SseSession } from './client/sseSession.js'
export type { SchemaIssue, SchemaOutput, SchemaResult, StandardSchemaV1 } from './client/standardSchema.js'
export type { SessionState, SessionStatus } from './client/status.js'
export type { SseErrorCode } from './protocol/error.js'
export type { SseEvent } from './protocol/event.js'
export type { Gap } from './protocol/gap.js'
export type { BrokerSnapshot, SessionSnapshot, StreamSnapshot } from './protocol/snapshot.js'
export type { Json, Match, NamedFilter } from './protocol/json.js'
export type { Backoff, BufferPolicy, StreamPolicy } from './protocol/subscription.js'
