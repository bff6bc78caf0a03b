import type { Logged, LoggedName, Lost, Sequenced } from '../vitals.js'
import { Fields } from './fields.js'

/** An event of the demo's server, decoded: its name tells the type of its value. */
export type Delivered =
  | { [Name in LoggedName]: { name: Name; value: Logged[Name] } }[LoggedName]
  | { name: 'lost'; value: Lost }

/** The session's `deserialize`. */
export function decode(data: string, { event: name }: { event: string }): Delivered {
  const fields = new Fields(JSON.parse(data))
  const number = (field: string) => fields.number(field)
  switch (name) {
    case 'cpu':
      return { name, value: { ...sequenced(fields), cores: fields.numbers('cores') } }
    case 'load':
      return {
        name,
        value: {
          ...sequenced(fields),
          one: number('one'),
          five: number('five'),
          fifteen: number('fifteen'),
          cores: number('cores'),
        },
      }
    case 'memory':
      return { name, value: { ...sequenced(fields), used: number('used'), total: number('total') } }
    case 'loop':
      return { name, value: { ...sequenced(fields), median: number('median'), slowest: number('slowest') } }
    case 'disk':
      return { name, value: { ...sequenced(fields), read: number('read'), written: number('written') } }
    case 'network':
      return { name, value: { ...sequenced(fields), received: number('received'), sent: number('sent') } }
    case 'server':
      return { name, value: { ...sequenced(fields), open: number('open'), total: number('total') } }
    case 'lost':
      return { name, value: lost(fields) }
    default:
      throw new Error(`the demo's server sends no event named ${name}`)
  }
}

function sequenced(fields: Fields): Sequenced {
  return { seq: fields.number('seq'), nth: fields.number('nth'), at: fields.number('at') }
}

function lost(fields: Fields): Lost {
  const reason = fields.text('reason')
  if (reason === 'server-restarted') return { reason }
  return { reason: 'log-too-short', events: fields.number('events') }
}
