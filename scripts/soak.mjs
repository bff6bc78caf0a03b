// Tabs come and go, the server misbehaves, workers die, for as long as you say: `npm run soak -- --minutes 30`.
// Ends with a summary, and with a status other than 0 when something was lost or left behind.
import { playwright } from './playwright.mjs'

const at = process.argv.indexOf('--minutes')
const minutes = at === -1 ? 5 : Number(process.argv[at + 1])
if (!(minutes > 0)) throw new Error('How long? `npm run soak -- --minutes 30`')
process.exitCode = playwright(['--project=soak'], { SOAK_MINUTES: String(minutes) }) ? 0 : 1
