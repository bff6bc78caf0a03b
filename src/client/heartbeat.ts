/** How often a page asks whether the worker still answers, and how long it may take. */
export const HEARTBEAT_MS = 10_000

/** How many answers in a row may be missing. One may: a page that wakes up hears its timers before its messages. */
const MISSES = 2

/** What a heartbeat finds. */
export interface HeartbeatFindings {
  /** The worker does not answer. */
  onWedged(): void
  /** Another life of the worker answers: its script was run again under the page's port. */
  onReplaced(): void
}

/** Asks the worker for a sign of life, as long as the page is attached. Returns what stops it. */
export function startHeartbeat(
  incarnation: string,
  ping: () => Promise<string>,
  findings: HeartbeatFindings,
): () => void {
  let misses = 0
  let asked = 0
  const timer = setInterval(() => {
    if (asked > 0) misses += 1
    if (misses >= MISSES) {
      stop()
      findings.onWedged()
      return
    }
    asked += 1
    ping().then(
      (answer) => {
        asked = 0
        misses = 0
        if (answer === incarnation) return
        stop()
        findings.onReplaced()
      },
      // The attachment is over; whoever ended it has stopped this, too.
      () => stop(),
    )
  }, HEARTBEAT_MS)
  const stop = (): void => clearInterval(timer)
  return stop
}
