import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { contents, succeeding, temporaryFolder } from '../cli/armature.ts';
import { launch } from './chromium.ts';
import { type View, view } from './live.ts';
import { button, ended, openStill, openTraining, pauseAfter, saved, train, unzipInto } from './train-tab.ts';

const folder = temporaryFolder();
const armature = succeeding(folder);
const [task, steps] = ['panda-reach-joints', 5000];

let browser: Browser;
let served: View;

beforeAll(async () => {
  await armature('train', task, '--steps', '1000', '--json', '--out', 'served');
  served = await view(join(folder, 'served'));
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  served?.stop();
});

// A page that is left open goes on training.
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

/** The files of a run by the command line, made once. */
const made = new Map<string, Promise<Record<string, string>>>();
function byCommand(...flags: readonly string[]): Promise<Record<string, string>> {
  const key = flags.join(' ');
  const out = join('runs', String(made.size));
  const run = made.get(key) ?? armature('train', task, ...flags, '--out', out).then(() => contents(join(folder, out)));
  made.set(key, run);
  return run;
}

const unpacked = (bytes: Uint8Array) => contents(unzipInto(temporaryFolder(), bytes));

describe('a run in the tab has the files of one by the command line', () => {
  it.each([
    ['reinforce', 1, true],
    ['reinforce', 2, true],
    ['reinforce', 3, true],
    ['natural', 2, false],
    ['trpo', 3, false],
    ['ppo', 1, false],
    ['a2c', 2, false],
  ])('%s by %d workers', async (algorithm, workers, untilSolved) => {
    const { page, errors } = await openStill(browser, served.address);
    await openTraining(page);
    await train(page, { algorithm, workers, untilSolved, ...(!untilSolved && { steps, seed: 3 }) });
    await ended(page);
    const own = untilSolved ? ['--until-solved'] : ['--steps', String(steps), '--seed', '3'];
    const files = await byCommand('--algorithm', algorithm, ...own);
    const run = unpacked(await saved(page, 'Save the run'));
    expect(Object.keys(run)).toEqual(Object.keys(files));
    expect(run).toEqual(files);
    expect(errors).toEqual([]);
  });
});

describe('a run that is paused', () => {
  it('goes on after the page was loaded again, and on the command line, to the bytes of one that was not', async () => {
    const { page, errors } = await openStill(browser, served.address);
    await openTraining(page);
    await train(page, { steps: 6000 });
    await pauseAfter(page, 2000);
    const paused = unzipInto(temporaryFolder(), await saved(page, 'Save the run'));
    const files = await byCommand('--steps', '6000');
    expect(contents(paused)).not.toEqual(files);
    await armature('resume', paused);
    expect(contents(paused)).toEqual(files);
    await page.reload();
    await openTraining(page);
    await button(page, `Go on with ${task}-s0`).click();
    await ended(page);
    expect(unpacked(await saved(page, 'Save the run'))).toEqual(files);
    expect(errors).toEqual([]);
  });
});
