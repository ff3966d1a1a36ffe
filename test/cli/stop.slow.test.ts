import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { armature, contents, start, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();

it('a run that is told to stop in the last recording is whole, and records when it goes on', async () => {
  const long = ['--set', 'horizon=400', '--set', 'endsOnSuccess=false', '--hidden-width', '8', '--batch', '2000'];
  const args = ['train', 'panda-reach-joints', ...long, '--steps', '2000', '--out'];
  const { child, closed } = start(folder, ...args, 'last');
  while (!existsSync(join(folder, 'last', 'policy.safetensors')))
    await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill('SIGTERM');
  expect(await closed).toMatchObject({ code: 143, stderr: '' });
  expect(await armature(folder, 'resume', 'last')).toMatchObject({ code: 0, stderr: '' });
  expect(Object.keys(contents(join(folder, 'last')))).toContain('rollouts.safetensors');
});
