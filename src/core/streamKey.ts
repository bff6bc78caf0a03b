import type { StreamRequest } from '../protocol/subscription.js'

/**
 * What makes two sessions share a stream, as text; never stored as it is, since a URL may hold secrets. JSON of
 * a list: joined strings could be made to collide.
 */
export function streamKey({ method, url }: StreamRequest): string {
  return JSON.stringify([method, url])
}
