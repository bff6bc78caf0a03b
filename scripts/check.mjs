import { runChecks } from './checks.mjs'

const { passed, failed } = runChecks(process.argv.slice(2))
console.log(`\nchecks: ${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
