// All that CI runs: build, checks, unit tests, end-to-end tests. What comes after a failure still runs, so that one
// run tells all, except that nothing is tested against a package that did not build.
// The last line is `N passed, N failed`; each check counts as one test.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runChecks } from './checks.mjs'
import { playwright } from './playwright.mjs'
import { run } from './run.mjs'

/** @typedef {{ passed: number, failed: number, skipped?: number }} Count */
/** @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number }} UnitReport */
/** @typedef {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number } }} EndToEndReport */

const reports = mkdtempSync(join(tmpdir(), 'sse-broker-reports-'))
/** @type {Count[]} */
const counts = []

/**
 * @param {string} name
 * @param {() => Count} work
 */
function step(name, work) {
  console.log(`\n=== ${name}`)
  const count = work()
  const { passed, failed, skipped = 0 } = count
  console.log(`\n${name}: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  counts.push(count)
  return failed === 0
}

/**
 * The counts of a test runner from its JSON report. A runner that broke down, or had nothing to run, is a failure
 * that no report tells of.
 *
 * @template Report
 * @param {boolean} isGreen the runner's own verdict
 * @param {string} file
 * @param {(report: Report) => Count} read
 * @returns {Count}
 */
function countIn(isGreen, file, read) {
  /** @type {Count} */
  let count
  try {
    count = read(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    console.error(`No report of the tests: ${String(error)}`)
    return { passed: 0, failed: 1 }
  }
  if (isGreen && count.passed === 0) console.error('No test ran.')
  const failedUnseen = count.failed === 0 && (!isGreen || count.passed === 0)
  return failedUnseen ? { ...count, failed: 1 } : count
}

function unitTests() {
  const file = join(reports, 'unit.json')
  const isGreen = run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`])
  return countIn(isGreen, file, (/** @type {UnitReport} */ report) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests,
  }))
}

function endToEndTests() {
  const file = join(reports, 'e2e.json')
  const isGreen = playwright(['--project=chromium', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
  })
  // A test that passes only when tried again is a failure: it hides a race.
  return countIn(isGreen, file, (/** @type {EndToEndReport} */ { stats }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
  }))
}

const isBuilt = step('build', () =>
  run('node', ['scripts/build.mjs']) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 },
)
if (isBuilt) step('checks', () => runChecks())
step('unit tests', unitTests)
if (isBuilt) step('end-to-end tests', endToEndTests)
rmSync(reports, { recursive: true })

const passed = counts.reduce((sum, count) => sum + count.passed, 0)
const failed = counts.reduce((sum, count) => sum + count.failed, 0)
process.exitCode = failed === 0 ? 0 : 1
console.log(`\n${passed} passed, ${failed} failed`)
