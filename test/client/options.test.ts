import { describe, expect, it } from 'vitest'

import { createBroker } from '../../src/client/broker.js'
import { resolveOptions } from '../../src/client/options.js'

/** A value as it comes from untyped code. */
function untyped(json: string) {
  return JSON.parse(json)
}

describe('defaults', () => {
  it('are the built-in ones', () => {
    expect(resolveOptions({}, {})).toEqual({
      policy: { maxReconnectionAttempts: Infinity, reconnectionTime: 3000 },
      showCommentEvents: false,
      showRetryEvents: false,
      overflow: { limit: 4096, maxChars: 4_194_304, patienceMs: 1000, policy: 'gap' },
      replay: 0,
      events: undefined,
      schemas: undefined,
      match: undefined,
      filter: undefined,
      onStatus: undefined,
      request: {},
      deserialize: 'text',
      signal: undefined,
    })
  })

  it('are the broker’s before the built-in ones, and the session’s before the broker’s', () => {
    const broker = { reconnectionTime: 5, showCommentEvents: true, maxReconnectionAttempts: 2 }
    const session = { reconnectionTime: 7, showCommentEvents: false }
    expect(resolveOptions(session, broker)).toMatchObject({
      policy: { maxReconnectionAttempts: 2, reconnectionTime: 7 },
      showCommentEvents: false,
    })
  })
})

describe('a wrong option throws, and names it, its value and what is allowed', () => {
  it.each([
    ['{ "maxReconnectionAttempts": -1 }', "'maxReconnectionAttempts' is -1. Allowed: a whole number"],
    ['{ "maxReconnectionAttempts": 1.5 }', "'maxReconnectionAttempts' is 1.5"],
    ['{ "maxReconnectionAttempts": "3" }', "'maxReconnectionAttempts' is '3'"],
    ['{ "reconnectionTime": -1 }', "'reconnectionTime' is -1. Allowed: milliseconds"],
    ['{ "reconnectionTime": 3000000000 }', "'reconnectionTime' is 3000000000"],
    ['{ "showCommentEvents": 1 }', "'showCommentEvents' is 1. Allowed: true or false"],
    ['{ "showRetryEvents": null }', "'showRetryEvents' is null. Allowed: true or false"],
    ['{ "events": "price" }', "'events' is 'price'. Allowed: an array of event names"],
    ['{ "events": [] }', "'events' is []. Allowed: an array of event names, not empty"],
    ['{ "events": ["a", 1] }', "'events' is ['a', 1]"],
    ['{ "deserialize": "xml" }', "'deserialize' is 'xml'. Allowed: 'text', 'json', a Standard Schema"],
    ['{ "replay": -1 }', "'replay' is -1. Allowed: a whole number from 0, or 'all'"],
    ['{ "whenHidden": "drop" }', "'whenHidden' is 'drop'. Allowed: 'deliver', 'hold'"],
    ['{ "overflow": "gap" }', "'overflow' is 'gap'. Allowed: an object with limit, maxChars"],
    ['{ "overflow": { "limit": 0 } }', "sse: overflow: option 'limit' is 0. Allowed: a number from 1"],
    ['{ "overflow": { "policy": "drop" } }', "option 'policy' is 'drop'. Allowed: 'gap', 'latest'"],
    ['{ "overflow": { "patienceMs": -5 } }', "option 'patienceMs' is -5. Allowed: milliseconds"],
    ['{ "overflow": { "by": "" } }', "option 'by' is ''. Allowed: a path"],
    ['{ "signal": {} }', "'signal' is an object. Allowed: an AbortSignal"],
    ['{ "deserialise": "json" }', "'deserialise' is 'json'. Allowed: the options maxReconnectionAttempts"],
  ])('%s', (options, message) => {
    expect(() => resolveOptions(untyped(options), {})).toThrow(
      expect.objectContaining({ code: 'options', message: expect.stringContaining(message) }),
    )
  })

  it('NaN', () => {
    expect(() => resolveOptions({ reconnectionTime: Number.NaN }, {})).toThrow("'reconnectionTime' is NaN")
  })

  it('options that are no object', () => {
    expect(() => resolveOptions(untyped('"json"'), {})).toThrow("options is 'json'. Allowed: an object")
    expect(() => createBroker(untyped('null'))).toThrow('createBroker: options is null')
  })

  it('of createBroker', () => {
    expect(() => createBroker(untyped('{ "name": 7 }'))).toThrow("option 'name' is 7. Allowed: a string")
    expect(() => createBroker(untyped('{ "workerUrl": 7 }'))).toThrow("option 'workerUrl' is 7")
    expect(() => createBroker(untyped('{ "deserialize": "json" }'))).toThrow("option 'deserialize'")
  })
})
