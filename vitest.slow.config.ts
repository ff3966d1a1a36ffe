import { defineConfig } from 'vitest/config';
import { ownPackage } from './test/own-package.ts';

/** The slow rest: learning on many seeds to the end of their budgets. */
export default defineConfig({
  resolve: { alias: ownPackage },
  test: {
    globalSetup: 'test/build.ts',
    include: ['test/**/*.slow.test.ts'],
    maxWorkers: '100%',
    testTimeout: 900_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
