import { expect, it } from 'vitest'

import { EventLog, LOG_MAX_CHARS, LOG_MAX_EVENTS } from '../../src/core/eventLog.js'
import { streamEvent } from '../../src/core/streamEvent.js'

it('gives what came after a position', () => {
  const log = new EventLog()
  for (let position = 1; position <= 5; position += 1) log.push(streamEvent(position, '', 'e', 'x'))
  expect(log.after(3)?.map((event) => event.position)).toEqual([4, 5])
  expect(log.after(5)).toEqual([])
  expect(log.after(0)).toHaveLength(5)
})

it('says when some of it is gone, by count', () => {
  const log = new EventLog()
  const count = LOG_MAX_EVENTS + 10
  for (let position = 1; position <= count; position += 1) log.push(streamEvent(position, '', 'e', 'x'))
  expect(log.all()).toHaveLength(LOG_MAX_EVENTS)
  expect(log.after(9)).toBeUndefined()
  expect(log.after(10)).toHaveLength(LOG_MAX_EVENTS)
})

it('says when some of it is gone, by characters', () => {
  const log = new EventLog()
  const data = 'x'.repeat(LOG_MAX_CHARS / 2)
  for (let position = 1; position <= 3; position += 1) log.push(streamEvent(position, '', 'e', data))
  expect(log.after(0)).toBeUndefined()
  expect(log.all()).toHaveLength(1)
})
