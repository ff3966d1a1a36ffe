import { defineConfig } from 'vitest/config';
import { ownPackage } from './test/own-package.ts';

export default defineConfig({
  resolve: { alias: ownPackage },
  test: {
    globalSetup: 'test/build.ts',
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.slow.test.ts'],
    maxWorkers: '100%',
    // Ends what hangs; what a busy machine takes long for is not to fail.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
