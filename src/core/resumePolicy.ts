import type { StreamPolicy, StreamRequest } from '../protocol/subscription.js'
import type { Clock, CursorStore } from './env.js'

/** A kept cursor that is older is not used: few servers replay a whole day. */
export const RESUME_MAX_AGE_MS = 86_400_000

/** What of a stream outlives what. */
export interface ResumePolicy {
  /** `persisted`: a restart of the browser. `memory`: a drop or a worker's death. `none`: nothing is ever asked again. */
  readonly resume: 'persisted' | 'memory' | 'none'
  readonly maxAgeMs: number
  /** Where the stream starts when nothing is kept. */
  readonly firstId: string
  readonly identity: string | undefined
}

export function resumePolicy({ own, identity }: StreamRequest, policy: StreamPolicy): ResumePolicy {
  const { resume = 'persisted', resumeMaxAgeMs = RESUME_MAX_AGE_MS, lastEventId = '' } = policy
  return {
    // A stream of its own has no successor that could ask for its cursor.
    resume: own !== undefined && resume === 'persisted' ? 'memory' : resume,
    maxAgeMs: resumeMaxAgeMs,
    firstId: lastEventId,
    identity,
  }
}

/** The store as a stream of this policy sees it. */
export function storeUnder(
  { resume, maxAgeMs, identity }: ResumePolicy,
  store: CursorStore,
  clock: Clock,
): Pick<CursorStore, 'load' | 'save'> {
  if (resume !== 'persisted') return { load: async () => undefined, save: async () => {} }
  return {
    load: async (stream) => {
      const cursor = await store.load(stream)
      return cursor !== undefined && clock.now() - cursor.at <= maxAgeMs ? cursor : undefined
    },
    save: (stream, cursor) => store.save(stream, identity === undefined ? cursor : { ...cursor, identity }),
  }
}
