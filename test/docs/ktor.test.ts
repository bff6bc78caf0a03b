import { existsSync, readFileSync } from 'node:fs'

import { expect, it } from 'vitest'

const page = new URL('../../docs/ktor.md', import.meta.url)
const rows = readFileSync(page, 'utf8')
  .split('\n')
  .flatMap((line) => {
    const number = /^\| (\d+) \|/.exec(line)?.[1]
    const links = [...line.matchAll(/\]\(([^)#]+)/g)].map(([, link]) => new URL(link ?? '', page))
    return number === undefined ? [] : [{ number: Number(number), links }]
  })

it('docs/ktor.md has all 22 behaviours', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 22 }, (_, i) => i + 1))
})

it.each(rows)('KTOR $number is named by a test in each file that its row links to', ({ number, links }) => {
  expect(links.length).toBeGreaterThan(0)
  for (const link of links) {
    const source = readFileSync(link, 'utf8')
    // Two of them are one test, made for each of a list.
    const named = new RegExp(`KTOR ${number}\\b|number: ${number}\\b`).test(source)
    expect(named, `${link.pathname} names KTOR ${number}`).toBe(true)
  }
})

it('every link of docs/ktor.md leads somewhere', () => {
  const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#]+)/g)].map(([, link]) => link ?? '')
  expect(links.filter((link) => !existsSync(new URL(link, page)))).toEqual([])
})
