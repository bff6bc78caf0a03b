import { freemem, totalmem } from 'node:os'
import type { Measurements } from '../../vitals.js'
import { readProc } from './proc.js'
import type { Sampler } from './sampler.js'

/** Linux counts caches as used in `freemem()`; MemAvailable is what a program could really still get. */
function availableBytes(): number {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readProc('/proc/meminfo') ?? '')?.[1]
  return kibibytes === undefined ? freemem() : Number(kibibytes) * 1024
}

export function memorySampler(): Sampler<Measurements['memory']> {
  return () => {
    const total = totalmem()
    return { used: total - availableBytes(), total }
  }
}
