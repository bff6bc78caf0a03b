import type { IncomingMessage } from 'node:http'

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Whether a request comes from this server's own page. Any page of the web can post to a port of the
 * reader's machine, so the `Origin` must be ours; and a name of the attacker's that resolves to 127.0.0.1 would
 * agree with itself, so a server bound to loopback takes loopback names only.
 */
export function isSameOrigin(request: IncomingMessage, boundToLoopback: boolean): boolean {
  const { origin, host } = request.headers
  if (origin === undefined || host === undefined) return false
  // 'null' is the origin of a sandboxed frame.
  if (!URL.canParse(origin)) return false
  const url = new URL(origin)
  if (url.host !== host) return false
  return !boundToLoopback || loopbackNames.has(url.hostname)
}
