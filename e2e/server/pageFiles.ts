import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Exchange } from './exchange.js'

const pages = fileURLToPath(new URL('../pages/dist/', import.meta.url))
const packageFiles = fileURLToPath(new URL('../../dist/', import.meta.url))

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

/** The built test pages; under /package/ the files of the built package; and what the test added. */
export async function servePageFile(exchange: Exchange, added: ReadonlyMap<string, string>): Promise<void> {
  const path = exchange.path.endsWith('/') ? `${exchange.path}index.html` : exchange.path
  const contentType = contentTypes[extname(path)]
  if (contentType === undefined || path.includes('..')) return exchange.answer(404)
  const content = added.get(path) ?? (await readBuilt(path))
  if (content === undefined) return exchange.answer(404)
  exchange.answer(200, { 'content-type': contentType }, content)
}

async function readBuilt(path: string): Promise<string | undefined> {
  const file = path.startsWith('/package/')
    ? join(packageFiles, path.slice('/package/'.length))
    : join(pages, path)
  return existsSync(file) ? readFile(file, 'utf8') : undefined
}

/** The text of a file as the server has it. */
export function builtFile(path: string): string {
  return readFileSync(join(pages, path), 'utf8')
}
