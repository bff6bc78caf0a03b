import { configDefaults, defineConfig } from 'vitest/config'

// Random histories go on until they find something, which is not what CI is for: `npm run test:model`. What they have
// found stands as plain tests in test/model/found.test.ts.
const isModelRun = process.env['MODEL'] !== undefined

// The unit tests: Node, no browser, no real time. Those that need a browser are in e2e/.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(isModelRun ? [] : ['test/model/model.test.ts'])],
    environment: 'node',
  },
})
