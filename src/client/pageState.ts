import type { PageState } from '../protocol/message.js'

/** What this page sees of the world. */
export function pageState(): PageState {
  return {
    visibility: document.visibilityState === 'hidden' ? 'hidden' : 'visible',
    network: navigator.onLine ? 'online' : 'offline',
  }
}

/** Calls back whenever it changes: a SharedWorker has no such events. Returns what stops it. */
export function watchPage(onChange: (page: PageState) => void): () => void {
  const watch = new AbortController()
  const { signal } = watch
  const tell = (): void => onChange(pageState())
  addEventListener('online', tell, { signal })
  addEventListener('offline', tell, { signal })
  document.addEventListener('visibilitychange', tell, { signal })
  return () => watch.abort()
}
