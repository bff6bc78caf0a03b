import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createDemoServer } from './demoServer.js'
import { listen } from './listen.js'

// PORT: where to listen (0: any free port). HOST: which interface. RETRY_MS: the `retry:` that the stream begins with.
const { PORT, HOST = '127.0.0.1', RETRY_MS = '2000' } = process.env

const pageRoot = fileURLToPath(new URL('../dist', import.meta.url))
if (!existsSync(pageRoot)) {
  console.error('The demo is not built yet. Run `npm start`, or `npm run build && npx vite build demo`.')
  process.exit(1)
}

const boundToLoopback = HOST === 'localhost' || HOST === '::1' || HOST.startsWith('127.')
const server = createDemoServer({ pageRoot, boundToLoopback, retryMs: Number(RETRY_MS), logLimit: 3000 })
const port = await listen(server, HOST, Number(PORT ?? 4040), PORT === undefined)

const host = HOST === '127.0.0.1' ? 'localhost' : HOST.includes(':') ? `[${HOST}]` : HOST
console.log(`The dashboard is at http://${host}:${port}/ . Open it in several tabs; Ctrl+C ends it.`)
