import type { Measurements } from '../../vitals.js'
import { noProc, readProc } from './proc.js'
import { ratesOf } from './rate.js'
import type { Sampler } from './sampler.js'

const path = '/proc/net/dev'

export function networkUnmeasured(): string | undefined {
  return noProc(path)
}

export function bytesCarried(netDev: string): [received: number, sent: number] {
  let received = 0
  let sent = 0
  for (const line of netDev.split('\n')) {
    const [name, counters] = line.split(':')
    if (counters === undefined || name?.trim() === 'lo') continue
    const field = counters.trim().split(/\s+/)
    received += Number(field[0])
    sent += Number(field[8])
  }
  return [received, sent]
}

export function networkSampler(): Sampler<Measurements['network']> {
  const rates = ratesOf(() => bytesCarried(readProc(path) ?? ''))
  return () => {
    const [received, sent] = rates()
    return { received, sent }
  }
}
