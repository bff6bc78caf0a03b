import { createStore, del, delMany, entries, get, set, type UseStore } from 'idb-keyval'

import type { CursorStore, KeptCursor } from '../core/env.js'

/** A cursor that was not written for so long is forgotten: few servers keep that much of their past. */
export const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000

/** So many cursors are kept, the newest: addresses that change with every visit must not fill the disk. */
export const MAX_CURSORS = 500

/**
 * Cursors in IndexedDB. Only digests of the stream's key and of its identity are written: a URL may hold secrets, and
 * what lies on a disk stays there.
 */
export function indexedDbCursorStore(broker: string): CursorStore {
  let store: UseStore | undefined
  // Opened at the first use: where a browser denies storage, opening is what throws.
  const opened = (): UseStore => (store ??= createStore('sse-broker', 'cursors'))
  let pruning: 'due' | 'done' = 'due'
  /** Begins alike for all that is this broker's: one broker's `forget()` does not touch another's. */
  const digestOf = async (text: string): Promise<string> => {
    const [whose, what] = await Promise.all([sha256(broker), sha256(JSON.stringify([broker, text]))])
    return `${whose.slice(0, 16)}${what}`
  }
  return {
    load: async (stream) => get<KeptCursor>(await digestOf(stream), opened()),
    save: async (stream, { identity, ...cursor }) => {
      const owner = identity === undefined ? {} : { identity: await digestOf(identity) }
      await set(await digestOf(stream), { ...cursor, ...owner }, opened())
      // Once in a worker's life is enough, and after the write: the cursor is what matters.
      if (pruning === 'done') return
      await prune(opened(), cursor.at)
      pruning = 'done'
    },
    forget: async (what) => {
      if (what.type === 'stream') return del(await digestOf(what.stream), opened())
      const whose = (await digestOf('')).slice(0, 16)
      const owner = what.type === 'identity' ? await digestOf(what.identity) : undefined
      const all = await entries<string, KeptCursor>(opened())
      const meant = all.filter(
        ([key, { identity }]) => key.startsWith(whose) && (owner === undefined || identity === owner),
      )
      return delMany(
        meant.map(([key]) => key),
        opened(),
      )
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

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
