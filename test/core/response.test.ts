import { describe, expect, it } from 'vitest'

import { judge, retryAfterMs } from '../../src/core/response.js'

function answer(status: number, headers: readonly (readonly [string, string])[] = []) {
  return { status, statusText: '', url: 'http://a/', headers }
}

describe('judge', () => {
  it.each([
    'text/event-stream',
    'text/event-stream; charset=UTF-8',
    'Text/Event-Stream;charset=utf-8',
    ' text/event-stream ',
  ])('accepts 200 with %s', (type) => {
    expect(judge(answer(200, [['Content-Type', type]]))).toEqual({ type: 'accept' })
  })

  it('takes 204 as a normal end', () => {
    expect(judge(answer(204))).toEqual({ type: 'end' })
  })

  it.each([408, 425, 429, 500, 502, 503, 599])('retries %i', (status) => {
    expect(judge(answer(status))).toEqual({
      type: 'retry',
      code: 'status',
      message: `Expected status code 200 but was ${status}`,
    })
  })

  it.each([201, 206, 301, 400, 401, 403, 404, 410, 418])('is final at %i', (status) => {
    expect(judge(answer(status))).toMatchObject({
      type: 'fail',
      message: `Expected status code 200 but was ${status}`,
    })
  })

  it.each([
    ['text/plain', 'text/plain'],
    ['text/event-streams', 'text/event-streams'],
    ['application/json; charset=utf-8', 'application/json; charset=utf-8'],
    [undefined, 'none'],
  ])('is final at content type %s', (type, shown) => {
    expect(judge(answer(200, type === undefined ? [] : [['content-type', type]]))).toEqual({
      type: 'fail',
      code: 'content-type',
      message: `Expected Content-Type text/event-stream but was ${shown}`,
    })
  })
})

describe('retryAfterMs', () => {
  const now = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT')
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
    ['Wed, 21 Oct 2026 07:27:00 GMT', 0],
    ['soon', 0],
    ['', 0],
    ['99999999999999', 2_147_483_647],
  ])('of %s', (value, ms) => {
    expect(retryAfterMs(answer(503, [['Retry-After', value]]), now)).toBe(ms)
  })

  it('is 0 without the header', () => {
    expect(retryAfterMs(answer(503), now)).toBe(0)
  })
})
