import { defineConfig, type Plugin } from 'vite'

/**
 * Keeps `new SharedWorker(new URL('./worker.js', import.meta.url), …)` as it is written. It is meant for the bundler
 * of the user, whereas Vite, here, would look for a src/client/worker.js to bundle. `@vite-ignore` is no way out:
 * the comment would reach dist and hide the worker from the user's Vite too.
 */
function workerUrlForTheUsersBundler(): Plugin {
  const expression = /(?<=new SharedWorker\(\s*new URL\('\.\/worker\.js', )import\.meta\.url/g
  // As long as `import.meta.url`, so that no source map entry moves.
  const disguise = 'import_meta_url'
  return {
    name: 'worker-url-for-the-users-bundler',
    enforce: 'pre',
    transform(code) {
      const disguised = code.replace(expression, disguise)
      return disguised === code ? null : { code: disguised, map: null }
    },
    generateBundle(_, files) {
      for (const file of Object.values(files)) {
        if (file.type === 'chunk') file.code = file.code.replaceAll(disguise, 'import.meta.url')
        // The source map, which quotes the source.
        else if (typeof file.source === 'string')
          file.source = file.source.replaceAll(disguise, 'import.meta.url')
      }
    },
  }
}

/**
 * Takes comlink's handling of functions out. Only data crosses our ports, and `proxy` drags the serving half of comlink
 * into the page and the calling half into the worker: about half a kilobyte, gzipped, in each.
 */
function comlinkForDataOnly(): Plugin {
  const entry = '["proxy", proxyTransferHandler],'
  return {
    name: 'comlink-for-data-only',
    transform(code, id) {
      if (!id.endsWith('comlink.mjs')) return null
      if (!code.includes(entry)) throw new Error(`comlink has changed: ${id} has no ${entry}`)
      return { code: code.replace(entry, ' '.repeat(entry.length)), map: null }
    },
  }
}

const entries: Record<string, string> = {
  index: 'src/index.ts',
  worker: 'src/worker/sharedWorker.ts',
  'start-broker': 'src/worker/index.ts',
}

// The library build, run by scripts/build.mjs once for each entry (as Vite's mode): in one run Vite would put what
// both use into a third file, and a worker must be one file to be copied and served from anywhere.
export default defineConfig(({ mode }) => {
  const entry = entries[mode]
  if (entry === undefined)
    throw new Error(`The mode is one of ${Object.keys(entries).join(', ')}: run \`npm run build\`.`)
  return {
    plugins: [workerUrlForTheUsersBundler(), comlinkForDataOnly()],
    build: {
      target: 'es2022',
      lib: { entry: { [mode]: entry }, formats: ['es'] },
      // Readable in a user's debugger; the user's bundler minifies.
      minify: false,
      sourcemap: true,
      // comlink and idb-keyval are under the Apache licence, eventsource-parser under MIT: both want their text to go along.
      license: { fileName: `licenses/${mode}.md` },
      emptyOutDir: false,
    },
  }
})
