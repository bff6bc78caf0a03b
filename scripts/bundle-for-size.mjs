// What .size-limit.json measures: dist/ as the bundler of a user delivers it, minified, with every export in use.
import { build } from 'vite'
import { root } from './run.mjs'

await build({
  root,
  configFile: false,
  logLevel: 'warn',
  build: {
    target: 'es2022',
    outDir: 'node_modules/.cache/sse-broker/size',
    emptyOutDir: true,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { page: 'dist/index.js' },
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: 'assets/page-[hash].js' },
    },
  },
})
