import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../cli/armature.ts';
import { launch } from './chromium.ts';
import { goalOf, goLive, openView, view } from './live.ts';

const armature = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** Trains a little, opens the run's page and does something there, of which nothing may be an error. */
async function inViewOf(task: string, act: (page: Page, run: string) => Promise<void>): Promise<void> {
  const run = join(temporaryFolder(), 'run');
  execFileSync('node', [armature, 'train', task, '--steps', '1000', '--json', '--out', run]);
  const served = await view(run);
  const browser = await launch();
  try {
    const { page, errors } = await openView(browser, served.address);
    await act(page, run);
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
    served.stop();
  }
}

const button = (page: Page, name: string) => page.getByRole('button', { name });

it('a goal that the task moves is held where New goal puts it, also while paused, until it is let go; a theme outlasts the room', async () => {
  await inViewOf('track', async (page) => {
    await goLive(page);
    await page.keyboard.press('Space');
    await page.locator('.live-bar .where', { hasText: 'paused' }).waitFor();
    const before = await goalOf(page);
    await page.keyboard.press('n');
    await expect.poll(() => goalOf(page)).not.toEqual(before);
    const drawn = await goalOf(page);
    await page.keyboard.press('.');
    expect(await goalOf(page)).toEqual(drawn);
    await button(page, 'Let it move again').click();
    await page.keyboard.press('.');
    await expect.poll(() => goalOf(page)).not.toEqual(drawn);
    const theme = () => page.locator('[data-theme]').first().getAttribute('data-theme');
    const usual = await theme();
    await page.keyboard.press('d');
    await expect.poll(theme).not.toBe(usual);
    await button(page, 'Back to the recording').click();
    expect(await page.locator('.live-bar').count()).toBe(0);
    expect(await theme()).not.toBe(usual);
  });
});

it('a policy that is dropped while another is trained acts alone; the form of another training has the options of the first', async () => {
  await inViewOf('panda-reach-joints', async (page, run) => {
    await goLive(page);
    const about = page.locator('.live-panel .about p');
    const ofFile = await about.textContent();
    await button(page, 'Train').first().click();
    await page.getByLabel('Batch', { exact: true }).fill('700');
    await page.getByLabel('Steps', { exact: true }).fill('1000000');
    await page.getByLabel('Stop once it is solved').uncheck();
    await page.locator('.train-panel .start .button').click();
    await expect.poll(() => about.textContent()).not.toBe(ofFile);
    await page.locator('#picker').setInputFiles(join(run, 'policy.safetensors'));
    await expect.poll(() => about.textContent()).toBe(ofFile);
    await button(page, 'Train').first().click();
    const spent = () => page.locator('.train-panel .figures dd').first().textContent();
    for (let i = 0; i < 2; i++) {
      const before = await spent();
      await expect.poll(spent).not.toBe(before);
    }
    expect(await about.textContent()).toBe(ofFile);
    await button(page, 'Train another').click();
    await expect.poll(() => page.getByLabel('Batch', { exact: true }).inputValue()).toBe('700');
  });
});

it('a run’s policy acts in the page, whose goal keys move; nothing of that is loaded before', async () => {
  await inViewOf('panda-reach-joints', async (page) => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const loaded = await page.evaluate<string[]>(
      `performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)`,
    );
    expect(loaded.filter((path) => /live|rapier|simulate/.test(path))).toEqual([]);
    await goLive(page);
    expect(asked.filter((path) => /live-.*js$/.test(path)).length).toBeGreaterThan(0);
    const [, , before] = await goalOf(page);
    await page.keyboard.press('ArrowUp');
    await expect.poll(async () => (await goalOf(page))[2]).toBeGreaterThan(before);
    await page.keyboard.press('Space');
    await page.locator('.live-bar .where', { hasText: 'paused' }).waitFor();
  });
});
