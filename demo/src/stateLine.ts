import { element, write } from './element.js'
import { duration } from './format.js'
import type { StreamState } from './streamState.js'

const words = { connecting: 'Connecting', open: 'Open', waiting: 'Waiting', closed: 'Closed' } as const

/**
 * The stream's state in words. Only the word is announced to a screen reader (`role="status"`); what ticks
 * beside it is not, or it would talk without end.
 */
export class StateLine {
  readonly #path = element('path')
  readonly #word = element('state')
  readonly #detail = element('state-detail')
  readonly #cause = element('state-cause')
  #state: StreamState = { state: 'connecting', attempt: 1 }
  #ticking: ReturnType<typeof setInterval> | undefined

  show(state: StreamState): void {
    this.#state = state
    this.#path.dataset['state'] = state.state
    write(this.#word, words[state.state])
    write(this.#cause, state.state === 'waiting' ? state.cause : '')
    document.title = `${words[state.state]} · sse-broker`
    clearInterval(this.#ticking)
    this.#tick()
    const period = { connecting: 0, closed: 0, open: 1000, waiting: 100 }[state.state]
    if (period > 0) this.#ticking = setInterval(() => this.#tick(), period)
  }

  #tick(): void {
    write(this.#detail, detail(this.#state, Date.now()))
  }
}

function detail(state: StreamState, now: number): string {
  switch (state.state) {
    case 'connecting':
      return state.attempt > 1 ? `attempt ${state.attempt}` : ''
    case 'open':
      return `for ${duration(now - state.since)}`
    case 'waiting': {
      const seconds = Math.max(0, state.retryAt - now) / 1000
      return `attempt ${state.attempt} in ${seconds.toFixed(1)} s`
    }
    case 'closed':
      return state.cause
  }
}
