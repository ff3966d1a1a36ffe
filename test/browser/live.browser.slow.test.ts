import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { envOf } from '../../envs/tasks/index.ts';
import type { ViewerApi } from '../../viewer/api.ts';
import { violations, withAxe } from './axe.ts';
import { launch } from './chromium.ts';
import { arrives, away, dragGoal, goalOf, goLive, onPage, openView, trainedRun, type View, view } from './live.ts';

declare const window: { readonly armature: ViewerApi };

let browser: Browser;
let run: string;
let served: View;

beforeAll(async () => {
  await loadPhysics();
  run = trainedRun();
  served = await view(run);
  browser = await launch();
}, 240_000);

afterAll(async () => {
  await browser?.close();
  served?.stop();
});

// A page that is left open goes on simulating.
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

const open = (options = {}) => openView(browser, served.address, options);

/** Bytes that the page saves when a button is pressed. */
async function saved(page: Page, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name }).click();
  const download = await coming;
  return new Uint8Array(readFileSync(await download.path()));
}

describe('a goal that is dragged', () => {
  it.each(['mouse', 'touch'])('by %s: the tip arrives', async (hand) => {
    const { page, errors, close } = await open(hand === 'touch' ? { hasTouch: true } : { isDrawn: true });
    await goLive(page);
    await arrives(page);
    const before = await goalOf(page);
    const from = await onPage(page, before);
    const to = { x: from.x - 70, y: from.y - 60 };
    if (hand === 'mouse') await dragGoal(page, -70, -60);
    else {
      const devtools = await page.context().newCDPSession(page);
      const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: { x: number; y: number }[]) =>
        devtools.send('Input.dispatchTouchEvent', { type, touchPoints });
      await touch('touchStart', from);
      for (const share of [0.3, 0.6, 1]) {
        await touch('touchMove', { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) });
      }
      await touch('touchEnd');
    }
    const after = await goalOf(page);
    expect(Math.hypot(...after.map((x, i) => x - before[i]))).toBeGreaterThan(0.06);
    const shown = await onPage(page, after);
    expect(Math.hypot(shown.x - to.x, shown.y - to.y)).toBeLessThan(12);
    await arrives(page);
    expect(errors).toEqual([]);
    await close();
  });

  it('by keys and by fields, too; beyond its training it is said', async () => {
    const { page, errors, close } = await open();
    await goLive(page);
    const [, , height] = await goalOf(page);
    for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp']) await page.keyboard.press(key);
    expect((await goalOf(page))[2]).toBeGreaterThan(height + 0.03);
    await arrives(page);
    const [x] = await page.locator('.live-panel .fields input').all();
    await x.fill('-0.1');
    await x.press('Enter');
    expect((await goalOf(page))[0]).toBe(-0.1);
    await page
      .locator('#canvas')
      .focus()
      .catch(() => {});
    await arrives(page);
    await x.fill('0.9');
    await x.press('Enter');
    await page.locator('.live-bar .where', { hasText: 'goal outside of its training' }).waitFor();
    expect(errors).toEqual([]);
    await close();
  });
});

it('acts wherever it is dropped, also where a recording would be compared with the one in view', async () => {
  const { page, errors } = await open();
  const policy = readFileSync(join(run, 'policy.safetensors')).toString('base64');
  await page.evaluate(`(() => {
    const bytes = Uint8Array.from(atob('${policy}'), (letter) => letter.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], 'dropped.safetensors'));
    const drop = { dataTransfer, clientX: innerWidth - 200, bubbles: true, cancelable: true };
    window.dispatchEvent(new DragEvent('drop', drop));
  })()`);
  await page.locator('.live-bar .where', { hasText: /on its way|at the goal/ }).waitFor();
  expect(await page.evaluate(() => window.armature.state.beside)).toBeUndefined();
  // Of what goes on by itself a screen reader is told nothing.
  expect(await page.locator('.live-bar [role=status]').textContent()).toBe('');
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect.poll(() => page.locator('.live-bar [role=status]').textContent()).toBe('paused');
  expect(errors).toEqual([]);
});

describe('what a hand does', () => {
  it('pulls the arm away from its goal; it returns, and what was kept is verified in Node', async () => {
    const { page, errors, close } = await open();
    await goLive(page);
    await arrives(page);
    await page.getByRole('slider', { name: 'Payload' }).focus();
    await page.keyboard.press('ArrowRight');
    const elbow = await onPage(page, (await page.evaluate(() => window.armature.bodyPose(6))).slice(0, 3));
    await page.mouse.move(elbow.x, elbow.y);
    await page.mouse.down();
    await page.mouse.move(elbow.x + 150, elbow.y - 190, { steps: 4 });
    await expect.poll(() => away(page)).toBeGreaterThan(0.06);
    await page.mouse.up();
    await arrives(page);
    await page.keyboard.press('k');
    await page.getByText('Kept as a recording').waitFor();
    expect(await page.locator('.live-bar').count()).toBe(0);
    const recording = await decodeRecording(await saved(page, 'Save the file'), 'kept');
    const [{ disturbances = [] }] = recording.episodes;
    expect(new Set(disturbances.map(({ kind }) => kind))).toEqual(new Set(['dynamics', 'force', 'reset']));
    expect(findDifference(envOf(recording.header.env), recording)).toBeNull();
    await page.keyboard.press('r');
    await page.getByText('Episode 1 is genuine').waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  it('pauses, steps, goes back to the start, and leaves', async () => {
    const { page, errors, close } = await open();
    const before = await page.locator('#episodes').textContent();
    await goLive(page);
    await page.keyboard.press('Space');
    await page.locator('.live-bar .where', { hasText: 'paused' }).waitFor();
    await page.keyboard.press('r');
    await expect.poll(() => page.locator('.live-bar .clock').textContent()).toBe('0.0 s');
    for (let i = 0; i < 5; i++) await page.keyboard.press('.');
    await expect.poll(() => page.locator('.live-bar .clock').textContent()).toBe('0.2 s');
    await page.getByRole('button', { name: 'Back to the recording' }).click();
    expect(await page.locator('.live-bar').count()).toBe(0);
    // Rows are drawn as far as they are in view.
    await expect.poll(() => page.locator('#episodes').textContent()).toBe(before);
    await page.keyboard.press('ArrowRight');
    expect(errors).toEqual([]);
    await close();
  });

  it('is refused in words: what is no policy of ours', async () => {
    const { page, close } = await open();
    const bytes = new Uint8Array(readFileSync(join(run, 'policy.safetensors')));
    const choose = (name: string, buffer: Uint8Array) =>
      page
        .locator('#picker')
        .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(buffer) });
    const damaged = bytes.slice();
    damaged[damaged.length - 9] ^= 1;
    await choose('damaged.safetensors', damaged);
    await page.getByText('damaged.safetensors cannot act here').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await choose('whole.safetensors', bytes);
    await page.locator('.live-bar[data-going=true]').waitFor();
    await close();
  });
});

describe('everybody', () => {
  it.each([
    { colorScheme: 'light', width: 1440, height: 900 },
    { colorScheme: 'dark', width: 390, height: 844 },
  ] as const)('can use it, by axe: %o', async ({ colorScheme, width, height }) => {
    const { page, close } = await open({
      colorScheme,
      viewport: { width, height },
      ...withAxe,
    });
    await goLive(page);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Train', exact: true }).first().click();
    await page.locator('.train-panel .start .button').waitFor();
    expect(await violations(page)).toEqual([]);
    await close();
  });

  it('has nothing move by itself where motion is not wanted', async () => {
    const { page, errors, close } = await open({ reducedMotion: 'reduce' });
    await page.locator('#live').click();
    await page.getByText('Press Space, or the round button, and it moves.').waitFor();
    await page.keyboard.press('Space');
    await page.locator('.live-bar[data-going=true]').waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  it('can play on a phone', async () => {
    const { page, errors, close } = await open({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await goLive(page);
    const overflow = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
    expect(overflow).toBe(false);
    await page.getByRole('button', { name: 'New goal' }).first().tap();
    await arrives(page);
    expect(errors).toEqual([]);
    await close();
  });
});
