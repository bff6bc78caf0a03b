import { parsedJson } from './parsedJson.js'

/** The value at a path in an event's JSON data, as a key; `undefined` where there is no JSON, or nothing at the path. */
export function keyAt(event: object, data: string, path: string): string | undefined {
  let value: unknown
  try {
    value = parsedJson(event, data)
  } catch {
    // Data that is no JSON has no fields; whoever decodes it will say what is wrong with it.
    return undefined
  }
  const found = valueAt(value, path)
  return found === undefined ? undefined : JSON.stringify(found)
}

/** The value at a path; `undefined` where there is nothing. */
export function valueAt(data: unknown, path: string): unknown {
  let value = data
  for (const name of path.split('.')) {
    // Only what is the data's own: a path such as `constructor` finds nothing.
    if (!(value instanceof Object) || !Object.hasOwn(value, name)) return undefined
    value = Reflect.get(value, name)
  }
  return value
}
