import { expect, it } from 'vitest';
import { quick, start, temporaryFolder } from './armature.ts';

it('train --watch serves the page of its run, which stays until the command is told to stop', async () => {
  const { child, closed, firstLine } = start(temporaryFolder(), 'train', 'reacher', ...quick, '--json', '--watch');
  let said = '';
  child.stdout?.on('data', (chunk) => {
    said += chunk;
  });
  const { type, address } = JSON.parse(await firstLine) as { type: string; address: string };
  expect(type).toBe('view');
  await expect.poll(() => said, { timeout: 120_000 }).toContain('"type":"result"');
  const listed = async () => (await (await fetch(`${address}api/recordings`)).json()) as { name: string }[];
  await expect.poll(async () => (await listed()).map(({ name }) => name)).toEqual(['reacher-s0/rollouts.safetensors']);
  expect(child.exitCode).toBeNull();
  child.kill('SIGTERM');
  expect((await closed).stderr).toBe('');
  await expect(fetch(address)).rejects.toThrow();
});
