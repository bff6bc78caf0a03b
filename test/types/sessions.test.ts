import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'

import type { Broker } from '../../src/client/broker.js'
import type { SessionStatus } from '../../src/client/status.js'
import type { SseEvent } from '../../src/protocol/event.js'

// What the compiler says. `tsc` does the work (`npm run check -- types`); the functions are never called.

interface Price {
  readonly symbol: string
  readonly price: number
}

interface Worker {
  readonly codecs: {
    readonly order: (data: string) => { readonly id: number }
    readonly line: (data: string) => string[]
  }
}

type Typed = (broker: Broker, withWorker: Broker<Worker>) => Promise<void>

/** Notes the types of a block that runs only in the compiler. */
const types: (name: string, block: Typed) => void = (name) => it(name, () => {})

/** The type of what a session yields. */
type Yielded<S> = S extends { readonly incoming: AsyncIterable<infer E> } ? E : never

describe('what a session yields', () => {
  types('text by default', async (broker) => {
    const plain = await broker.sseSession('/x')
    expectTypeOf<Yielded<typeof plain>>().toEqualTypeOf<SseEvent<string>>()
    const named = await broker.sseSession('/x', { events: ['a'], deserialize: 'text' })
    expectTypeOf<Yielded<typeof named>>().toEqualTypeOf<SseEvent<string>>()
  })

  types('unknown for JSON, or what the caller says it is', async (broker) => {
    const unknowing = await broker.sseSession('/x', { deserialize: 'json' })
    expectTypeOf<Yielded<typeof unknowing>>().toEqualTypeOf<SseEvent<unknown>>()
    const told = await broker.sseSession<Price>('/x', { deserialize: 'json' })
    expectTypeOf<Yielded<typeof told>>().toEqualTypeOf<SseEvent<Price>>()
  })

  types('what a function returns', async (broker) => {
    const session = await broker.sseSession('/x', { deserialize: (data) => data.length })
    expectTypeOf<Yielded<typeof session>>().toEqualTypeOf<SseEvent<number>>()
    const filtered = await broker.sseSession('/x', {
      deserialize: (data, event) => ({ length: data.length, id: event.id }),
      filter: ({ data }) => data.length > 3,
    })
    expectTypeOf<Yielded<typeof filtered>['data']>().toEqualTypeOf<{ length: number; id: string }>()
  })

  types('never a type that text is not, without a word on how to read it', async (broker) => {
    // @ts-expect-error: the data is text
    await broker.sseSession<Price>('/x')
    // @ts-expect-error: the data is text
    await broker.sseSession<Price>('/x', { events: ['a'] })
  })

  types('what a schema says: zod, valibot, arktype', async (broker) => {
    const byZod = await broker.sseSession('/x', { deserialize: z.object({ price: z.number() }) })
    expectTypeOf<Yielded<typeof byZod>['data']>().toEqualTypeOf<{ price: number }>()
    const byValibot = await broker.sseSession('/x', { deserialize: v.object({ price: v.number() }) })
    expectTypeOf<Yielded<typeof byValibot>['data']>().toEqualTypeOf<{ price: number }>()
    const byArktype = await broker.sseSession('/x', { deserialize: type({ price: 'number' }) })
    expectTypeOf<Yielded<typeof byArktype>['data']>().toEqualTypeOf<{ price: number }>()
  })

  types('the output of a schema, not its input', async (broker) => {
    const session = await broker.sseSession('/x', {
      deserialize: z.string().transform((text) => text.length),
    })
    expectTypeOf<Yielded<typeof session>['data']>().toEqualTypeOf<number>()
  })

  types('what a codec of the worker makes', async (broker, withWorker) => {
    const order = await withWorker.sseSession('/x', { deserialize: { codec: 'order' } })
    expectTypeOf<Yielded<typeof order>['data']>().toEqualTypeOf<{ readonly id: number }>()
    const line = await withWorker.sseSession('/x', { deserialize: { codec: 'line' } })
    expectTypeOf<Yielded<typeof line>['data']>().toEqualTypeOf<string[]>()
    const untyped = await broker.sseSession('/x', { deserialize: { codec: 'anything' } })
    expectTypeOf<Yielded<typeof untyped>['data']>().toEqualTypeOf<unknown>()
    // @ts-expect-error: this worker has no such codec
    await withWorker.sseSession('/x', { deserialize: { codec: 'ordr' } })
  })

  types('the same in a block', async (broker, withWorker) => {
    await broker.sse('/x', (session) => {
      expectTypeOf<Yielded<typeof session>>().toEqualTypeOf<SseEvent<string>>()
    })
    await broker.sse('/x', { deserialize: z.number() }, (session) => {
      expectTypeOf<Yielded<typeof session>['data']>().toEqualTypeOf<number>()
    })
    await withWorker.sse('/x', { deserialize: { codec: 'order' } }, (session) => {
      expectTypeOf<Yielded<typeof session>['data']>().toEqualTypeOf<{ readonly id: number }>()
    })
    await broker.sse('/x', { events: { n: z.number() } }, (session) => {
      expectTypeOf<Yielded<typeof session>['event']>().toEqualTypeOf<'n'>()
    })
  })
})

describe('schemas by name', () => {
  const events = {
    price: z.object({ symbol: z.string(), price: z.number() }),
    halted: v.object({ symbol: v.string() }),
    count: type('number'),
  }

  types('narrow in the loop', async (broker) => {
    const session = await broker.sseSession('/x', { events })
    for await (const event of session.incoming) {
      expectTypeOf(event.event).toEqualTypeOf<'price' | 'halted' | 'count'>()
      if (event.event === 'price') expectTypeOf(event.data).toEqualTypeOf<{ symbol: string; price: number }>()
      if (event.event === 'halted') expectTypeOf(event.data).toEqualTypeOf<{ symbol: string }>()
      if (event.event === 'count') expectTypeOf(event.data).toEqualTypeOf<number>()
      // @ts-expect-error: not before it is narrowed
      void event.data.price
      // @ts-expect-error: there is no such event
      if (event.event === 'closed') return
    }
  })

  types('narrow for listeners and filters', async (broker) => {
    const session = await broker.sseSession('/x', {
      events,
      filter: (event) => event.event !== 'price' || event.data.price > 0,
    })
    session.on('price', ({ data }) => expectTypeOf(data).toEqualTypeOf<{ symbol: string; price: number }>())
    session.on('*', (event) => expectTypeOf(event.event).toEqualTypeOf<'price' | 'halted' | 'count'>())
    // @ts-expect-error: there is no such event
    session.on('closed', () => {})
  })

  types('of something that is no schema do not compile', async (broker) => {
    // @ts-expect-error: a function is no schema
    await broker.sseSession('/x', { events: { price: (data: string) => data } })
  })
})

describe('a session', () => {
  types('has a status that is narrowed by state and reason', async (broker) => {
    const { status } = await broker.sseSession('/x')
    expectTypeOf(status).toEqualTypeOf<SessionStatus>()
    switch (status.state) {
      case 'connecting':
        expectTypeOf(status.attempt).toEqualTypeOf<number>()
        break
      case 'open':
        expectTypeOf(status.since).toEqualTypeOf<number>()
        break
      case 'waiting':
        expectTypeOf(status.retryAt).toEqualTypeOf<number>()
        expectTypeOf(status.error.code).toBeString()
        break
      case 'closed':
        expectTypeOf(status.reason).toEqualTypeOf<'ended' | 'closed' | 'aborted' | 'failed'>()
        if (status.reason === 'failed') expectTypeOf(status.error.code).toBeString()
        // @ts-expect-error: only what failed has an error
        else void status.error
        break
      default:
        expectTypeOf(status).toEqualTypeOf<never>()
    }
  })

  types('is assignable to one of unknown data', async (broker) => {
    const list: AsyncIterable<SseEvent<unknown>>[] = []
    list.push((await broker.sseSession('/x')).incoming)
    list.push((await broker.sseSession('/x', { events: { n: z.number() } })).incoming)
  })
})

describe('options', () => {
  types('of every kind', async (broker) => {
    await broker.sseSession('/x', { method: 'POST', body: new URLSearchParams({ a: 'b' }) })
    await broker.sseSession('/x', { identity: 'me', headers: async () => ({ authorization: 'Bearer x' }) })
    await broker.sseSession('/x', {
      identity: 'me',
      headers: ({ response }) => [['x-status', String(response?.status)]],
    })
    await broker.sseSession('/x', { match: { 'quote.symbol': ['A', 'B'], open: true } })
    await broker.sseSession('/x', { filter: { name: 'bySymbol', params: { symbols: ['A'] } } })
    await broker.sseSession('/x', { backoff: false, bufferPolicy: { lastLines: 3 }, retryOn: [404] })
  })

  types('that are wrong do not compile', async (broker) => {
    // @ts-expect-error: misspelt
    await broker.sseSession('/x', { reconectionTime: 3 })
    // @ts-expect-error: a string is no number
    await broker.sseSession('/x', { idleTimeoutMs: '3' })
    // @ts-expect-error: an object is no body
    await broker.sseSession('/x', { method: 'POST', body: { a: 1 } })
    // @ts-expect-error: a function cannot cross to the worker
    await broker.sseSession('/x', { filter: { name: 'f', params: () => 1 } })
    // @ts-expect-error: nor can it here
    await broker.sseSession('/x', { match: { a: () => 1 } })
    // @ts-expect-error: no such policy
    await broker.sseSession('/x', { bufferPolicy: 'some' })
    // @ts-expect-error: no such deserializer
    await broker.sseSession('/x', { deserialize: 'xml' })
    // @ts-expect-error: a block is a function
    await broker.sse('/x', {}, 'block')
  })
})
