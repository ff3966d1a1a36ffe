import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Stopped } from '../../src/run/stop.ts';
import { createChildren } from '../../src/sweep/children.ts';
import { jobOf } from '../../src/sweep/job.ts';
import { configureTraining } from '../../src/train/config.ts';
import { temporaryFolder } from '../cli/armature.ts';

const folder = temporaryFolder();
/** The program that trains, as it is built. */
const program = new URL('../../dist/src/sweep/child.js', import.meta.url);

function task(name: string, options: Readonly<Record<string, number>>) {
  const config = configureTraining({ env: 'panda-reach-joints', algorithm: 'ppo', steps: 50_000_000, options });
  return { job: jobOf(config, 0, 1), folder: join(folder, name), material: { sources: [] } };
}

describe('a run', () => {
  it('that takes more memory than it may is ended, once, and another follows', { timeout: 700_000 }, async () => {
    const children = createChildren(1, { program, megabytes: 400, minutes: 10 });
    const large = task('large', { batch: 5_000_000, batchGrowth: 0 });
    await expect(children.perform(large)).rejects.toThrow(/^it takes more than 400 MB of memory$/);
    const off = new AbortController();
    const onProgress = () => off.abort();
    const usual = children.perform(task('usual', {}), { onProgress, signal: off.signal });
    await expect(usual).rejects.toThrow(Stopped);
    await children.close();
  });

  it('that takes longer than it may is ended', { timeout: 60_000 }, async () => {
    const children = createChildren(1, { program, minutes: 0.05 });
    await expect(children.perform(task('long', {}))).rejects.toThrow(/^it takes more than 0.05 minutes$/);
    await children.close();
  });
});
