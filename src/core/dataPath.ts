/** The value at a path in JSON data, as a key; `undefined` where there is no JSON, or nothing at the path. */
export function keyAt(data: string, path: string): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    // Data that is no JSON has no fields; whoever decodes it will say what is wrong with it.
    return undefined
  }
  for (const name of path.split('.')) {
    if (!(value instanceof Object)) return undefined
    value = new Map<string, unknown>(Object.entries(value)).get(name)
  }
  return value === undefined ? undefined : JSON.stringify(value)
}
