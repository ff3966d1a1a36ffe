import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { expectedDigests } from '../../src/queue/golden.ts';
import { queueName } from '../../src/queue/names.ts';

it('expects some of the golden digests', () => {
  const golden = JSON.parse(readFileSync('assets/golden.json', 'utf8'));
  expect(Object.keys(expectedDigests).length).toBeGreaterThan(2);
  expect(golden).toMatchObject(expectedDigests);
});

it('names the queue by the version, in letters that BullMQ takes', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(queueName).toMatch(new RegExp(`^armature-${version.replaceAll('.', '\\.')}-[0-9a-f]{12}$`));
});
