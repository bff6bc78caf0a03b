import type { Connection, ConnectionRequest, Network, ResponseHead } from '../core/env.js'

/** The network of a worker: each connection is one `fetch`. */
export const fetchNetwork: Network = { open: (request) => new FetchConnection(request) }

class FetchConnection implements Connection {
  readonly response: Promise<ResponseHead>
  readonly #abort = new AbortController()
  // The parser strips the byte order mark; a decoder that did so too would take a second one from the data.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #body: ReadableStreamDefaultReader<Uint8Array> | undefined

  constructor({ url, method, headers, body, credentials = 'same-origin' }: ConnectionRequest) {
    this.response = fetch(url, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      cache: 'no-store',
      credentials,
      body: body ?? null,
      signal: this.#abort.signal,
    }).then((response) => {
      this.#body = response.body?.getReader()
      const { status, statusText } = response
      return { status, statusText, url: response.url, headers: [...response.headers] }
    })
  }

  async read(): Promise<string | undefined> {
    for (;;) {
      const chunk = await this.#body?.read()
      if (chunk?.value === undefined) return undefined
      const text = this.#decoder.decode(chunk.value, { stream: true })
      // Empty when the chunk held only the first bytes of a character.
      if (text !== '') return text
    }
  }

  close(): void {
    this.#abort.abort()
  }
}
