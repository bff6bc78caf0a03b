import { arch, cpus, hostname, release, totalmem, type as systemType } from 'node:os'
import type { Machine, VitalName } from '../vitals.js'
import { diskUnmeasured } from './vitals/disk.js'
import { loadUnmeasured } from './vitals/load.js'
import { networkUnmeasured } from './vitals/network.js'

export function unmeasuredVitals(): Partial<Record<VitalName, string>> {
  const unmeasured: Partial<Record<VitalName, string>> = {}
  const load = loadUnmeasured()
  if (load !== undefined) unmeasured.load = load
  const disk = diskUnmeasured()
  if (disk !== undefined) unmeasured.disk = disk
  const network = networkUnmeasured()
  if (network !== undefined) unmeasured.network = network
  return unmeasured
}

export function describeMachine(unmeasured: Machine['unmeasured']): Machine {
  return {
    host: hostname(),
    system: `${systemType()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: cpus().length,
    memory: totalmem(),
    node: process.version,
    unmeasured,
  }
}
