import type { Clock } from '../core/env.js'

/** The time of the worker. */
export const workerClock: Clock = {
  now: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}
