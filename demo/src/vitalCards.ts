import type { Logged, Machine, VitalName } from '../vitals.js'
import { VitalCard } from './vitalCard.js'
import { vitalPictures } from './vitalPictures.js'

export type VitalCards = { [Name in VitalName]: VitalCard<Logged[Name]> }

/** The six cards in their order on the page. A vital that this system cannot measure has nothing to choose. */
export function vitalCards(machine: Machine, parent: HTMLElement): VitalCards {
  const pictures = vitalPictures(machine)
  const cards = {
    cpu: new VitalCard('cpu', pictures.cpu, parent),
    load: new VitalCard('load', pictures.load, parent),
    memory: new VitalCard('memory', pictures.memory, parent),
    loop: new VitalCard('loop', pictures.loop, parent),
    disk: new VitalCard('disk', pictures.disk, parent),
    network: new VitalCard('network', pictures.network, parent),
  }
  for (const card of Object.values(cards)) {
    if (machine.unmeasured[card.name] === undefined) continue
    card.checkbox.checked = false
    card.checkbox.disabled = true
  }
  return cards
}
