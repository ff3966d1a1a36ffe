import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { contents, jsonLines, start, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Waits until the run has come so far as to have this file. */
const written = async (...path: string[]) => {
  while (!existsSync(join(folder, ...path))) await sleep(50);
};

describe('a run that is told to stop', () => {
  const endless = ['--batch', '10000000', '--steps', '10000000', '--json', '--out'];

  it.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s leaves an iteration of ten million steps, saves, and exits with %d', async (signal, expected) => {
    const { child, closed } = start(folder, 'train', 'panda-reach-joints', ...endless, signal);
    await written(signal, 'config.json');
    await sleep(2000);
    child.kill(signal);
    const { code, stdout, stderr } = await closed;
    expect({ code, stderr }).toEqual({ code: expected, stderr: '' });
    expect(jsonLines(stdout).at(-1)).toMatchObject({ type: 'result', iterations: 0, run: signal });
    expect(Object.keys(contents(join(folder, signal)))).toContain('policy.safetensors');
  });
});

describe('a task with a loop that has no end', () => {
  const task = `
    import { defineTask, field, jointStep } from '@armature-rl/armature';
    let calls = 0;
    export default defineTask({
      name: 'loop',
      options: {},
      budget: 1000,
      create: (arm) => ({
        controller: jointStep(arm, 0.05),
        obs: [field('q', arm.home.length, 'rad')],
        params: [],
        markers: [],
        terms: ['none'],
        horizon: 5,
        reset: () => {},
        observe: ({ q }, _, out) => out.set(q),
        reward: (_, __, ___, terms) => {
          while (++calls > 300);
          terms.fill(0);
        },
      }),
    });`;

  it.each([1, 2])('ends with the process at the second Ctrl-C, on %d threads', async (workers) => {
    mkdirSync(join(folder, 'node_modules', '@armature-rl'), { recursive: true });
    const own = join(folder, 'node_modules', '@armature-rl', 'armature');
    if (!existsSync(own)) symlinkSync(fileURLToPath(new URL('../..', import.meta.url)), own);
    writeFileSync(join(folder, 'loop.ts'), task);
    const out = `loop-${workers}`;
    const { child, closed } = start(folder, 'train', './loop.ts', '--workers', String(workers), '--out', out);
    await written(out, 'config.json');
    await sleep(1500);
    child.kill('SIGINT');
    await sleep(500);
    child.kill('SIGINT');
    expect((await closed).code).toBe(130);
  });
});
