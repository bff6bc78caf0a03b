import type { IncomingMessage, ServerResponse } from 'node:http'
import { isSameOrigin } from './sameOrigin.js'
import type { StreamRoute } from './streamRoute.js'

const longestAwayMs = 60_000

function answer(response: ServerResponse, status: number, message: string): void {
  response
    .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
    .end(message)
}

/** `POST /faults/cut?connection=7` and `POST /faults/away?ms=10000`: what the page's two red buttons do. */
export function handleFault(
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  stream: StreamRoute,
  boundToLoopback: boolean,
): void {
  if (request.method !== 'POST') return answer(response, 405, 'POST only')
  if (!isSameOrigin(request, boundToLoopback))
    return answer(response, 403, 'only from the page of this server')
  switch (url.pathname) {
    case '/faults/cut': {
      const result = stream.cut(Number(url.searchParams.get('connection')))
      return result === 'cut' ? answer(response, 200, 'cut') : answer(response, 404, 'no such connection')
    }
    case '/faults/away': {
      const ms = Number(url.searchParams.get('ms'))
      if (!Number.isInteger(ms) || ms < 1 || ms > longestAwayMs) {
        return answer(response, 400, `ms must be a whole number from 1 to ${longestAwayMs}`)
      }
      stream.away(ms)
      return answer(response, 200, 'away')
    }
    default:
      return answer(response, 404, 'no such fault')
  }
}
