import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.map': 'application/json',
}

/** Serves the built page. Only files below `root` whose type it knows; everything else is 404. */
export async function serveFile(root: string, pathname: string, response: ServerResponse): Promise<void> {
  const path = normalize(join(root, pathname === '/' ? 'index.html' : decodePath(pathname)))
  const type = contentTypes[extname(path)]
  const content = type !== undefined && path.startsWith(root + sep) ? await readIfThere(path) : undefined
  if (type === undefined || content === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('not found')
    return
  }
  // Vite names what is in assets/ by its content; the page itself keeps its name and must be asked for again.
  const cached = pathname.startsWith('/assets/')
  response
    .writeHead(200, {
      'content-type': type,
      'cache-control': cached ? 'public, max-age=31536000, immutable' : 'no-cache',
      'x-content-type-options': 'nosniff',
    })
    .end(content)
}

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname)
  } catch {
    // A broken escape names no file; the raw text will not be found either, which is the right answer.
    return pathname
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR' || code === 'ERR_INVALID_ARG_VALUE')
      return undefined
    throw error
  }
}
