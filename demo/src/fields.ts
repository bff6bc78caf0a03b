/** Reads JSON of the demo's server, and says which field is wrong rather than draw `NaN`. */
export class Fields {
  readonly #fields: ReadonlyMap<string, unknown>

  constructor(value: unknown) {
    if (typeof value !== 'object' || value === null)
      throw new Error(`not an object: ${JSON.stringify(value)}`)
    this.#fields = new Map(Object.entries(value))
  }

  number(name: string): number {
    const value = this.#fields.get(name)
    return typeof value === 'number' ? value : this.#wrong(name, 'a number')
  }

  text(name: string): string {
    const value = this.#fields.get(name)
    return typeof value === 'string' ? value : this.#wrong(name, 'text')
  }

  numbers(name: string): number[] {
    const values = this.#fields.get(name)
    if (!Array.isArray(values)) return this.#wrong(name, 'a list')
    return values.map((value: unknown) => (typeof value === 'number' ? value : this.#wrong(name, 'numbers')))
  }

  fields(name: string): Fields {
    return new Fields(this.#fields.get(name))
  }

  has(name: string): boolean {
    return this.#fields.has(name)
  }

  #wrong(name: string, wanted: string): never {
    throw new Error(`${name} is not ${wanted}: ${JSON.stringify(this.#fields.get(name))}`)
  }
}
