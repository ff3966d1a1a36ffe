import { expect, it } from 'vitest';
import { readMutants } from './mutations.ts';

it('a thousand broken files are read, or refused by one clear error', () => {
  const read = readMutants(0, 1000);
  expect(read).toBeGreaterThan(100);
  expect(read).toBeLessThan(900);
});
