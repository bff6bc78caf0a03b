import { cpus } from 'node:os'
import type { Measurements } from '../../vitals.js'
import type { Sampler } from './sampler.js'

type CoreTime = { busy: number; all: number }

function coreTimes(): CoreTime[] {
  return cpus().map(({ times: { user, nice, sys, irq, idle } }) => {
    const busy = user + nice + sys + irq
    return { busy, all: busy + idle }
  })
}

export function cpuSampler(): Sampler<Measurements['cpu']> {
  let last = coreTimes()
  return () => {
    const now = coreTimes()
    const cores = now.map((core, index) => {
      const before = last[index]
      // A core that has just come online has no earlier reading, and kernel counters tick only every 10 ms:
      // both would divide by zero.
      if (!before || core.all <= before.all) return 0
      return Math.min(1, Math.max(0, (core.busy - before.busy) / (core.all - before.all)))
    })
    last = now
    return { cores }
  }
}
