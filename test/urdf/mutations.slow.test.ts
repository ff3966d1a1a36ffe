import { expect, it } from 'vitest';
import { readMutants } from './mutations.ts';

it('ten thousand broken files are read, or refused by one clear error', { timeout: 1_800_000 }, () => {
  const read = readMutants(1000, 10_000);
  expect(read).toBeGreaterThan(1000);
  expect(read).toBeLessThan(9000);
});
