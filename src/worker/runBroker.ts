import { expose } from 'comlink'

import { Hub } from '../core/hub.js'
import type { Registry } from '../core/registry.js'
import { brokerLockName } from '../protocol/brokerApi.js'
import { brokerOfWorker } from '../protocol/workerName.js'
import { watchBuilds } from './buildWatch.js'
import { fetchNetwork } from './fetchNetwork.js'
import { indexedDbCursorStore } from './indexedDbCursorStore.js'
import { TabControl } from './tabControl.js'
import { workerClock } from './workerClock.js'

declare const self: SharedWorkerGlobalScope

/** Makes of this SharedWorker one broker, with a control object for every tab that connects. */
export function runBroker(registry: Registry): void {
  const broker = brokerOfWorker(self.name)

  const hub = new Hub(
    crypto.randomUUID(),
    {
      clock: workerClock,
      network: fetchNetwork,
      store: indexedDbCursorStore(broker),
      random: Math.random,
      unique: () => crypto.randomUUID(),
    },
    registry,
  )

  /** Resolves when this worker holds its lock, which it does until it dies. */
  const brokerLock = new Promise<void>((resolve, reject) => {
    navigator.locks
      .request(brokerLockName(hub.incarnation), () => {
        resolve()
        return new Promise<never>(() => {})
      })
      .catch(reject)
  })

  self.onconnect = ({ ports: [port] }) => {
    if (port === undefined) return
    // A port whose page is gone stays open, and would keep its tab's control alive.
    expose(new TabControl(hub, brokerLock, () => port.close()), port)
  }

  watchBuilds(broker, self.location.href, () => hub.outdate())
}
