import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { FullConfig, FullResult, Reporter, Suite, TestCase, TestResult } from '@playwright/test/reporter'
import { type Figures, FIGURES } from './figures.js'

const file = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url))

/** Writes docs/reliability.md from the figures of a whole and green run of the project `faults`. */
export default class ReliabilityReport implements Reporter {
  readonly #rows: { title: string; at: string; figures: Figures }[] = []
  #wanted: TestCase[] = []
  #browser = ''

  onBegin(config: FullConfig, suite: Suite): void {
    const isWhole = String(config.grep) === '/.*/' && process.argv.every((arg) => !arg.endsWith('.spec.ts'))
    this.#wanted = isWhole ? suite.allTests().filter((test) => test.parent.project()?.name === 'faults') : []
  }

  onTestEnd(test: TestCase, { annotations }: TestResult): void {
    for (const { type, description } of annotations) {
      if (type === 'browser') this.#browser = description ?? ''
      if (type !== FIGURES || description === undefined || test.parent.project()?.name !== 'faults') continue
      const spec = test.location.file.split('/').at(-1) ?? ''
      this.#rows.push({ title: test.title, at: spec, figures: JSON.parse(description) })
    }
  }

  onEnd({ status }: FullResult): void {
    if (this.#wanted.length === 0) return
    if (status === 'passed') {
      writeFileSync(file, this.#text())
      console.log(`\nWrote ${file}`)
    } else {
      console.log('\ndocs/reliability.md stays as it is: not all tests passed.')
    }
  }

  printsToStdio(): boolean {
    return false
  }

  #text(): string {
    const rows = [...this.#rows].sort((a, b) => a.at.localeCompare(b.at) || a.title.localeCompare(b.title))
    const sum = (of: (figures: Figures) => number): string =>
      count(rows.reduce((total, { figures }) => total + of(figures), 0))
    const measured = rows.flatMap(({ figures: { fault, measured: all = {} } }) =>
      Object.entries(all).map(([what, value]) => `| ${fault} | ${what} | ${value} |`),
    )
    return `<!-- Written by \`npm run test:e2e -- --project=faults\`. Not by hand: run it again. -->

# What it has survived

Each line is a test with real faults in a real browser. For every session, each event that came was checked: what came and
what the session was told to have lost are together all that the server sent, in its order, each once. A run in which a single
event is lost or comes double fails, and does not write this page.

${sum(({ times }) => times)} faults, ${sum(({ events }) => events)} events checked, **0 lost, 0 double**. Events that a tab
which did not read was told to have lost: ${sum(({ told }) => told)}.

| fault | times | events checked | told as lost | came again | test |
| --- | ---: | ---: | ---: | ---: | --- |
${rows
  .map(
    ({ at, figures: { fault, times, events, told, again } }) =>
      `| ${fault} | ${count(times)} | ${count(events)} | ${count(told)} | ${again === undefined ? '' : count(again)} | [${at}](../e2e/faults/${at}) |`,
  )
  .join('\n')}

*Came again*, as the contract allows ([delivery.md](delivery.md)): over a restart of the browser, events that the reader had taken
and whose cursor was not on disk yet; over a lost connection, events without an id of their own, which a server that is asked
from the id before them sends again.

| fault | measured | |
| --- | --- | --- |
${measured.join('\n')}

${new Date().toISOString().slice(0, 10)}, ${this.#browser}, Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB.
Seed ${process.env['SEED'] ?? 'unknown'}: \`SEED=${process.env['SEED'] ?? ''} npm run test:e2e -- --project=faults\` draws the same faults; their timing is the machine's.
`
  }
}

function count(number: number): string {
  return number.toLocaleString('en')
}
