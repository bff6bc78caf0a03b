import type { Interest } from '../protocol/subscription.js'
import type { StreamEvent } from './streamEvent.js'

/** Whether a session wants an event. */
export type Filter = (event: StreamEvent) => boolean

/** Names select among the events with data; comments and retries have switches of their own. */
export function createFilter({ events, showCommentEvents, showRetryEvents }: Interest): Filter {
  const names = events === undefined ? undefined : new Set(events)
  return ({ name, payload }) => {
    if (typeof payload === 'string') return names === undefined || names.has(name)
    return 'comments' in payload ? showCommentEvents : showRetryEvents
  }
}
