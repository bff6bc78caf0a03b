import { cpus, loadavg } from 'node:os'
import type { Measurements } from '../../vitals.js'
import type { Sampler } from './sampler.js'

/** Windows has no load average; Node answers zeros there, which would be a lie on a chart. */
export function loadUnmeasured(): string | undefined {
  return process.platform === 'win32' ? 'Windows keeps no load average' : undefined
}

export function loadSampler(): Sampler<Measurements['load']> {
  return () => {
    const [one = 0, five = 0, fifteen = 0] = loadavg()
    return { one, five, fifteen, cores: cpus().length }
  }
}
