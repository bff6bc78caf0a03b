/**
 * Collects what must be painted and paints it in the next animation frame: a burst of a thousand replayed events
 * costs one paint, and a hidden tab, which gets no frames, costs none.
 */
const waiting = new Set<() => void>()
let scheduled = false

export function inNextFrame(paint: () => void): void {
  waiting.add(paint)
  if (scheduled) return
  scheduled = true
  requestAnimationFrame(() => {
    scheduled = false
    const paints = [...waiting]
    waiting.clear()
    for (const each of paints) each()
  })
}
