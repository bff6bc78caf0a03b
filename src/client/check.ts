import { isObject } from './isObject.js'
import { SseError } from './sseError.js'

/** What an option may be, in words and as a test. */
export type Check = readonly [allowed: string, holds: (value: unknown) => boolean]

export const boolean: Check = ['true or false', (value) => typeof value === 'boolean']

export const string: Check = ['a string', (value) => typeof value === 'string']

export const aFunction: Check = ['a function', (value) => typeof value === 'function']

export const fromOne: Check = ['a number from 1', (value) => typeof value === 'number' && value >= 1]

export const milliseconds: Check = [
  'milliseconds, a number from 0 to 2147483647',
  (value) => typeof value === 'number' && value >= 0 && value <= 2_147_483_647,
]

export const oneOf = (...values: readonly string[]): Check => [
  values.map((value) => `'${value}'`).join(', '),
  (value) => values.some((one) => one === value),
]

/** Throws for an option that is unknown, or is not what it may be. */
export function check(call: string, options: object, checks: Record<string, Check>): void {
  if (!isObject(options)) {
    throw wrong(`${call}: options`, options, 'an object')
  }
  for (const [name, value] of Object.entries(options)) {
    const known = checks[name]
    if (known === undefined) {
      throw wrong(`${call}: option '${name}'`, value, `the options ${Object.keys(checks).join(', ')}`)
    }
    // `undefined` means "not given", as everywhere on the platform.
    const [allowed, holds] = known
    if (value !== undefined && !holds(value)) throw wrong(`${call}: option '${name}'`, value, allowed)
  }
}

export function wrong(what: string, value: unknown, allowed: string): SseError {
  return new SseError('options', `${what} is ${show(value)}. Allowed: ${allowed}`)
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`
  if (isObject(value) && !(value instanceof URL))
    return typeof value === 'function' ? 'a function' : 'an object'
  return String(value)
}
