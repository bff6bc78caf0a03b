// The layer rules of .oxlintrc.json, each tried with code that breaks it: a pattern with a slip in it forbids nothing
// and looks just the same.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from './run.mjs'

/** Code that each of these files must not have. */
const forbidden = {
  'src/protocol/event.ts': [
    "import '../core/fifo.js'",
    "import type { Env } from '../core/env.js'; export type X = Env",
    "export * from '../client/broker.js'",
    "import 'comlink'",
  ],
  'src/core/hub.ts': [
    "import '../worker/sharedWorker.js'",
    "import type { Broker } from '../client/broker.js'; export type Y = Broker",
    "import('../worker/sharedWorker.js')",
    "import 'eventsource-parser'",
    "import 'comlink'",
    "import 'node:fs'",
    'Date.now()',
    'new Date()',
    'Math.random()',
    'performance.now()',
    'setTimeout(() => {}, 1)',
    'globalThis.setTimeout(() => {}, 1)',
    'crypto.randomUUID()',
    "void fetch('/')",
  ],
  'src/core/parse.ts': ["import 'comlink'", "import '../worker/sharedWorker.js'"],
  'src/core/response.ts': ['Date.now()'],
  'src/worker/sharedWorker.ts': [
    "import '../client/broker.js'",
    "import 'idb-keyval'",
    "import 'eventsource-parser'",
  ],
  'src/worker/indexedDbCursorStore.ts': ["import 'comlink'", "import '../client/broker.js'"],
  'src/client/broker.ts': [
    "import '../worker/sharedWorker.js'",
    "import '../core/hub.js'",
    "import 'idb-keyval'",
    "import 'eventsource-parser'",
  ],
  'src/index.ts': [
    "export * from './core/hub.js'",
    "export * from './worker/sharedWorker.js'",
    "export * from 'comlink'",
  ],
}

/** Code that they may have: rules that forbid everything would pass the list above. */
const allowed = {
  'src/core/hub.ts': ["import '../protocol/event.js'", "import './stream.js'"],
  'src/core/parse.ts': ["import 'eventsource-parser'"],
  'src/core/response.ts': ["Date.parse('')"],
  'src/worker/sharedWorker.ts': [
    "import 'comlink'",
    "import '../core/hub.js'",
    "import '../protocol/event.js'",
  ],
  'src/worker/indexedDbCursorStore.ts': ["import 'idb-keyval'"],
  'src/client/broker.ts': ["import 'comlink'", "import '../core/fifo.js'", "import '../protocol/event.js'"],
  'src/index.ts': ["export * from './client/broker.js'"],
}

/**
 * Which lines of `cases` a layer rule refuses.
 *
 * @param {Record<string, string[]>} cases
 * @param {boolean} refused
 */
function wrongVerdicts(cases, refused) {
  const folder = mkdtempSync(join(tmpdir(), 'sse-broker-layers-'))
  try {
    const config = readFileSync(join(root, '.oxlintrc.json'), 'utf8')
    // The layer rules read no types, and there is no project here to read them from.
    writeFileSync(join(folder, '.oxlintrc.json'), config.replace('"typeAware": true', '"typeAware": false'))
    for (const [file, lines] of Object.entries(cases)) {
      mkdirSync(join(folder, dirname(file)), { recursive: true })
      writeFileSync(join(folder, file), lines.join('\n'))
    }
    const { stdout } = spawnSync(join(root, 'node_modules/.bin/oxlint'), ['--format', 'unix', 'src'], {
      cwd: folder,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    })
    // file:line:column: message [Error/eslint(no-restricted-imports)]
    const reports = stdout
      .split('\n')
      .filter((line) => /\(no-restricted-(imports|globals|properties)\)/.test(line))
    return Object.entries(cases).flatMap(([file, lines]) =>
      lines
        .filter(
          (_, index) => reports.some((report) => report.startsWith(`${file}:${index + 1}:`)) !== refused,
        )
        .map((line) => `${file}: ${line}`),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const passed = wrongVerdicts(forbidden, true)
const refused = wrongVerdicts(allowed, false)
for (const line of passed) console.error(`not refused, and should be: ${line}`)
for (const line of refused) console.error(`refused, and should not be: ${line}`)
process.exitCode = passed.length + refused.length === 0 ? 0 : 1
if (process.exitCode === 0) console.log('Every layer rule refuses what it should and nothing else.')
