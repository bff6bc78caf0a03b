import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Exchange } from './exchange.js'

const folder = fileURLToPath(new URL('../pages/dist/', import.meta.url))

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

/** The built test pages. */
export async function servePageFile(exchange: Exchange): Promise<void> {
  const name = exchange.path === '/' ? '/index.html' : exchange.path
  const contentType = contentTypes[extname(name)]
  const file = join(folder, name)
  if (contentType === undefined || name.includes('..') || !existsSync(file)) return exchange.answer(404)
  exchange.answer(200, { 'content-type': contentType }, await readFile(file, 'utf8'))
}
