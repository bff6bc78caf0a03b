import { createServer, type Server, type ServerResponse } from 'node:http'
import type { Machine } from '../vitals.js'
import { EventLog } from './eventLog.js'
import { handleFault } from './faults.js'
import { describeMachine, unmeasuredVitals } from './machine.js'
import { type Publish, startSampling } from './sampling.js'
import { serveFile } from './staticFiles.js'
import { StreamRoute } from './streamRoute.js'

export type DemoOptions = { pageRoot: string; boundToLoopback: boolean; retryMs: number; logLimit: number }

/** The demo's whole server, not yet listening. */
export function createDemoServer({ pageRoot, boundToLoopback, retryMs, logLimit }: DemoOptions): Server {
  const log = new EventLog(Date.now().toString(36), logLimit)
  const publish: Publish = (name, value) => stream.send(log.add(name, Date.now(), value))
  const publishCounts = () => publish('server', stream.counts)
  const stream = new StreamRoute(log, retryMs, publishCounts)
  const unmeasured = unmeasuredVitals()
  const machine: Machine = describeMachine(unmeasured)

  const server = createServer((request, response) => {
    // Joined, not resolved: a path that begins with `//` would be taken for a host, and `//` alone would throw.
    const address = `http://demo${request.url}`
    if (!URL.canParse(address)) {
      response.writeHead(400).end()
      return
    }
    const url = new URL(address)
    if (url.pathname === '/events') stream.handle(request, response)
    else if (url.pathname.startsWith('/faults/')) handleFault(url, request, response, stream, boundToLoopback)
    else if (url.pathname === '/machine') answerJson(response, machine)
    else if (url.pathname === '/counts') answerJson(response, { ...stream.counts, refused: stream.refused })
    else {
      serveFile(pageRoot, url.pathname, response).catch((error: unknown) => {
        console.error(error)
        response.writeHead(500).end()
      })
    }
  })

  const stopSampling = startSampling(publish, unmeasured)
  const counting = setInterval(publishCounts, 1000)
  server.on('close', () => {
    stopSampling()
    clearInterval(counting)
  })
  return server
}

function answerJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(value))
}
