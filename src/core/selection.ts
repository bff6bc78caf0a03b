import type { Coded } from '../protocol/event.js'
import { fingerprint } from '../protocol/fingerprint.js'
import type { Interest } from '../protocol/subscription.js'
import { createFilter, type Filter } from './filter.js'
import { createMatch } from './match.js'
import { parsedJson } from './parsedJson.js'
import type { Codec, Registry, WorkerEvent } from './registry.js'
import { recoded, type StreamEvent } from './streamEvent.js'

/** What a session gets of a stream's events, and in which shape. */
export interface Selection {
  readonly wants: Filter
  readonly shape: (event: StreamEvent) => StreamEvent
}

/** The names are known to be there: the hub has asked. */
export function createSelection(interest: Interest, { codecs = {}, filters = {} }: Registry): Selection {
  const byName = createFilter(interest)
  const { match, filter, codec } = interest
  const matches = match === undefined ? undefined : createMatch(match)
  const passes = filter === undefined ? undefined : filters[filter.name]
  const coder = codec === undefined ? undefined : codecs[codec]
  if (matches === undefined && passes === undefined && coder === undefined) {
    return { wants: byName, shape: (event) => event }
  }
  /** A filter that throws has not said no: the reader is told in the event's place. */
  const failures = new WeakMap<StreamEvent, Coded>()
  return {
    wants: (event) => {
      if (!byName(event)) return false
      if (typeof event.payload !== 'string') return true
      if (matches !== undefined && !matches(event)) return false
      if (passes === undefined) return true
      try {
        return passes(workerEvent(event, event.payload), filter?.params)
      } catch (error) {
        failures.set(event, failed(error, event, event.payload))
        return true
      }
    },
    shape: (event) => {
      const failure = failures.get(event)
      if (failure !== undefined) return recoded(event, failure)
      return coder === undefined ? event : coded(coder, event)
    },
  }
}

/** Each codec reads an event once, however many sessions want it so. */
const shapes = new WeakMap<Codec, WeakMap<StreamEvent, StreamEvent>>()

function coded(codec: Codec, event: StreamEvent): StreamEvent {
  const { payload } = event
  if (typeof payload !== 'string') return event
  const known = shapes.get(codec) ?? new WeakMap<StreamEvent, StreamEvent>()
  shapes.set(codec, known)
  let shape = known.get(event)
  if (shape === undefined) {
    shape = decoded(codec, event, payload)
    known.set(event, shape)
  }
  return shape
}

function decoded(codec: Codec, event: StreamEvent, data: string): StreamEvent {
  try {
    // What JSON cannot say (a cycle, a bigint) throws here, and is told like any failure of the codec.
    const value = codec(data, workerEvent(event, data)) ?? null
    return recoded(event, { value, print: fingerprint(event.name, data) })
  } catch (error) {
    return recoded(event, failed(error, event, data))
  }
}

function workerEvent(event: StreamEvent, data: string): WorkerEvent {
  return { event: event.name, id: event.id, data, json: () => parsedJson(event, data) }
}

function failed(error: unknown, { name }: StreamEvent, text: string): Coded {
  const failure =
    error instanceof Error
      ? { name: error.name, message: error.message }
      : { name: 'Error', message: String(error) }
  return { failure, text, print: fingerprint(name, text) }
}
