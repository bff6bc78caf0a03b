import { expect, it } from 'vitest'

import { createFilter } from '../../src/core/filter.js'
import { streamEvent } from '../../src/core/streamEvent.js'

const events = {
  price: streamEvent(1, '', 'price', '1'),
  unnamed: streamEvent(2, '', undefined, '2'),
  comment: streamEvent(3, '', undefined, { comments: 'price' }),
  retry: streamEvent(4, '', undefined, { retry: 5 }),
}
const off = { showCommentEvents: false, showRetryEvents: false }

it.each([
  ['all by default', off, ['price', 'unnamed']],
  ['by name', { ...off, events: ['price'] }, ['price']],
  ['the unnamed as message', { ...off, events: ['message'] }, ['unnamed']],
  ['no name fits', { ...off, events: ['Price'] }, []],
  ['comments beside names', { ...off, showCommentEvents: true, events: ['price'] }, ['price', 'comment']],
  ['retries', { ...off, showRetryEvents: true }, ['price', 'unnamed', 'retry']],
])('lets through: %s', (_, interest, names) => {
  const filter = createFilter(interest)
  const passed = Object.entries(events).filter(([, event]) => filter(event))
  expect(passed.map(([name]) => name)).toEqual(names)
})
