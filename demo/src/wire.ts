import { element } from './element.js'

const quietMs = 500

/** A dot that runs along the wire when events have come, at most twice a second. */
export class Wire {
  readonly #packet = element('packet')
  readonly #line = element('line')
  readonly #still = matchMedia('(prefers-reduced-motion: reduce)')
  #lastRun = 0

  pulse(now: number): void {
    if (this.#still.matches || now - this.#lastRun < quietMs) return
    this.#lastRun = now
    this.#packet.animate(
      [
        { transform: 'translateX(0)', opacity: 1 },
        { transform: `translateX(${this.#line.clientWidth - this.#packet.offsetWidth}px)`, opacity: 1 },
      ],
      { duration: 450, easing: 'cubic-bezier(.4, 0, .3, 1)' },
    )
  }
}
