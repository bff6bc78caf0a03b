import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Fields } from '../../demo/src/fields.js'

const main = fileURLToPath(new URL('../../demo/server/main.ts', import.meta.url))

/** What the server says of its connections, asked outside of any stream. */
export interface Counts {
  open: number
  total: number
  refused: number
}

/** The demo's server as `npm start` runs it: a process of its own, which prints where it listens. */
export class DemoServer {
  readonly url: string
  readonly #process: ChildProcess

  private constructor(url: string, process: ChildProcess) {
    this.url = url
    this.#process = process
  }

  /** `retryMs`: how long the server asks its clients to wait before they come back. */
  static async start({ retryMs = 700, port = 0 } = {}): Promise<DemoServer> {
    const child = spawn(process.execPath, ['--import', 'tsx', main], {
      env: { ...process.env, PORT: String(port), RETRY_MS: String(retryMs) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    for await (const chunk of child.stdout) {
      printed += String(chunk)
      const url = /http:\/\/\S+/.exec(printed)?.[0]
      if (url !== undefined) return new DemoServer(url, child)
    }
    throw new Error(`The demo's server ended before it said where it listens. It printed: ${printed}`)
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  async counts(): Promise<Counts> {
    const response = await fetch(new URL('counts', this.url))
    const fields = new Fields(await response.json())
    return { open: fields.number('open'), total: fields.number('total'), refused: fields.number('refused') }
  }

  async stop(): Promise<void> {
    const exited = once(this.#process, 'exit')
    if (this.#process.exitCode === null && this.#process.kill()) await exited
  }
}
