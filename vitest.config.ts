import { defineConfig } from 'vitest/config';
import { ownPackage } from './test/own-package.ts';

export default defineConfig({
  resolve: { alias: ownPackage },
  test: {
    globalSetup: 'test/build.ts',
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.slow.test.ts'],
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A browser that draws with a busy processor takes its time.
    expect: { poll: { timeout: 10_000 } },
  },
});
