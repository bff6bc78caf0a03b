import { playwright } from './playwright.mjs'

process.exitCode = playwright(process.argv.slice(2)) ? 0 : 1
