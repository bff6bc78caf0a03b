import { mkdirSync, writeFileSync } from 'node:fs'

import { picture } from './picture.js'
import { brokers, eventSources, type Herd } from './simulate.js'

// Writes docs/herd.svg: what sharing and jitter do to a server that everyone loses at once. Always the same picture.

const herd: Herd = { browsers: 100_000, tabs: 5, outage: 30, span: 70, reconnectionTime: 3000 }

const series = [
  { name: 'EventSource', color: '#b3412e', perSecond: eventSources(herd) },
  { name: 'sse-broker', color: '#2f6f9f', perSecond: brokers(herd) },
]

const docs = new URL('../../docs/', import.meta.url)
mkdirSync(docs, { recursive: true })
writeFileSync(new URL('herd.svg', docs), picture(herd, series))

for (const { name, perSecond } of series) {
  const after = perSecond.slice(herd.outage)
  console.log(
    `${name}: at most ${Math.max(...perSecond)} connections in a second, ${Math.max(...after)} when the server is back, ` +
      `${perSecond.reduce((sum, count) => sum + count, 0)} in all`,
  )
}
