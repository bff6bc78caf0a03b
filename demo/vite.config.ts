import { defineConfig } from 'vite'

// `import … from 'sse-broker'` resolves through this package's own exports to dist/, as it would for any user: build the
// library first.
export default defineConfig({
  base: './',
  build: { target: 'es2022', outDir: 'dist', emptyOutDir: true },
})
