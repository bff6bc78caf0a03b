import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

// The pages import the package by its name, which resolves through its `exports` to dist/, as for any user. No alias:
// the tests are about the files that are published.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The same files can then be served under another address, as another build.
  base: './',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      input: ['index.html', 'elsewhere.html'].map((page) => fileURLToPath(new URL(page, import.meta.url))),
    },
  },
})
