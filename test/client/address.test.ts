import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { type Address, urlOf } from '../../src/client/address.js'

beforeAll(() => {
  vi.stubGlobal('document', { baseURI: 'http://page.test:8080/app/index.html' })
})
afterAll(() => {
  vi.unstubAllGlobals()
})

describe('urlOf', () => {
  it.each<[Address, string]>([
    ['/events', 'http://page.test:8080/events'],
    ['events?x=1', 'http://page.test:8080/app/events?x=1'],
    ['https://other.test/e#here', 'https://other.test/e'],
    [new URL('https://other.test/e'), 'https://other.test/e'],
    [{}, 'http://page.test:8080/'],
    [{ path: '/e' }, 'http://page.test:8080/e'],
    [{ path: 'e' }, 'http://page.test:8080/e'],
    [{ scheme: 'https', path: '/e' }, 'https://page.test:8080/e'],
    [{ host: 'api.test', path: '/e' }, 'http://api.test/e'],
    [{ scheme: 'https', host: 'api.test', port: 444 }, 'https://api.test:444/'],
    [{ port: 9000 }, 'http://page.test:9000/'],
    [{ path: '/e', query: { a: '1 2', 'b&': 'é' } }, 'http://page.test:8080/e?a=1%202&b%26=%C3%A9'],
  ])('of %j', (address, url) => {
    expect(urlOf(address)).toBe(url)
  })

  it.each<[Address, string]>([
    ['http://', 'it does not parse'],
    ['ftp://host/file', 'its scheme is ftp'],
    ['javascript:alert(1)', 'its scheme is javascript'],
    ['http://user:secret@host/', 'user name or password'],
    [{ scheme: 'ws', host: 'a' }, 'its scheme is ws'],
    [{ port: 70_000 }, 'its port is no whole number from 0 to 65535'],
    [{ port: -1 }, 'its port is no whole number'],
    [{ host: 'a b' }, "its host is 'a b'"],
    [{ host: '', path: '/e' }, "its host is ''"],
    [{ host: 'a/b' }, "its host is 'a/b'"],
    [{ host: 'user@b' }, "its host is 'user@b'"],
    [JSON.parse('{ "url": "/x" }'), "it has no part named 'url'"],
    [JSON.parse('null'), 'it is no string, URL or object'],
    [JSON.parse('7'), 'it is no string, URL or object'],
  ])('refuses %j', (address, why) => {
    expect(() => urlOf(address)).toThrow(
      expect.objectContaining({
        name: 'SseError',
        code: 'options',
        message: expect.stringContaining(why),
      }),
    )
  })
})
