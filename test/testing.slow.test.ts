import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from './cli/armature.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A project of a user's, with this package installed. */
function project(): string {
  const folder = temporaryFolder();
  for (const [name, target] of [
    ['vitest', 'node_modules/vitest'],
    ['@armature-rl/armature', '.'],
  ]) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, target), link);
  }
  return folder;
}

/** The README's example. */
const test = (steps: number) => `
  import { expect, it } from 'vitest';
  import { rolledOut, trained } from '@armature-rl/armature/testing';

  it('learns as it always did', async () => {
    expect(await trained({ env: 'panda-reach', algorithm: 'ppo', seed: 0, steps: ${steps} })).toMatchDigest();
    expect(await rolledOut({ env: 'reacher', seed: 3 })).toMatchDigest();
  });
`;

it('stores digests, holds later runs to them, and brings them up to date with -u', async () => {
  const folder = project();
  const vitest = (...args: string[]) =>
    new Promise<{ code: number | null; output: string }>((resolve) => {
      const script = join(root, 'node_modules', 'vitest', 'vitest.mjs');
      const env = { ...process.env, CI: '', NO_COLOR: '1' };
      // A busy machine may take longer than the five seconds that are usual.
      const child = execFile(
        process.execPath,
        [script, 'run', '--testTimeout=120000', ...args],
        { cwd: folder, env },
        (_, stdout, stderr) => resolve({ code: child.exitCode, output: stdout + stderr }),
      );
    });
  const write = (steps: number) => writeFileSync(join(folder, 'mine.test.js'), test(steps));
  write(400);
  expect(await vitest()).toMatchObject({ code: 0, output: expect.stringContaining('2 written') });
  expect(await vitest()).toMatchObject({ code: 0, output: expect.stringContaining('1 passed') });
  write(600);
  const changed = await vitest();
  expect(changed.code).toBe(1);
  expect(changed.output).toMatch(/- +"theta": "[0-9a-f]{16}"[\s\S]*\+ +"theta": "[0-9a-f]{16}"/);
  expect(await vitest('-u')).toMatchObject({ code: 0, output: expect.stringContaining('1 updated') });
  expect(await vitest()).toMatchObject({ code: 0, output: expect.stringContaining('1 passed') });
});
