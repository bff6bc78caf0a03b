import type { Json, Match } from '../protocol/json.js'
import { valueAt } from './dataPath.js'
import type { Filter } from './filter.js'
import { parsedJson } from './parsedJson.js'

/** Lets those events through whose JSON data has, at every path, the value or one of the values asked for. */
export function createMatch(match: Match): Filter {
  const wanted = Object.entries(match).map(([path, values]) => {
    const all: readonly Json[] = isList(values) ? values : [values]
    return [path, new Set(all.map((value) => JSON.stringify(value)))] as const
  })
  return (event) => {
    if (typeof event.payload !== 'string') return true
    let data: unknown
    try {
      data = parsedJson(event, event.payload)
    } catch {
      // Data that is no JSON has no fields that could match.
      return false
    }
    return wanted.every(([path, values]) => {
      const value = valueAt(data, path)
      return value !== undefined && values.has(JSON.stringify(value))
    })
  }
}

function isList(values: Json): values is readonly Json[] {
  return Array.isArray(values)
}
