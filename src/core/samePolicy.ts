import type { StreamPolicy } from '../protocol/subscription.js'

/** Order and presence of fields say nothing; `undefined` and a default are told apart, which errs on telling. */
export function isSamePolicy(a: StreamPolicy, b: StreamPolicy): boolean {
  const text = (policy: StreamPolicy): string =>
    JSON.stringify(
      Object.entries(policy)
        .sort()
        .map(([name, value]) => [name, String(value), value]),
    )
  return text(a) === text(b)
}
