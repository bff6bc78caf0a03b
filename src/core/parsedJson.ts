/** The outcome of one `JSON.parse`. */
type Parsed = { readonly value: unknown } | { readonly error: unknown }

/** By event, so that what several sessions want parsed is parsed once, and only when somebody asks. */
const outcomes = new WeakMap<object, Parsed>()

/** An event's data as JSON. Throws where it is none. */
export function parsedJson(event: object, data: string): unknown {
  let parsed = outcomes.get(event)
  if (parsed === undefined) {
    parsed = parse(data)
    outcomes.set(event, parsed)
  }
  if ('error' in parsed) throw parsed.error
  return parsed.value
}

function parse(data: string): Parsed {
  try {
    return { value: JSON.parse(data) }
  } catch (error) {
    return { error }
  }
}
