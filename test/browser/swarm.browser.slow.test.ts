import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Recording } from '../../envs/recording/header.ts';
import { encodeRecording } from '../../envs/recording/recording.ts';
import type { ViewerApi } from '../../viewer/api.ts';
import { maxInstances } from '../../viewer/state/swarm.ts';
import { sampleRecording } from '../recording/sample.ts';
import { launch } from './chromium.ts';
import { count } from './pixels.ts';
import { type Served, serve } from './serve.ts';
import { visit } from './visit.ts';

declare const window: { readonly armature: ViewerApi };

const many = maxInstances + 100;
const sample = sampleRecording([6, 9]);
/** The same two episodes again and again, of which every tenth misses. */
const recording: Recording = {
  ...sample,
  episodes: Array.from({ length: many }, (_, i) => ({ ...sample.episodes[i % 2], success: i % 10 !== 0 })),
};
const reached = { ...sample, episodes: recording.episodes.map((episode) => ({ ...episode, success: true })) };
let browser: Browser;
let served: Served;

beforeAll(async () => {
  served = await serve([
    { name: 'many', bytes: await encodeRecording(recording) },
    { name: 'reached', bytes: await encodeRecording(reached) },
  ]);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  served?.close();
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

async function open(hash: string): Promise<Page> {
  const { page } = await visit(browser, `${served.address}#${hash}`, {
    viewport: { width: 1280, height: 800 },
    isDrawn: true,
  });
  return page;
}

const note = (page: Page) => page.locator('#swarm [role=status]').textContent();

it('says what it shows, and shows all where all are asked for', async () => {
  const page = await open('file=many&swarm=yes');
  expect(await note(page)).toBe('Episodes 1–400 of 50040 missed');
  await page.evaluate((e) => window.armature.seek(e, 0), maxInstances + 5);
  expect(await note(page)).toBe('Episodes 401–500 of 50010 missed');
  await page.getByRole('button', { name: 'Show all 500' }).click();
  expect(await note(page)).toBe('All 500 episodes50 missed');
  await expect.poll(() => page.url()).toContain('swarm=all');
  await page.getByRole('button', { name: 'Show 400' }).click();
  expect(await note(page)).toBe('Episodes 401–500 of 50010 missed');
});

it('has misses stand out, and fills the stage', async () => {
  const page = await open('file=many&swarm=yes');
  const { miss, arms } = await count(page);
  expect(miss).toBeGreaterThan(500);
  // Goals reach from side to side, or from top to bottom, and far the other way.
  const [across, down] = [arms[2] - arms[0], arms[3] - arms[1]];
  expect(Math.max(across, down)).toBeGreaterThan(0.75);
  expect(Math.min(across, down)).toBeGreaterThan(0.5);
  const without = await open('file=reached&swarm=yes');
  expect((await count(without)).miss).toBe(0);
  expect(await note(without)).toBe('Episodes 1–400 of 500none missed');
});

it('selects the episode whose arm is pressed and keeps the time; pressed twice, it is alone', async () => {
  const page = await open('file=many&swarm=yes&time=4');
  const box = (await page.locator('#canvas').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const [x, y] = [box.x + box.width * 0.55, box.y + box.height * 0.55];
  await page.mouse.click(x, y);
  const chosen = await page.evaluate(() => window.armature.episode);
  expect(chosen).toBeGreaterThan(20);
  expect(await page.evaluate(() => [window.armature.state.swarm, window.armature.state.player?.position])).toEqual([
    true,
    4,
  ]);
  expect(await page.locator('#episodes [aria-selected=true] .number').textContent()).toBe(String(chosen + 1));
  // Another place, another arm; a turn of the camera chooses none.
  await page.mouse.click(x + 160, y);
  const other = await page.evaluate(() => window.armature.episode);
  expect(other).not.toBe(chosen);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y, { steps: 4 });
  await page.mouse.up();
  expect(await page.evaluate(() => window.armature.episode)).toBe(other);
  await page.mouse.dblclick(x, y);
  expect(await page.evaluate(() => window.armature.state.swarm)).toBe(false);
});
