import { type Coded, DEFAULT_EVENT_NAME, type Marginal, type WireEvent } from '../protocol/event.js'

/** An event of a stream, with its place in it. Shared by all that queue it; never changed. */
export interface StreamEvent {
  readonly position: number
  readonly id: string
  readonly name: string
  /** A string is data; an object is a comment or a reconnection time. */
  readonly payload: string | Marginal
  /** Its text on the wire, written once however many sessions get it. */
  readonly wire: string
}

export function streamEvent(
  position: number,
  id: string,
  name: string | undefined,
  payload: string | Marginal,
): StreamEvent {
  const known = name ?? DEFAULT_EVENT_NAME
  return { position, id, name: known, payload, wire: wireText(position, id, known, payload) }
}

/** The same event with another payload on the wire. */
export function recoded(event: StreamEvent, payload: Coded): StreamEvent {
  const { position, id, name } = event
  return { ...event, wire: wireText(position, id, name, payload) }
}

function wireText(position: number, id: string, name: string, payload: WireEvent[2]): string {
  const wireEvent: WireEvent =
    name === DEFAULT_EVENT_NAME ? [position, id, payload] : [position, id, payload, name]
  return JSON.stringify(wireEvent)
}
