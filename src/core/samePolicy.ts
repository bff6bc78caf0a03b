import type { StreamPolicy } from '../protocol/subscription.js'

/** A default that is named and one that is not are told apart: it is better to tell a session too much. */
export function isSamePolicy(a: StreamPolicy, b: StreamPolicy): boolean {
  const names = [...Object.keys(a), ...Object.keys(b)]
  return names.every((name) => textOf(Reflect.get(a, name)) === textOf(Reflect.get(b, name)))
}

/** `Infinity` is null as JSON. */
function textOf(value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value)
}
