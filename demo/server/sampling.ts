import type { Measurements, VitalName } from '../vitals.js'
import { cpuSampler } from './vitals/cpu.js'
import { diskSampler } from './vitals/disk.js'
import { loadSampler } from './vitals/load.js'
import { loopSampler } from './vitals/loop.js'
import { memorySampler } from './vitals/memory.js'
import { networkSampler } from './vitals/network.js'
import type { Sampler } from './vitals/sampler.js'

export type Publish = <Name extends keyof Measurements>(name: Name, value: Measurements[Name]) => void

/** Samples every measured vital on its own period, until the returned function is called. */
export function startSampling(publish: Publish, unmeasured: Partial<Record<VitalName, string>>): () => void {
  const timers: NodeJS.Timeout[] = []
  function every<Name extends VitalName>(
    ms: number,
    name: Name,
    sampler: () => Sampler<Measurements[Name]>,
  ): void {
    if (unmeasured[name] !== undefined) return
    const sample = sampler()
    timers.push(setInterval(() => publish(name, sample()), ms))
  }
  every(500, 'cpu', cpuSampler)
  every(1000, 'load', loadSampler)
  every(500, 'memory', memorySampler)
  every(250, 'loop', loopSampler)
  every(500, 'disk', diskSampler)
  every(500, 'network', networkSampler)
  return () => {
    for (const timer of timers) clearInterval(timer)
  }
}
