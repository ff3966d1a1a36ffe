import { defineConfig } from 'vitest/config';

export default defineConfig({
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
