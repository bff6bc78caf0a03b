/** Takes a Web Lock that is held until the returned function is called, or the page dies. */
export function holdLock(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks.request(name, () => new Promise<void>((release) => resolve(release))).catch(reject)
  })
}

/** Calls back when whoever holds a Web Lock has died. Returns what stops the watch. */
export function watchLock(name: string, onFree: () => void): () => void {
  const watch = new AbortController()
  navigator.locks.request(name, { signal: watch.signal }, onFree).catch((error: unknown) => {
    if (!watch.signal.aborted) reportError(error)
  })
  return () => watch.abort()
}
