import { createStore, get, set, type UseStore } from 'idb-keyval'

import type { CursorStore, KeptCursor } from '../core/env.js'

/**
 * Cursors in IndexedDB. Only a digest of the stream's key is written: a URL may hold secrets, and what lies on a
 * disk stays there.
 */
export function indexedDbCursorStore(broker: string): CursorStore {
  let store: UseStore | undefined
  // Opened at the first use: where a browser denies storage, opening is what throws.
  const opened = (): UseStore => (store ??= createStore('sse-broker', 'cursors'))
  const digestOf = async (stream: string): Promise<string> => {
    const bytes = new TextEncoder().encode(JSON.stringify([broker, stream]))
    const digest = await crypto.subtle.digest('SHA-256', bytes)
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
  }
  return {
    load: async (stream) => get<KeptCursor>(await digestOf(stream), opened()),
    save: async (stream, cursor) => set(await digestOf(stream), cursor, opened()),
  }
}
