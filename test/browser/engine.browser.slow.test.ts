import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Recording } from '../../envs/recording/header.ts';
import { decodeRecording, encodeRecording } from '../../envs/recording/recording.ts';
import type { ViewerApi } from '../../viewer/api.ts';
import { temporaryFolder } from '../cli/armature.ts';
import { launch } from './chromium.ts';
import { realRun } from './real-run.ts';
import { visit } from './visit.ts';

declare const window: { readonly armature: ViewerApi };

const folder = temporaryFolder();
const run = join(folder, 'run');
let browser: Browser;
let address = '';
let recording: Recording;

beforeAll(async () => {
  ({ recording, address } = await realRun(folder, 3, [1]));
  const { header } = recording;
  const slow = { ...header, spec: { ...header.spec, dt: 2 * header.spec.dt } };
  writeFileSync(join(run, 'slow.safetensors'), await encodeRecording({ ...recording, header: slow }));
  browser = await launch();
}, 120_000);

afterAll(() => browser?.close());

const open = () => visit(browser, address, { viewport: { width: 1024, height: 700 } });
const where = (page: Page) => page.evaluate(() => [window.armature.episode, window.armature.step]);
const seek = (page: Page, episode: number, step: number) =>
  page.evaluate(([e, t]) => window.armature.seek(e, t), [episode, step]);

describe('trust', () => {
  it('simulates an episode again in the browser and finds it genuine; Rapier comes when it is asked for', async () => {
    const { page, errors, loaded, close } = await open();
    await seek(page, 1, 1);
    expect(loaded.some((path) => path.includes('simulate'))).toBe(false);
    await page.keyboard.press('r');
    await page.getByText('Episode 2 is genuine').waitFor();
    expect(await page.getByText('Not checked, since nothing simulates them').isVisible()).toBe(true);
    expect(loaded.some((path) => path.includes('simulate'))).toBe(true);
    expect(errors).toEqual([]);
    await close();
  });

  it('says what the header has made up', async () => {
    const { page, errors, close } = await open();
    await page.selectOption('#file', { label: 'run/slow.safetensors' });
    await page.waitForFunction(() => window.armature.state.files.some(({ name }) => name === 'run/slow.safetensors'));
    await page.keyboard.press('r');
    await page.getByText('header.spec.dt: recorded 0.08, should be 0.04').waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  it('goes to the first difference and marks it on the timeline', async () => {
    const { page, errors, close } = await open();
    await page.selectOption('#file', { label: 'run/forged.safetensors' });
    await page.waitForFunction(() => window.armature.state.files.some(({ name }) => name === 'run/forged.safetensors'));
    await seek(page, 1, 0);
    await page.keyboard.press('r');
    await page.getByText('Episode 2 differs from step 2 on').waitFor();
    expect(await page.getByText('reward[0]: recorded').isVisible()).toBe(true);
    expect(await where(page)).toEqual([1, 2]);
    expect(await page.locator('#timeline').getByTitle('differs: reward[0]').count()).toBeGreaterThan(0);
    expect(errors).toEqual([]);
    await close();
  });
});

describe('watching it learn', () => {
  it('scrubs through the iterations at the same episode and step', async () => {
    const { page, errors, close } = await open();
    const slider = page.getByRole('slider', { name: 'Training' });
    expect(await slider.getAttribute('aria-valuetext')).toContain('final policy');
    await seek(page, 3, 2);
    await slider.fill('0');
    await page.getByText(/^iteration 0 · /).waitFor();
    expect(await where(page)).toEqual([3, 2]);
    const saved = await decodeRecording(
      new Uint8Array(readFileSync(join(run, 'recordings', '000000.safetensors'))),
      'first',
    );
    const pose = await page.evaluate(() => window.armature.bodyPose(6));
    pose.forEach((value, i) => {
      expect(Math.abs(value - saved.episodes[3].pose[(2 * 7 + 6) * 7 + i])).toBeLessThan(1e-6);
    });
    await slider.press('ArrowRight');
    await page.getByText(/^iteration [1-3] · /).waitFor();
    expect(await where(page)).toEqual([3, 2]);
    expect(errors).toEqual([]);
    await close();
  });
});

describe('the swarm', () => {
  it('shows every episode in few draw calls, and gives the arm back', async () => {
    const { page, errors, close } = await open();
    const drawn = async () => {
      const calls = await page.evaluate<number>(`new Promise((resolve) => {
        let count = 0;
        const { prototype } = WebGL2RenderingContext;
        const kept = {};
        for (const name of ['drawElements', 'drawArrays', 'drawElementsInstanced', 'drawArraysInstanced']) {
          kept[name] = prototype[name];
          prototype[name] = function (...args) { count++; return kept[name].apply(this, args); };
        }
        window.armature.draw();
        Object.assign(prototype, kept);
        resolve(count);
      })`);
      return calls;
    };
    const alone = await drawn();
    await page.keyboard.press('b');
    expect(await page.evaluate(() => window.armature.state.swarm)).toBe(true);
    const longest = Math.max(...recording.episodes.map(({ steps }) => steps));
    const [episode, step] = await where(page);
    expect([recording.episodes[episode].steps, step]).toEqual([longest, 0]);
    expect(await drawn()).toBeLessThanOrEqual(12);
    await expect.poll(() => page.url()).toContain('swarm=yes');
    await page.keyboard.press('b');
    expect(await drawn()).toBe(alone);
    expect(errors).toEqual([]);
    await close();
  });
});
