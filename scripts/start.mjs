// `npm start`: the demo, from a fresh clone too. One process to the end, so that Ctrl+C and a kill reach the server.
import { readdirSync } from 'node:fs'
import { root, run } from './run.mjs'
import { stampOf } from './stamp.mjs'

/** @param {readonly string[]} args */
function node(...args) {
  // The script has said what is wrong.
  if (!run('node', args)) process.exit(1)
}

node('scripts/setup.mjs', '--packages')
node('scripts/build.mjs', '--if-stale')

const pages = stampOf('demo', {
  from: [
    'dist/index.js',
    'dist/worker.js',
    ...readdirSync(`${root}demo`)
      .filter((name) => name !== 'dist')
      .map((name) => `demo/${name}`),
  ],
  outputs: ['demo/dist/index.html'],
})
if (!pages.isFresh()) {
  pages.clear()
  if (!run('vite', ['build', 'demo', '--logLevel', 'warn'])) process.exit(1)
  pages.set()
}

const { register } = await import('tsx/esm/api')
register()
await import(new URL('../demo/server/main.ts', import.meta.url).href)
