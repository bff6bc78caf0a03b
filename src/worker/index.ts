export type { Codec, WorkerEvent, WorkerFilter } from '../core/registry.js'
export type { Json } from '../protocol/json.js'
export { startBroker } from './startBroker.js'
export type { BrokerExtensions } from './startBroker.js'
