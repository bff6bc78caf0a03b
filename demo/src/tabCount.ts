import type { BrokerSnapshot } from 'sse-broker'
import { element, write } from './element.js'
import { drawFan } from './fan.js'
import { plural } from './format.js'

/** How many tabs have a session, as the broker counts them, and whether this one is among them. */
export class TabCount {
  readonly #tabs = element('tabs')
  readonly #word = element('tabs-word')
  readonly #own = element('this-tab')

  show({ tabs }: BrokerSnapshot, ownSession: 'open' | 'closed'): void {
    const attached = tabs.filter((tab) => tab.sessions > 0).length
    write(this.#tabs, String(attached))
    write(this.#word, plural(attached, 'tab', 'tabs'))
    write(this.#own, ownSession === 'open' ? 'this one among them' : 'not this one')
    drawFan(attached, ownSession === 'open')
  }
}
