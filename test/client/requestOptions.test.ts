import { describe, expect, it } from 'vitest'

import { resolveOptions } from '../../src/client/options.js'
import { headersData, requestOf, type RequestOptions } from '../../src/client/requestOptions.js'

const of = (options: RequestOptions) => requestOf('http://s/x', options)

describe('a request as data', () => {
  it('KTOR 12: without options is a GET without body headers', () => {
    expect(of({})).toEqual({ url: 'http://s/x', method: 'GET', headers: [] })
  })

  it.each<[RequestOptions['body'], unknown, string | undefined]>([
    ['text', 'text', 'text/plain;charset=UTF-8'],
    [new URLSearchParams({ a: 'b c' }), 'a=b+c', 'application/x-www-form-urlencoded;charset=UTF-8'],
    [Uint8Array.of(1, 2), Uint8Array.of(1, 2), undefined],
  ])('body %s has the content type that fetch gives it', (body, data, contentType) => {
    const request = of({ method: 'post', ...(body === undefined ? {} : { body }) })
    expect(request.method).toBe('POST')
    expect(request.body).toEqual(data)
    expect(new Map(request.headers).get('content-type')).toBe(contentType)
  })

  it('has the content type of the headers, where they name one', () => {
    const request = of({ method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } })
    expect(request.headers).toEqual([['content-type', 'application/json']])
  })

  it('is the same for headers in every form, order and case', () => {
    const forms: HeadersInit[] = [
      { 'X-B': '2', 'x-a': '1' },
      [
        ['x-a', '1'],
        ['X-B', '2'],
      ],
      new Headers({ 'X-a': '1', 'x-b': '2' }),
    ]
    for (const headers of forms) {
      expect(of({ headers }).headers).toEqual([
        ['x-a', '1'],
        ['x-b', '2'],
      ])
    }
  })

  it('does not change with bytes that change', () => {
    const body = Uint8Array.of(1)
    const request = of({ method: 'POST', body })
    body[0] = 9
    expect(request.body).toEqual(Uint8Array.of(1))
  })

  it('with share: false is unlike any other', () => {
    expect(of({ share: false }).own).not.toBe(of({ share: false }).own)
    expect(of({ share: true }).own).toBeUndefined()
  })

  it('says that a tab is asked for headers, which do not cross', () => {
    expect(of({ identity: 'me', headers: () => ({ a: 'b' }) })).toEqual({
      url: 'http://s/x',
      method: 'GET',
      headers: [],
      identity: 'me',
      asksTab: true,
    })
  })

  it('is not given what fetch would refuse', () => {
    expect(() => headersData({ 'no good': 'x' })).toThrow(TypeError)
    expect(() => headersData({ good: 'line\nbreak' })).toThrow(TypeError)
  })
})

describe('wrong options', () => {
  /** Values as they come from untyped code. */
  const cases: [string, Record<string, unknown>, string][] = [
    ['a body on GET', { body: 'x' }, "option 'body' is 'x'. Allowed: none with the method GET"],
    ['a body on HEAD', { method: 'head', body: 'x' }, 'Allowed: none with the method head'],
    ['a headers function without identity', { headers: () => ({}) }, "option 'identity' is undefined"],
    ['no method', { method: 'NO METHOD' }, "option 'method' is 'NO METHOD'"],
    ['a forbidden method', { method: 'CONNECT' }, "option 'method' is 'CONNECT'"],
    ['a stream as body', { method: 'POST', body: new Blob([]) }, "option 'body' is an object"],
    ['headers that are none', { headers: { 'no good': 'x' } }, "option 'headers' is an object"],
    ['headers as text', { headers: 'a: b' }, "option 'headers' is 'a: b'"],
    ['the cursor as a header', { headers: { 'last-event-id': '5' } }, 'lastEventId'],
    ['credentials', { credentials: 'always' }, "Allowed: 'omit', 'same-origin', 'include'"],
    ['identity', { identity: 5 }, "option 'identity' is 5. Allowed: a string"],
    ['share', { share: 'no' }, "option 'share' is 'no'. Allowed: true or false"],
    ['retryOn', { retryOn: [200] }, "option 'retryOn' is [200]. Allowed: an array of statuses"],
    ['a negative time', { idleTimeoutMs: -1 }, "option 'idleTimeoutMs' is -1. Allowed: milliseconds"],
    ['NaN', { connectTimeoutMs: Number.NaN }, "option 'connectTimeoutMs' is NaN"],
    ['no time at all', { idleTimeoutMs: 0 }, 'a number from 1 to 2147483647'],
    ['an endless time', { resumeMaxAgeMs: Infinity }, "option 'resumeMaxAgeMs' is Infinity"],
    ['maxEventSize', { maxEventSize: 0 }, "option 'maxEventSize' is 0"],
    ['backoff', { backoff: true }, "option 'backoff' is true. Allowed: false, or {"],
    ['a part of backoff', { backoff: { jitter: 2 } }, 'jitter: a number from 0 to 1'],
    ['an unknown part of backoff', { backoff: { max: 2 } }, "option 'backoff'"],
    ['bufferPolicy', { bufferPolicy: 'some' }, "option 'bufferPolicy' is 'some'"],
    ['KTOR 20: no lines', { bufferPolicy: { lastLines: 0 } }, 'with a whole number from 1'],
    ['both', { bufferPolicy: { lastLines: 1, lastEvents: 1 } }, "option 'bufferPolicy'"],
    ['resume', { resume: true }, "Allowed: 'persisted', 'memory', 'none'"],
    ['lastEventId', { lastEventId: 5 }, "option 'lastEventId' is 5. Allowed: a string"],
    ['a function in params', { filter: { name: 'f', params: { f: () => 1 } } }, "option 'filter'"],
    ['a nameless filter', { filter: { params: 1 } }, "option 'filter'"],
    [
      'a function in match',
      { match: { a: () => 1 } },
      "option 'match' is an object. Allowed: an object of JSON",
    ],
    ['match as a list', { match: ['a'] }, "option 'match' is ['a']"],
    ['events that are no schemas', { events: { a: () => 1 } }, "option 'events' is an object"],
    ['a codec without a name', { deserialize: { codec: 5 } }, "option 'deserialize' is an object"],
    ['onStatus', { onStatus: 'x' }, "option 'onStatus' is 'x'. Allowed: a function"],
  ]

  it.each(cases)('%s', (_, options, message) => {
    expect(() => resolveOptions(Object(options), {})).toThrow(
      expect.objectContaining({ code: 'options', message: expect.stringContaining(message) }),
    )
  })
})

describe('the policy', () => {
  it('is the session’s before the broker’s, option by option; what nobody says stays unsaid', () => {
    const { policy } = resolveOptions(
      { idleTimeoutMs: 5, backoff: false },
      { idleTimeoutMs: 7, retryOn: [404], bufferPolicy: 'all' },
    )
    expect(policy).toEqual({
      maxReconnectionAttempts: Infinity,
      reconnectionTime: 3000,
      idleTimeoutMs: 5,
      backoff: false,
      retryOn: [404],
      bufferPolicy: 'all',
    })
  })

  it('does not take undefined for a word', () => {
    const options = { idleTimeoutMs: undefined }
    expect(resolveOptions(Object(options), { idleTimeoutMs: 7 }).policy.idleTimeoutMs).toBe(7)
  })
})
