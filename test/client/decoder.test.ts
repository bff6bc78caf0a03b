import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

import { DecodeError, decoderOf, type EventSchemas, WorkerFailure } from '../../src/client/deserialize.js'
import type { SseEvent } from '../../src/protocol/event.js'

const event = (data: unknown, name = 'message'): SseEvent<unknown> => ({ data, event: name, id: '7' })

/** What a decoder throws for an event. */
function failureOf(decode: (event: SseEvent<unknown>) => unknown, of: SseEvent<unknown>): DecodeError {
  try {
    decode(of)
  } catch (error) {
    if (error instanceof DecodeError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const price = '{"symbol":"A","price":1}'
const libraries = {
  zod: z.object({ symbol: z.string(), price: z.number() }),
  valibot: v.object({ symbol: v.string(), price: v.number() }),
  arktype: type({ symbol: 'string', price: 'number' }),
}

describe.each(Object.entries(libraries))('a schema of %s', (_, schema) => {
  it('reads JSON as deserialize', () => {
    const decode = decoderOf({ deserialize: schema })
    expect(decode(event(price))?.data).toEqual({ symbol: 'A', price: 1 })
  })

  it('fails with the event and the issues', () => {
    const wrong = event('{"symbol":"A","price":"1"}')
    const error = failureOf(decoderOf({ deserialize: schema }), wrong)
    expect(error).toMatchObject({ code: 'decode', event: wrong })
    const paths = error.issues?.map(({ path = [] }) =>
      Array.from(path, (part) => (part instanceof Object ? part.key : part)),
    )
    expect(paths).toEqual([['price']])
    expect(error.message).toContain(error.issues?.[0]?.message)
  })

  it('validates the events of its name, and leaves others alone', () => {
    const decode = decoderOf({ deserialize: 'json', schemas: { price: schema } })
    expect(decode(event(price, 'price'))?.data).toEqual({ symbol: 'A', price: 1 })
    expect(decode(event('{"any":1}', 'other'))?.data).toEqual({ any: 1 })
    expect(failureOf(decode, event('{"any":1}', 'price'))).toMatchObject({ code: 'decode' })
  })
})

describe('schemas by name', () => {
  const schemas: EventSchemas = { count: z.string().transform(Number), text: z.string() }

  it('give their output', () => {
    const decode = decoderOf({ deserialize: 'text', schemas })
    expect(decode(event('12', 'count'))?.data).toBe(12)
  })

  it('see what deserialize made', () => {
    const decode = decoderOf<unknown>({ deserialize: (data) => data.trim(), schemas })
    expect(decode(event(' a ', 'text'))?.data).toBe('a')
  })

  it('are not found in the prototype of the object', () => {
    const decode = decoderOf({ deserialize: 'text', schemas })
    expect(decode(event('a', 'toString'))?.data).toBe('a')
  })

  it('do not read comments and retries', () => {
    const decode = decoderOf({ deserialize: 'json', schemas: { message: z.object({}) } })
    expect(decode({ ...event(''), comments: 'hi' })).toMatchObject({ comments: 'hi', data: undefined })
    expect(decode({ ...event(''), retry: 5 })).toMatchObject({ retry: 5, data: undefined })
  })

  it('that are asynchronous fail and say so', () => {
    const slow = z.string().refine(async () => true)
    const error = failureOf(decoderOf({ deserialize: 'text', schemas: { message: slow } }), event('a'))
    expect(error.message).toMatch(/asynchronous|async|Promise/i)
  })
})

describe('what comes from the worker', () => {
  it('is what its codec made', () => {
    const decode = decoderOf<unknown>({ deserialize: { codec: 'order' } })
    expect(decode(event({ id: 1 }))?.data).toEqual({ id: 1 })
    expect(decode(event(null))?.data).toBe(null)
  })

  it('or its failure, with the text as it came', () => {
    const decode = decoderOf<unknown>({ deserialize: { codec: 'order' } })
    const failure = new WorkerFailure('the text', { name: 'RangeError', message: 'too far' })
    const error = failureOf(decode, event(failure))
    expect(error).toMatchObject({ code: 'decode', event: { data: 'the text', id: '7' } })
    expect(error.cause).toMatchObject({ name: 'RangeError', message: 'too far' })
  })
})

describe('a filter', () => {
  it('sees what deserialize made, and lets go what it says', () => {
    const decode = decoderOf<{ n: number }>({ deserialize: 'json', filter: ({ data }) => data.n > 1 })
    expect(decode(event('{"n":1}'))).toBeUndefined()
    expect(decode(event('{"n":2}'))?.data).toEqual({ n: 2 })
  })

  it('does not see comments', () => {
    const decode = decoderOf<{ n: number }>({ deserialize: 'json', filter: ({ data }) => data.n > 1 })
    expect(decode({ ...event(''), comments: 'hi' })).toMatchObject({ comments: 'hi' })
  })

  it('that throws is told with the event', () => {
    const decode = decoderOf({
      deserialize: 'text',
      filter: () => {
        throw new Error('why not')
      },
    })
    expect(failureOf(decode, event('a'))).toMatchObject({ code: 'decode', event: { data: 'a' } })
  })
})
