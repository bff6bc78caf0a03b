import { isObject } from './isObject.js'
import { SseError } from './sseError.js'

/** Where a stream is, in parts. What is missing is taken from the page: its own scheme, host and port. */
export interface AddressParts {
  /** `http` or `https`. */
  readonly scheme?: string
  readonly host?: string
  readonly port?: number
  /** Default `/`. */
  readonly path?: string
  readonly query?: Readonly<Record<string, string>>
}

/**
 * The address of a stream: a URL (a relative one is resolved against the page), or its parts. What is no http(s) URL is
 * refused with `SseError('options')`.
 *
 * @example
 * ```ts
 * await broker.sseSession('/prices?of=EUR')
 * await broker.sseSession({ scheme: 'https', host: 'api.example.com', path: '/prices', query: { of: 'EUR' } })
 * ```
 */
export type Address = string | URL | AddressParts

const PARTS = ['scheme', 'host', 'port', 'path', 'query']

/** The absolute URL of an address. Throws `SseError('options')` for what is no http(s) URL. */
export function urlOf(address: Address): string {
  const url = parsed(address)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw wrong(address, `its scheme is ${url.protocol.slice(0, -1)}`)
  }
  if (url.username !== '' || url.password !== '') {
    throw wrong(address, 'it holds a user name or password, which fetch does not send')
  }
  // A fragment never reaches the server: with and without it, it is the same stream.
  url.hash = ''
  return url.href
}

function parsed(address: Address): URL {
  if (typeof address === 'string' || address instanceof URL) return parse(address)
  if (isObject(address)) return assemble(address)
  throw wrong(address, 'it is no string, URL or object')
}

function parse(address: string | URL): URL {
  try {
    return new URL(address, document.baseURI)
  } catch (cause) {
    throw wrong(address, 'it does not parse', cause)
  }
}

function assemble(address: AddressParts): URL {
  const stranger = Object.keys(address).find((key) => !PARTS.includes(key))
  if (stranger !== undefined) throw wrong(address, `it has no part named '${stranger}'`)
  const { scheme, host, port, path = '/', query } = address
  if (host !== undefined && !/^[^\s/?#@\\]+$/.test(host)) throw wrong(address, `its host is '${host}'`)
  const page = new URL(document.baseURI)
  // A host of its own does not take the page's port along: `api.example.com` means its standard port.
  const authority = host ?? page.hostname
  const portPart = port ?? (host === undefined ? page.port : '')
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw wrong(address, 'its port is no whole number from 0 to 65535')
  }
  const origin = `${scheme ?? page.protocol.slice(0, -1)}://${authority}${portPart === '' ? '' : `:${portPart}`}`
  // Escaped as a URL parser does it: `URLSearchParams` writes a space as `+`, and the same address given as text
  // and in parts would be two streams.
  const search = Object.entries(query ?? {})
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&')
  return parse(`${origin}${path.startsWith('/') ? '' : '/'}${path}${search === '' ? '' : `?${search}`}`)
}

function wrong(address: Address, why: string, cause?: unknown): SseError {
  const shown =
    typeof address === 'string' || address instanceof URL ? String(address) : JSON.stringify(address)
  return new SseError(
    'options',
    `address ${shown} cannot be used: ${why}. Allowed: an http or https URL, absolute or relative to the ` +
      `page, or its parts { ${PARTS.join(', ')} }`,
    cause === undefined ? {} : { cause },
  )
}
