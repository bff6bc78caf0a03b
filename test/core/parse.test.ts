import { describe, expect, it } from 'vitest'

import { StreamParser } from '../../src/core/parse.js'

// The table "Parsing" of the model: each input with every line end, in one chunk and byte by byte.

type Parsed =
  | { event: string; data: string; id?: string }
  | { bareId: string }
  | { comment: string }
  | { retry: number }
  | 'too large'

function parse(chunks: Iterable<string>, maxEventSize = 1000): Parsed[] {
  const parsed: Parsed[] = []
  const parser = new StreamParser(
    {
      onEvent: (name, data, id) =>
        parsed.push({ event: name ?? 'message', data, ...(id === undefined ? {} : { id }) }),
      onBareId: (id) => parsed.push({ bareId: id }),
      onComment: (comment) => parsed.push({ comment }),
      onRetry: (retry) => parsed.push({ retry }),
      onTooLarge: () => parsed.push('too large'),
    },
    maxEventSize,
  )
  for (const chunk of chunks) parser.feed(chunk)
  return parsed
}

/** As the network gives it: any number of bytes at a time, decoded on the way. */
function* decoded(text: string, size: number): Generator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const bytes = new TextEncoder().encode(text)
  for (let i = 0; i < bytes.length; i += size) {
    yield decoder.decode(bytes.subarray(i, i + size), { stream: true })
  }
}

const message = (data: string, id?: string): Parsed => ({
  event: 'message',
  data,
  ...(id === undefined ? {} : { id }),
})

const table: readonly { name: string; input: string; parsed: readonly Parsed[] }[] = [
  {
    name: 'three blocks, the second with two data lines, the third ended',
    input: 'data: first⏎⏎data: second⏎data: line⏎⏎data: third⏎⏎',
    parsed: [message('first'), message('second\nline'), message('third')],
  },
  {
    name: 'named events',
    input: 'event: add⏎data: 1⏎⏎event: remove⏎data: 2⏎⏎event: add⏎data: 3⏎⏎',
    parsed: [
      { event: 'add', data: '1' },
      { event: 'remove', data: '2' },
      { event: 'add', data: '3' },
    ],
  },
  {
    name: 'a name does not leak into the next event',
    input: 'event: add⏎⏎data: 1⏎⏎',
    parsed: [message('1')],
  },
  {
    name: 'a comment block, a comment between data lines, and one without a space',
    input: ': block⏎⏎data: 1⏎: between⏎data: 2⏎⏎:no space⏎',
    parsed: [{ comment: 'block' }, { comment: 'between' }, message('1\n2'), { comment: 'no space' }],
  },
  {
    name: 'an id without value',
    input: 'id: 7⏎data: a⏎⏎id⏎data: b⏎⏎',
    parsed: [message('a', '7'), message('b', '')],
  },
  {
    name: 'several ids in a block: the last wins',
    input: 'id: 1⏎id: 2⏎id: 3⏎data: x⏎⏎',
    parsed: [message('x', '3')],
  },
  {
    name: 'an id alone moves the cursor',
    input: 'id: 9⏎⏎data: x⏎⏎',
    parsed: [{ bareId: '9' }, message('x')],
  },
  {
    name: 'an id alone, before a comment and a retry',
    input: 'id: 9⏎⏎: c⏎retry: 5⏎',
    parsed: [{ bareId: '9' }, { comment: 'c' }, { retry: 5 }],
  },
  { name: 'data alone', input: 'data⏎⏎', parsed: [message('')] },
  { name: 'data twice alone', input: 'data⏎data⏎⏎', parsed: [message('\n')] },
  { name: 'an event name alone is no event', input: 'event: x⏎⏎', parsed: [] },
  { name: 'blank lines in a row', input: '⏎⏎⏎data: x⏎⏎⏎⏎', parsed: [message('x')] },
  {
    name: 'an end without a blank line drops the event and its id, and keeps its retry',
    input: 'data: whole⏎⏎retry: 50⏎id: 5⏎data: cut⏎',
    parsed: [message('whole'), { retry: 50 }],
  },
  { name: 'an id with U+0000 is ignored', input: 'id: a\u0000b⏎data: x⏎⏎', parsed: [message('x')] },
  {
    name: 'only digits are a retry',
    input: 'retry: 100⏎retry: no12⏎retry: -5⏎retry:  9⏎retry: 1.5⏎retry:⏎',
    parsed: [{ retry: 100 }],
  },
  { name: 'field names are case-sensitive', input: 'Data: x⏎DATA: y⏎⏎', parsed: [] },
  { name: 'unknown fields are ignored', input: 'color: red⏎data: x⏎⏎', parsed: [message('x')] },
  {
    name: 'a byte order mark at the start is stripped, once',
    input: '\uFEFFdata: x⏎⏎',
    parsed: [message('x')],
  },
  { name: 'two byte order marks: the line is unknown', input: '\uFEFF\uFEFFdata: x⏎⏎', parsed: [] },
  { name: 'a byte order mark elsewhere is kept', input: 'data: \uFEFFx⏎⏎', parsed: [message('\uFEFFx')] },
  {
    name: 'one leading space goes, the others stay',
    input: 'data:a⏎⏎data: b⏎⏎data:  c⏎⏎',
    parsed: [message('a'), message('b'), message(' c')],
  },
  {
    name: 'characters of two, three and four bytes',
    input: 'event: größe⏎data: é€😀⏎id: 日本⏎⏎',
    parsed: [{ event: 'größe', data: 'é€😀', id: '日本' }],
  },
]

const lineEnds = { LF: '\n', CR: '\r', CRLF: '\r\n' }

describe.each(Object.entries(lineEnds))('with %s', (_, lineEnd) => {
  describe.each(table)('$name', ({ input, parsed }) => {
    const text = input.replaceAll('⏎', lineEnd)
    // A lone CR at the very end may be the first half of a CRLF; the next byte tells, here a comment's.
    it('in one chunk', () => expect(parse([text])).toEqual(parsed))
    it('byte by byte', () => expect(parse(decoded(text, 1))).toEqual(parsed))
    it('three bytes at a time', () => expect(parse(decoded(text, 3))).toEqual(parsed))
  })
})

it('JSON over five data lines and in one are equal after parsing', () => {
  const value = { a: 1, b: ['x', { c: null }] }
  const five = '{\ndata: "a": 1,\ndata: "b": ["x",\ndata: {"c": null}]\ndata: }'
  const events = parse([`data: ${five}\n\ndata: ${JSON.stringify(value)}\n\n`])
  expect(events).toHaveLength(2)
  for (const event of events) {
    expect(event).toHaveProperty('data')
    if (typeof event === 'object' && 'data' in event) expect(JSON.parse(event.data)).toEqual(value)
  }
})

describe('an event over the limit', () => {
  const block = `id: 2\ndata: ${'x'.repeat(101)}\n\n`
  const text = `id: 1\ndata: fits\n\n${block}id: 3\ndata: never\n\n`
  const parsed = [message('fits', '1'), 'too large']

  it.each([1, 7, 1000])('ends the parsing, in chunks of %i bytes', (size) => {
    expect(parse(decoded(text, size), 100)).toEqual(parsed)
  })

  it('counts all its lines', () => {
    const lines = `data: ${'x'.repeat(40)}\n`.repeat(3)
    expect(parse([`${lines}\ndata: never\n\n`], 100)).toEqual(['too large'])
  })

  it('counts a line that never ends', () => {
    expect(
      parse(
        Array.from({ length: 30 }, () => 'data: xxx'),
        100,
      ),
    ).toEqual(['too large'])
  })
})
