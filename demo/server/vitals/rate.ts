import { performance } from 'node:perf_hooks'

/** Turns a pair of ever-growing counters into rates per second. */
export function ratesOf(read: () => [number, number]): () => [number, number] {
  let last = read()
  let lastAt = performance.now()
  return () => {
    const now = read()
    const nowAt = performance.now()
    const seconds = (nowAt - lastAt) / 1000
    // A device that is unplugged takes its counters with it: a falling sum is not a negative rate.
    const rate = (index: 0 | 1) => (seconds > 0 ? Math.max(0, now[index] - last[index]) / seconds : 0)
    const rates: [number, number] = [rate(0), rate(1)]
    last = now
    lastAt = nowAt
    return rates
  }
}
