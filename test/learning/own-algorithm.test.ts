import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { trained } from '../../src/testing.ts';
import { normalized } from './own-algorithm.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

beforeAll(loadPhysics);

it("is the README's example, from its place in src/algorithms", () => {
  const here = read('./own-algorithm.ts').replaceAll('../../src/algorithms/', './').replaceAll('../../src/', '../');
  expect(read('../../README.md')).toContain(`\`\`\`ts\n${here}\`\`\``);
});

it('learns as it always did', async () => {
  expect(await trained({ env: 'panda-reach', algorithm: normalized, steps: 500 })).toMatchDigest();
});
