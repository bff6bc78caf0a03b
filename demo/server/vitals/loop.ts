import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Measurements } from '../../vitals.js'
import type { Sampler } from './sampler.js'

const resolution = 10

// The histogram holds the time between two ticks of its timer, the timer's own period included.
function late(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - resolution)
}

export function loopSampler(): Sampler<Measurements['loop']> {
  const delays = monitorEventLoopDelay({ resolution })
  delays.enable()
  return () => {
    const sample = { median: late(delays.percentile(50)), slowest: late(delays.max) }
    delays.reset()
    return sample
  }
}
