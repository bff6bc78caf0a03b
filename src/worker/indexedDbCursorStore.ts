import { createStore, delMany, entries, get, set, type UseStore } from 'idb-keyval'

import type { CursorStore, KeptCursor } from '../core/env.js'

/** A cursor that was not written for so long is forgotten: few servers keep that much of their past. */
export const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000

/** So many cursors are kept, the newest: addresses that change with every visit must not fill the disk. */
export const MAX_CURSORS = 500

/**
 * Cursors in IndexedDB. Only a digest of the stream's key is written: a URL may hold secrets, and what lies on a
 * disk stays there.
 */
export function indexedDbCursorStore(broker: string): CursorStore {
  let store: UseStore | undefined
  // Opened at the first use: where a browser denies storage, opening is what throws.
  const opened = (): UseStore => (store ??= createStore('sse-broker', 'cursors'))
  let pruning: 'due' | 'done' = 'due'
  const digestOf = async (stream: string): Promise<string> => {
    const bytes = new TextEncoder().encode(JSON.stringify([broker, stream]))
    const digest = await crypto.subtle.digest('SHA-256', bytes)
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
  }
  return {
    load: async (stream) => get<KeptCursor>(await digestOf(stream), opened()),
    save: async (stream, cursor) => {
      await set(await digestOf(stream), cursor, opened())
      // Once in a worker's life is enough, and after the write: the cursor is what matters.
      if (pruning === 'done') return
      await prune(opened(), cursor.at)
      pruning = 'done'
    },
  }
}

async function prune(store: UseStore, now: number): Promise<void> {
  const newestFirst = (await entries<string, KeptCursor>(store)).sort(([, a], [, b]) => b.at - a.at)
  const old = newestFirst.filter(([, { at }], index) => index >= MAX_CURSORS || now - at > MAX_AGE_MS)
  await delMany(
    old.map(([digest]) => digest),
    store,
  )
}
