import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { armature, contents, start, temporaryFolder } from './armature.ts';

describe('a run with --recordings-budget', () => {
  const folder = temporaryFolder();
  // Recordings of 250 kB, at every iteration.
  const long = ['--set', 'horizon=60', '--hidden-width', '8', '--batch', '100', '--eval-every', '1', '--steps', '2000'];
  const args = ['train', 'reacher', ...long, '--checkpoint-every', '3', '--json', '--recordings-budget', '1'];
  const recordings = (run: string) => readdirSync(join(folder, run, 'recordings'));
  let whole: Record<string, string>;
  beforeAll(async () => {
    expect(await armature(folder, ...args, '--out', 'whole')).toMatchObject({ code: 0, stderr: '' });
    whole = contents(join(folder, 'whole'));
  });

  it('keeps some of them, and is otherwise the same run', async () => {
    expect(await armature(folder, ...args.slice(0, -2), '--out', 'all')).toMatchObject({ code: 0, stderr: '' });
    const [kept, all] = [recordings('whole'), recordings('all')];
    expect(kept.length).toBeLessThan(all.length);
    expect([kept[0], kept.at(-1)]).toEqual([all[0], all.at(-1)]);
    expect(contents(join(folder, 'all'))).toMatchObject(whole);
  });

  it('keeps the same after a kill', async () => {
    for (const lines of [4, 9, 14]) {
      const out = `killed-${lines}`;
      const { child, closed } = start(folder, ...args, '--out', out);
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += chunk;
        if (text.split('\n').length > lines) child.kill('SIGKILL');
      });
      await closed;
      rmSync(join(folder, out, 'lock'), { force: true });
      expect(await armature(folder, 'resume', out, '--recordings-budget', '1')).toMatchObject({ code: 0, stderr: '' });
      expect(contents(join(folder, out))).toEqual(whole);
    }
  });
});
