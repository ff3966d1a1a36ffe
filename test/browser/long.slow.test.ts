import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeRecording } from '../../envs/recording/recording.ts';
import type { ViewerApi } from '../../viewer/api.ts';
import { temporaryFolder } from '../cli/armature.ts';
import { longRecording } from '../recording/long.ts';
import { sampleRecording } from '../recording/sample.ts';
import { launch } from './chromium.ts';
import { framesByHand, newPage } from './page.ts';
import { type Served, serve } from './serve.ts';

declare const window: { readonly armature: ViewerApi };

const frames = 100_000;

const folder = temporaryFolder();
let browser: Browser;
let served: Served;

beforeAll(async () => {
  browser = await launch();
  served = await serve([{ name: 'short.safetensors', bytes: await encodeRecording(sampleRecording()) }]);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  served?.close();
});

const seeks = 60;

/** Seeks to places all over the recording. */
const seekAround = (episodes: number, steps: number) => `(() => {
  for (let k = 1; k <= ${seeks}; k++) {
    const share = (k * 0.6180339887) % 1;
    window.armature.seek(Math.floor(share * ${episodes}), Math.floor(share * ${steps}));
    window.runFrame();
  }
})()`;

interface Opened {
  readonly page: Page;
  /** Of the file, bytes. */
  readonly size: number;
  /** That are held because of it, bytes. */
  readonly heap: number;
  /** Calls and blocks of the page's code that a seek runs. */
  readonly work: number;
}

async function openLong(lengths: readonly number[]): Promise<Opened> {
  const bytes = await encodeRecording(longRecording(lengths));
  const name = `${lengths.length}.safetensors`;
  const file = join(folder, name);
  writeFileSync(file, bytes);
  const { page } = await newPage(browser, { reducedMotion: 'reduce' });
  await page.addInitScript(framesByHand);
  await page.goto(served.address);
  await page.evaluate('window.armature.ready');
  const devtools = await page.context().newCDPSession(page);
  const used = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    const heap = await devtools.send('Runtime.getHeapUsage');
    return heap.usedSize + (heap.backingStorageSize ?? 0);
  };
  const before = await used();
  await page.setInputFiles('#picker', file);
  // No frames run by themselves.
  const isOpen = (own: string) => window.armature.state.files.some((each) => each.name === own);
  await page.waitForFunction(isOpen, name, { polling: 50 });
  await page.evaluate('window.runFrame()');
  const heap = (await used()) - before;
  const seekAll = () => page.evaluate(seekAround(lengths.length, lengths[0]));
  // What is done once, of whatever is first in view, is no part of a seek, and may come late where the machine is busy.
  await seekAll();
  while ((await workOf(devtools, () => page.waitForTimeout(200))) > seeks);
  const work = await workOf(devtools, seekAll);
  return { page, size: bytes.length, heap, work: work / seeks };
}

/** Calls and blocks that the page's code runs meanwhile: what it costs on any machine, however busy. */
async function workOf(devtools: CDPSession, action: () => Promise<unknown>): Promise<number> {
  await devtools.send('Profiler.enable');
  await devtools.send('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  await action();
  const { result } = await devtools.send('Profiler.takePreciseCoverage');
  const ranges = result.flatMap(({ functions }) => functions.flatMap((each) => each.ranges));
  return ranges.reduce((sum, { count }) => sum + count, 0);
}

/** What a seek costs in a recording that is not long. */
let usual: number;

beforeAll(async () => {
  const { page, work } = await openLong(new Array<number>(20).fill(50));
  usual = work;
  await page.context().close();
});

describe.each([
  ['one episode', [frames]],
  ['2,000 episodes', new Array<number>(2000).fill(frames / 2000)],
  ['20,000 episodes', new Array<number>(20_000).fill(frames / 20_000)],
])('100,000 frames in %s', (_, lengths) => {
  // `npm run bench -- page` says how long that takes.
  it('are held once, and a seek does no more for them than for a few', async () => {
    const { page, size, heap, work } = await openLong(lengths);
    // The file, the page, and the plots of the episode in view.
    expect(heap).toBeLessThan(size + 25e6 + 300 * lengths[0]);
    console.log(
      `${lengths.length} episodes: a seek is ${Math.round(work)} calls and blocks, of few ${Math.round(usual)}`,
    );
    expect(work).toBeLessThan(1.5 * usual);
    await page.context().close();
  });
});
