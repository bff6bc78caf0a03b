// dist/: index.js for the page, worker.js for the SharedWorker, types/. `--if-stale`: only if its sources changed.
import { rmSync } from 'node:fs'
import { root, run } from './run.mjs'
import { stampOf } from './stamp.mjs'

const stamp = stampOf('dist', {
  from: ['src', 'scripts/build.mjs', 'vite.config.ts', 'tsconfig.base.json', 'package-lock.json'],
  outputs: ['dist/index.js', 'dist/worker.js', 'dist/start-broker.js', 'dist/types/index.d.ts'],
})

/**
 * One script: with all that it imports in it, because a package without dependencies is what we promise, and because
 * a worker must be one file to be copied and served from elsewhere.
 *
 * @param {string} entry a mode of vite.config.ts
 */
async function bundle(entry) {
  const { build } = await import('vite')
  const results = await build({ root, mode: entry, logLevel: 'warn' })
  if (!Array.isArray(results)) throw new Error('Vite watches instead of building')
  const chunks = results.flatMap(({ output }) => output).filter((file) => file.type === 'chunk')
  const [chunk] = chunks
  if (!chunk || chunks.length > 1 || chunk.imports.length + chunk.dynamicImports.length > 0) {
    throw new Error(
      `dist/${entry}.js is not the only file: ${JSON.stringify(chunks.map(({ fileName, imports }) => ({ fileName, imports })))}`,
    )
  }
  console.log(`dist/${chunk.fileName} ${(chunk.code.length / 1024).toFixed(1)} KB, readable`)
  return chunk.code
}

/** @param {string} page */
function checkWorkerUrl(page) {
  // In this form, and no other, the bundlers of our users find the worker.
  if (!/new SharedWorker\(\s*new URL\((['"])\.\/worker\.js\1, import\.meta\.url\)/.test(page)) {
    throw new Error("dist/index.js has lost `new SharedWorker(new URL('./worker.js', import.meta.url), …)`")
  }
  if (page.includes('@vite-ignore'))
    throw new Error('dist/index.js has @vite-ignore: it hides the worker from Vite')
}

if (!(process.argv.includes('--if-stale') && stamp.isFresh())) {
  stamp.clear()
  rmSync(`${root}dist`, { recursive: true, force: true })
  checkWorkerUrl(await bundle('index'))
  await bundle('worker')
  await bundle('start-broker')
  // --force: tsc would take its notes of an earlier run for the files that were just removed.
  if (!run('tsc', ['-b', '--force', 'src'])) throw new Error('The types do not compile')
  stamp.set()
}
