import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Recording } from '../../envs/recording/header.ts';
import { encodeRecording } from '../../envs/recording/recording.ts';
import type { ViewerApi } from '../../viewer/api.ts';
import { armature, temporaryFolder } from '../cli/armature.ts';
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
  ({ recording, address } = await realRun(folder, 2, [1, 3]));
  browser = await launch();
}, 120_000);

afterAll(() => browser?.close());

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

const open = (where: string, options: BrowserContextOptions = {}) =>
  visit(browser, where, { viewport: { width: 1280, height: 800 }, ...options });

const named = (name: string) => `${address}#file=${encodeURIComponent(name)}`;
const nameInView = (page: Page) =>
  page.evaluate(() => {
    const { files, file } = window.armature.state;
    return files.find(({ id }) => id === file)?.name;
  });

async function saved(page: Page): Promise<{ name: string; file: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Shift+S')]);
  const file = join(folder, `saved-${download.suggestedFilename()}`);
  await download.saveAs(file);
  return { name: download.suggestedFilename(), file };
}

describe('a link', () => {
  it('is offered of what the server has, and not of a file from the disk, which the address does not name', async () => {
    const { page, errors } = await open(address);
    const button = page.getByRole('button', { name: 'Copy a link to this view' });
    expect(await button.isDisabled()).toBe(false);
    await expect.poll(() => page.url()).toContain('file=run');
    const buffer = readFileSync(join(run, 'rollouts.safetensors'));
    await page.setInputFiles('#picker', [{ name: 'own.safetensors', mimeType: '', buffer }]);
    await expect.poll(() => nameInView(page)).toBe('own.safetensors');
    expect(await button.isDisabled()).toBe(true);
    await expect.poll(() => page.url()).toBe(address);
    // Beside what the server has, it is not either.
    await page.selectOption('#file', { label: 'run/rollouts.safetensors' });
    await expect.poll(() => button.isDisabled()).toBe(false);
    await page.setInputFiles('#beside-picker', [{ name: 'own.safetensors', mimeType: '', buffer }]);
    await expect.poll(() => button.isDisabled()).toBe(true);
    expect(errors).toEqual([]);
  });

  it('to what is not here offers what is', async () => {
    const { page } = await open(named('nowhere.safetensors'));
    const alert = page.getByRole('alert');
    expect(await alert.textContent()).toContain('nowhere.safetensors is not here');
    await alert.getByRole('button', { name: 'run/forged.safetensors' }).click();
    await expect.poll(() => nameInView(page)).toBe('run/forged.safetensors');
    expect(await alert.isHidden()).toBe(true);
  });
});

describe('a saved page', () => {
  it('is what share writes of the run, opens from the disk at the moment in view, and its parts come when it is asked for', async () => {
    const { page, errors, loaded } = await open(named('run/rollouts.safetensors'));
    await page.evaluate(() => window.armature.seek(2, 3));
    expect(loaded.filter((path) => path.includes('api/page'))).toEqual([]);
    const { name, file } = await saved(page);
    expect(name).toBe('run-rollouts.html');
    expect(errors).toEqual([]);
    await armature(folder, 'share', 'run', '--out', 'shared.html');
    const [own, shared] = [readFileSync(file, 'utf8'), readFileSync(join(folder, 'shared.html'), 'utf8')];
    const shell = (html: string) => html.slice(0, html.indexOf('<script type="application/json"'));
    expect(shell(own)).toBe(shell(shared));
    const opened = await open(pathToFileURL(file).href, { offline: true });
    expect(await nameInView(opened.page)).toBe('run/rollouts.safetensors');
    expect(await opened.page.evaluate(() => [window.armature.episode, window.armature.step])).toEqual([2, 3]);
    expect(await opened.page.locator('#training').isVisible()).toBe(true);
    expect(opened.errors).toEqual([]);
    expect(await opened.page.locator('#bar-actions').getByRole('button', { name: 'Save as HTML' }).count()).toBe(0);
    // Verified it is not, and says why.
    await opened.page.keyboard.press('r');
    const alert = opened.page.getByRole('alert');
    expect(await alert.textContent()).toContain('A page in a file cannot simulate');
    expect(await alert.locator('code').textContent()).toBe('armature verify run/rollouts.safetensors');
  });

  it('holds two policies that are compared, also one from the disk', async () => {
    const { page } = await open(named('run/rollouts.safetensors'));
    const buffer = readFileSync(join(run, 'forged.safetensors'));
    await page.setInputFiles('#beside-picker', [{ name: 'own.safetensors', mimeType: '', buffer }]);
    await page.waitForFunction(() => window.armature.state.beside !== undefined);
    const { file } = await saved(page);
    const opened = await open(pathToFileURL(file).href, { offline: true });
    expect(await opened.page.locator('#panes span').count()).toBe(2);
    expect(opened.errors).toEqual([]);
  });
});

describe('a frame of 480 x 270', () => {
  it.each(['', '&swarm=yes', '&with=2+run/rollouts.safetensors&arrange=split'])(
    'shows scene, clock and buttons, none over another: %j',
    async (more) => {
      const { page } = await open(`${named('run/rollouts.safetensors')}${more}`, {
        viewport: { width: 480, height: 270 },
      });
      const boxOf = async (selector: string) => {
        const { x, y, width, height } = (await page.locator(selector).boundingBox()) ?? {
          x: 0,
          y: 0,
          width: 0,
          height: 0,
        };
        return { left: x, top: y, right: x + width, bottom: y + height };
      };
      const [bar, stage, transport] = [await boxOf('.bar'), await boxOf('.stage'), await boxOf('.transport')];
      expect(bar.bottom).toBeLessThanOrEqual(stage.top + 0.5);
      expect(stage.bottom).toBeLessThanOrEqual(transport.top + 0.5);
      expect(transport.bottom).toBeLessThanOrEqual(270.5);
      expect(stage.bottom - stage.top).toBeGreaterThan(130);
      const parts = await Promise.all(['#timeline', '#buttons', '#clock-time', '#speed'].map(boxOf));
      for (const [i, part] of parts.entries()) {
        expect(part.right - part.left).toBeGreaterThan(20);
        expect([part.left >= 0, part.right <= 480, part.top >= transport.top, part.bottom <= 270]).toEqual([
          true,
          true,
          true,
          true,
        ]);
        for (const other of parts.slice(0, i)) {
          const apart =
            part.left >= other.right ||
            other.left >= part.right ||
            part.top >= other.bottom ||
            other.top >= part.bottom;
          expect(apart).toBe(true);
        }
      }
    },
  );
});

describe('a verification', () => {
  const badges = (page: Page) => page.locator('#episodes .verdict').allTextContents();

  it('leaves a badge on its episode', async () => {
    const { page, errors } = await open(named('run/forged.safetensors'));
    await page.keyboard.press('r');
    await page.getByText('Episode 1 is genuine').waitFor();
    expect(await badges(page)).toEqual(['genuine']);
    await page.evaluate(() => window.armature.seek(1, 0));
    await page.keyboard.press('r');
    await page.getByText('Episode 2 differs from step 2 on').waitFor();
    expect(await badges(page)).toEqual(['genuine', 'differs']);
    expect(errors).toEqual([]);
  });

  it('of all episodes says how many differ, goes to the first of them, and leaves a badge on each', async () => {
    const { page, errors } = await open(named('run/forged.safetensors'));
    await page.keyboard.press('Shift+R');
    const { length } = recording.episodes;
    await page.getByText(`2 of ${length} episodes differ`).waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('Episode 2 differs from step 2 on');
    expect(await page.evaluate(() => [window.armature.episode, window.armature.step])).toEqual([1, 2]);
    const verdicts = await page.evaluate(() => [...window.armature.state.verdicts.values()]);
    expect(verdicts).toEqual(Array.from({ length }, (_, i) => i !== 1 && i !== 3));
    expect((await badges(page)).slice(0, 4)).toEqual(['genuine', 'differs', 'genuine', 'differs']);
    expect(errors).toEqual([]);
  });

  it('of all episodes can be stopped: what was verified by then stays so', async () => {
    const many = join(run, 'many.safetensors');
    const episodes = Array.from({ length: 6000 }, (_, i) => recording.episodes[i % recording.episodes.length]);
    writeFileSync(many, await encodeRecording({ ...recording, episodes }));
    const { page } = await open(named('run/many.safetensors'));
    await page.keyboard.press('Shift+R');
    await page.getByText(/^[\d,]+ done, 0 differ/).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('#status').isHidden()).toBe(true);
    const { size } = await page.evaluate(() => ({ size: window.armature.state.verdicts.size }));
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThan(6000);
    expect(await page.getByRole('alert').isHidden()).toBe(true);
  });
});
