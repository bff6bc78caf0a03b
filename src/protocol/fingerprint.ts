/** So many characters of an event's data are looked at. */
const SAMPLES = 24

/**
 * A number that two different events hardly share. A server that has lost its memory gives old ids to new events; by
 * this a session tells them from what it has. Samples, since every event pays for it.
 */
export function fingerprint(name: string, data: string): number {
  let hash = data.length
  for (const text of [name, data]) {
    const step = Math.max(1, Math.floor(text.length / SAMPLES))
    for (let i = 0; i < text.length; i += step) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
  }
  return hash
}
