import { defineConfig } from 'vitest/config'

// The unit tests: Node, no browser, no real time. Those that need a browser are in e2e/.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
  },
})
