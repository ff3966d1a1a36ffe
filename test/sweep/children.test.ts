import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createChildren } from '../../src/sweep/children.ts';
import { jobOf } from '../../src/sweep/job.ts';
import { configureTraining } from '../../src/train/config.ts';
import type { ModuleSource } from '../../src/train/registry.ts';
import { temporaryFolder } from '../cli/armature.ts';

const folder = temporaryFolder();
const config = configureTraining({ env: 'panda-reach-joints', algorithm: 'ppo', steps: 100 });
/** The folder's name says what the program is to do. */
const task = (what: string, seed = 0) => ({ job: jobOf(config, seed, 1), folder: what, material: { sources: [] } });

/** A program that does as it is told, in the place of the one that trains. */
const program = pathToFileURL(join(folder, 'child.mjs'));
writeFileSync(
  program,
  `process.on('message', ({ type, task }) => {
    if (type === 'stop') return process.send({ type: 'stopped' }, () => process.exit());
    if (task.folder === 'dies') process.kill(process.pid, 'SIGKILL');
    if (task.folder === 'complains') { console.error('no luck'); process.exit(1); }
    if (task.folder === 'hangs') return;
    if (task.folder === 'fails') return process.send({ type: 'failed', reason: 'it is impossible' });
    process.send({ type: 'progress', steps: 7 });
    process.send({ type: 'done', result: { steps: process.pid }, timing: {} });
  });`,
);

describe('children', () => {
  it('are kept from one task to the next, no more than so many', async () => {
    const children = createChildren(2, { program });
    const steps: number[] = [];
    const onProgress = (progress: { readonly steps: number }) => void steps.push(progress.steps);
    const done = await Promise.all(
      [0, 1, 2, 3, 4].map((seed) => children.perform(task('works', seed), { onProgress })),
    );
    expect(new Set(done.map(({ result }) => result.steps)).size).toBe(2);
    expect(steps).toEqual([7, 7, 7, 7, 7]);
    await expect(children.perform(task('fails'))).rejects.toThrow(/^it is impossible$/);
    await children.close();
  });

  it('that die are replaced three times, with their last words', async () => {
    const children = createChildren(1, { program });
    await expect(children.perform(task('dies'))).rejects.toThrow('its process died 3 times: ended by SIGKILL');
    await expect(children.perform(task('complains'))).rejects.toThrow('its process died 3 times: no luck');
    expect((await children.perform(task('works'))).result.steps).toBeGreaterThan(0);
    await children.close();
  });

  it('end when they take too long, when their task is called off, and when all are closed', async () => {
    const children = createChildren(1, { program, minutes: 0.001 });
    await expect(children.perform(task('hangs'))).rejects.toThrow('it takes more than 0.001 minutes');
    await children.close();
    const others = createChildren(1, { program });
    const off = new AbortController();
    const first = others.perform(task('hangs'), { signal: off.signal });
    const second = others.perform(task('hangs'));
    off.abort();
    await expect(first).rejects.toMatchObject({ name: 'Stopped' });
    const closed = expect(second).rejects.toMatchObject({ name: 'Stopped' });
    await others.close();
    await closed;
  });
});

it('a module that ends its process fails its run, and hangs nothing', async () => {
  const trainer = new URL('../../dist/src/sweep/child.js', import.meta.url);
  const children = createChildren(1, { program: trainer });
  const identity = { path: 'ends.mjs', files: {}, packages: {} };
  const source: ModuleSource = { kind: 'task', url: 'data:text/javascript,process.exit()', path: 'ends.mjs', identity };
  const material = { sources: [source] };
  await expect(children.perform({ ...task('ends'), material })).rejects.toThrow('the module ended its process');
  await children.close();
});
