import type { Measurements } from '../../vitals.js'
import { noProc, readProc } from './proc.js'
import { ratesOf } from './rate.js'
import type { Sampler } from './sampler.js'

const path = '/proc/diskstats'
const sectorBytes = 512

// Partitions are counted in their disk already, and device-mapper and md devices in the disks beneath them:
// adding them would count each byte twice. Loop and RAM disks move no bytes to a disk.
const wholeDisk = /^(?:[hsv]d[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/

export function diskUnmeasured(): string | undefined {
  return noProc(path)
}

export function bytesMoved(diskstats: string): [read: number, written: number] {
  let read = 0
  let written = 0
  for (const line of diskstats.split('\n')) {
    const field = line.trim().split(/\s+/)
    if (!wholeDisk.test(field[2] ?? '')) continue
    read += Number(field[5]) * sectorBytes
    written += Number(field[9]) * sectorBytes
  }
  return [read, written]
}

export function diskSampler(): Sampler<Measurements['disk']> {
  const rates = ratesOf(() => bytesMoved(readProc(path) ?? ''))
  return () => {
    const [read, written] = rates()
    return { read, written }
  }
}
