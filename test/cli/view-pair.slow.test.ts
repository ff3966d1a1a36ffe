import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { armature, quick, start, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();
await armature(folder, 'train', 'reacher', ...quick, '--iterations', '1');
const run = join('runs', 'reacher-s0');
mkdirSync(join(folder, 'others'));
cpSync(join(folder, run), join(folder, 'others', 'reacher-s0'), { recursive: true });

async function seen(...targets: readonly string[]) {
  const viewer = start(folder, 'view', ...targets, '--no-open', '--json', '--port', '0');
  const { address } = JSON.parse(await viewer.firstLine) as { address: string };
  const [page, hash = ''] = address.split('#');
  const list = (await (await fetch(`${page}api/recordings`)).json()) as {
    name: string;
    training?: { name: string }[];
  }[];
  viewer.child.kill();
  return { list, link: Object.fromEntries(new URLSearchParams(hash)) };
}

it('several targets are served together, the first two side by side, and no two have one name', async () => {
  const { list, link } = await seen(run, join('others', 'reacher-s0'));
  const names = ['reacher-s0/rollouts.safetensors', '(2) reacher-s0/rollouts.safetensors'];
  expect(list.map(({ name }) => name)).toEqual(names);
  expect(list[1].training?.[0].name).toMatch(/^\(2\) reacher-s0\/recordings\//);
  expect(link).toEqual({ file: names[0], beside: names[1], arrange: 'split' });
});

it('one target, or one twice, is shown alone', async () => {
  for (const targets of [[run], [run, run]]) {
    const { list, link } = await seen(...targets);
    expect(list).toHaveLength(1);
    expect(link).toEqual({});
  }
});
