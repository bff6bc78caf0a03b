import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens on `port`, or on the next free one after it when `orNext`. */
export async function listen(server: Server, host: string, port: number, orNext: boolean): Promise<number> {
  for (let candidate = port; ; candidate++) {
    const taken = await tryListen(server, host, candidate)
    if (!taken) return boundPort(server.address())
    if (!orNext || candidate >= port + 20) throw taken
  }
}

function tryListen(server: Server, host: string, port: number): Promise<Error | undefined> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      server.off('listening', listening)
      if (error.code === 'EADDRINUSE') resolve(error)
      else reject(error)
    }
    const listening = () => {
      server.off('error', failed)
      resolve(undefined)
    }
    server.once('error', failed).once('listening', listening).listen(port, host)
  })
}

function boundPort(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server is not bound to a port')
  return address.port
}
