import type { StreamRequest } from '../protocol/subscription.js'

/**
 * What makes two sessions share a stream, as text; never stored as it is, since a URL may hold secrets. JSON of
 * a list: joined strings could be made to collide.
 */
export function streamKey(request: StreamRequest): string {
  const { method, url, headers = [], body, credentials = 'same-origin', identity, asksTab, own } = request
  // Text and bytes are told apart by their shape; JSON would make an object of a byte array.
  const content = body instanceof Uint8Array ? [...body] : body
  return JSON.stringify([method, url, headers, content, credentials, identity, asksTab, own])
}
