/** All that this origin keeps in IndexedDB, as one text: a test looks for an id in it, whatever the schema is. */
export async function storedText(): Promise<string> {
  const found: unknown[] = []
  for (const { name } of await indexedDB.databases()) {
    if (name === undefined) continue
    const database = await settled(indexedDB.open(name))
    for (const store of database.objectStoreNames) {
      found.push(await settled(database.transaction(store).objectStore(store).getAll()))
    }
    database.close()
  }
  return JSON.stringify(found)
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'))
  })
}
