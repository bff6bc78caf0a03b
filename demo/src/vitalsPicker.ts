import { type VitalName, vitalNames } from '../vitals.js'

type Choice = { checkbox: HTMLInputElement }

/** Which vitals the checkboxes ask for; calls back when that changes. */
export class VitalsPicker {
  readonly #choices: { [Name in VitalName]: Choice }

  constructor(choices: { [Name in VitalName]: Choice }, onChange: () => void) {
    this.#choices = choices
    for (const name of vitalNames) choices[name].checkbox.addEventListener('change', onChange)
  }

  get names(): readonly VitalName[] {
    return vitalNames.filter((name) => this.wants(name))
  }

  wants(name: VitalName): boolean {
    const { checkbox } = this.#choices[name]
    return checkbox.checked && !checkbox.disabled
  }
}
