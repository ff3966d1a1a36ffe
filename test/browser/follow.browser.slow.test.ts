import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ViewerApi } from '../../viewer/api.ts';
import { start, temporaryFolder } from '../cli/armature.ts';
import { violations, withAxe } from './axe.ts';
import { launch } from './chromium.ts';
import { view } from './live.ts';
import { visit } from './visit.ts';

declare const window: { readonly armature: ViewerApi };

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

const slider = (page: Page) => page.locator('#iteration');
const badge = (page: Page) => page.locator('.follow-badge');
/** Stops of the slider, and the one that it is at. */
const place = (page: Page) =>
  slider(page).evaluate((input) => {
    const { max, value } = input as unknown as { max: string; value: string };
    return { last: Number(max), at: Number(value) };
  });
const atEnd = async (page: Page) => {
  const { last, at } = await place(page);
  return last - at;
};

it('a training that goes on is watched to its end', async () => {
  const folder = temporaryFolder();
  const flags = ['--steps', '100000000', '--batch', '1000', '--eval-every', '3000', '--workers', '1', '--json'];
  const { child, firstLine } = start(folder, 'train', 'panda-reach-joints', ...flags, '--out', 'run');
  await firstLine;
  const { address, stop } = await view(join(folder, 'run'));
  const { page, errors, close } = await visit(browser, address, withAxe);
  page.setDefaultTimeout(120_000);
  await slider(page).waitFor();
  await expect.poll(() => badge(page).textContent(), { timeout: 60_000 }).toBe('live');
  const { last } = await place(page);
  // It grows, and the newest is in view.
  await expect.poll(async () => (await place(page)).last, { timeout: 120_000 }).toBeGreaterThan(last);
  expect(await atEnd(page)).toBe(0);
  expect(await violations(page)).toEqual([]);
  // Scrubbed back, it stays there while the slider grows.
  await slider(page).focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => badge(page).textContent()).toBe('live · go to the newest');
  const back = await place(page);
  await expect.poll(async () => (await place(page)).last, { timeout: 120_000 }).toBeGreaterThan(back.last);
  expect((await place(page)).at).toBe(back.at);
  await badge(page).click();
  await expect.poll(() => badge(page).textContent()).toBe('live');
  expect(await atEnd(page)).toBe(0);
  child.kill('SIGTERM');
  await page.getByText('The training has ended').waitFor();
  expect(await badge(page).count()).toBe(0);
  await page.getByRole('button', { name: 'Final policy' }).click();
  const shown = () => page.evaluate(() => window.armature.state.files.map(({ name }) => name));
  await expect.poll(shown).toEqual(['run/rollouts.safetensors']);
  expect(errors).toEqual([]);
  await close();
  stop();
});

it('what has recorded nothing yet is waited for', async () => {
  const run = join(temporaryFolder(), 'slow-run');
  mkdirSync(run);
  writeFileSync(join(run, 'config.json'), '{}');
  const lock = join(run, 'lock');
  writeFileSync(lock, 'token');
  const beat = setInterval(() => utimesSync(lock, new Date(), new Date()), 500);
  const served = await view(run);
  const { page, close } = await visit(browser, served.address);
  await page.getByText('Waiting for the first recording of slow-run').waitFor();
  clearInterval(beat);
  await close();
  served.stop();
});
