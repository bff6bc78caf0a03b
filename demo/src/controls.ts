import { element, write } from './element.js'

const awayMs = 10_000

export type ControlActions = {
  /** Number of the server's connection that this tab's stream uses, when it has one. */
  connection: () => string | undefined
  toggleSession: () => void
}

/** The buttons, and one line that says what went wrong with them. */
export class Controls {
  readonly #session = element('session')
  readonly #note = element('control-note')
  readonly #actions: ControlActions

  constructor(actions: ControlActions) {
    this.#actions = actions
    element('another').addEventListener('click', () => open(location.href, '_blank', 'noopener'))
    element('cut').addEventListener('click', () => this.#cut())
    element('away').addEventListener('click', () => this.#fault(`./faults/away?ms=${awayMs}`))
    this.#session.addEventListener('click', actions.toggleSession)
  }

  sessionIs(open: boolean): void {
    write(this.#session, open ? 'Close the session' : 'Open the session')
  }

  #cut(): void {
    const connection = this.#actions.connection()
    if (connection === undefined) write(this.#note, 'There is no connection to cut just now.')
    else this.#fault(`./faults/cut?connection=${encodeURIComponent(connection)}`)
  }

  #fault(url: string): void {
    write(this.#note, '')
    fetch(url, { method: 'POST' }).then(
      async (response) => {
        if (!response.ok) write(this.#note, `The server said: ${await response.text()}.`)
      },
      () => write(this.#note, 'The server does not answer. Is it still running?'),
    )
  }
}
