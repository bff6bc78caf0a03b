import { type Machine, vitalNames } from '../vitals.js'
import { element, write } from './element.js'
import { Fields } from './fields.js'
import { bytes } from './format.js'

export async function askMachine(): Promise<Machine> {
  const response = await fetch('./machine')
  if (!response.ok) throw new Error(`the server answered ${response.status} to /machine`)
  const fields = new Fields(await response.json())
  return {
    host: fields.text('host'),
    system: fields.text('system'),
    processor: fields.text('processor'),
    cores: fields.number('cores'),
    memory: fields.number('memory'),
    node: fields.text('node'),
    unmeasured: unmeasured(fields.fields('unmeasured')),
  }
}

function unmeasured(reasons: Fields): Machine['unmeasured'] {
  return Object.fromEntries(
    vitalNames.filter((name) => reasons.has(name)).map((name) => [name, reasons.text(name)]),
  )
}

export function showMachine({ host, system, processor, cores, memory, node }: Machine): void {
  write(element('host'), host)
  write(
    element('machine'),
    [processor, `${cores} cores`, bytes(memory), system, `Node ${node.slice(1)}`].join(', '),
  )
}
