import { createBroker, type Broker } from 'sse-broker'
import type { extensions } from './extendedWorker.js'

/** A broker with the codecs and filters of `extendedWorker.ts`. */
export function createExtendedBroker(): Broker<typeof extensions> {
  return createBroker<typeof extensions>({
    worker: (name) =>
      new SharedWorker(new URL('./extendedWorker.ts', import.meta.url), {
        type: 'module',
        name,
      }),
  })
}
