import type { Place, Resume } from '../protocol/subscription.js'

/**
 * Up to where a session needs nothing more: what it has taken; before it has taken anything, what it has received, since
 * its inbox outlives the worker; and before that, where it was told to be.
 */
export function ownPlace({ done, latest, kept }: Resume): Place {
  if (done !== undefined) return done
  return kept.id === '' ? (latest ?? kept) : kept
}

/** Where a stream starts for its first session, and what may be kept then. */
export interface StartPlace {
  readonly received: Place
  /** Never ahead of what the session has taken. */
  readonly kept: Place
}

/**
 * From the session's own place or from the cursor it was told, whichever is older: the cursor is safe for the others,
 * but ahead of a session that was away.
 */
export function startPlace(resume: Resume): StartPlace {
  const { done, kept } = resume
  const own = ownPlace(resume)
  if (kept.id !== '' && kept.position <= own.position) return { received: kept, kept }
  return { received: own, kept: own === done ? own : kept }
}
