import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { envOf } from '../../envs/tasks/index.ts';
import { armature, succeeding, temporaryFolder } from '../cli/armature.ts';
import { boxStl, crane } from '../robots/crane.ts';
import { violations, withAxe } from './axe.ts';
import { launch } from './chromium.ts';
import { arrives, dragGoal, dragGoalByFinger, goalOf, openView, trainedRun, view } from './live.ts';
import { openOffline } from './offline.ts';
import type { PageOptions } from './page.ts';

const folder = temporaryFolder();
const file = join(folder, 'live.html');
let browser: Browser;

beforeAll(async () => {
  await loadPhysics();
  const { code, stderr } = await armature(folder, 'share', trainedRun(), '--live', '--out', 'live.html');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  browser = await launch();
}, 240_000);

afterAll(() => browser?.close());

// A page that is left open goes on simulating.
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

/** The file from the disk, without a network, once its arm moves. */
async function opened(options: PageOptions = {}, name = 'live.html') {
  const here = await openOffline(browser, resolve(folder, name), { viewport: { width: 900, height: 600 }, ...options });
  // Many of them are drawn by the processor, and the machine may be busy.
  here.page.setDefaultTimeout(120_000);
  await here.page.locator('.live-bar[data-going=true]').waitFor();
  return here;
}

it('is at most 3 MB', () => expect(readFileSync(file).length).toBeLessThan(3e6));

it('acts at once, from a disk and without a network: the goal is dragged, and the tip arrives', async () => {
  const { page, complaints, asked, address } = await opened({ isDrawn: true });
  await arrives(page);
  const before = await goalOf(page);
  await dragGoal(page, -70, -60);
  const after = await goalOf(page);
  expect(Math.hypot(...after.map((x, i) => x - before[i]))).toBeGreaterThan(0.06);
  await arrives(page);
  expect(complaints).toEqual([]);
  expect(asked.filter((url) => url !== address && !url.startsWith('blob:') && !url.startsWith('data:'))).toEqual([]);
});

it('stands behind the pictures of the README: live, without a network', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const behind = [...readme.matchAll(/\[!\[[^\]]*\]\([^)]*\)\]\(([^)]*)\)/g)].map(([, target]) => target);
  expect(behind).toEqual(['assets/live.html', 'assets/live.html']);
  const { page, complaints } = await opened({}, join(root, 'assets/live.html'));
  await arrives(page);
  expect(complaints).toEqual([]);
});

it('compiles WebAssembly in its workers alone, and fetches nothing, there neither', async () => {
  const { page } = await opened();
  const compiled = (place: string) =>
    page.evaluate<string>(
      `${place}.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)).then(() => 'compiled', () => 'refused')`,
    );
  expect(await compiled('WebAssembly')).toBe('refused');
  expect(await page.evaluate(() => fetch('https://example.org').then(String, () => 'refused'))).toBe('refused');
  const [worker] = page.workers();
  expect(await worker.evaluate(() => fetch('https://example.org').then(String, () => 'refused'))).toBe('refused');
  const ran = await page.evaluate<string>(
    `new Promise((resolve) => { const w = new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))); w.onmessage = () => resolve('ran'); w.onerror = () => resolve('refused'); })`,
  );
  expect(ran).toBe('refused');
});

it('keeps what happened, verifies it in the file, and so does Node', async () => {
  const { page, complaints } = await opened();
  await arrives(page);
  await page.keyboard.press('k');
  await page.getByText('Kept as a recording').waitFor();
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the file' }).click();
  const bytes = new Uint8Array(readFileSync(await (await coming).path()));
  const recording = await decodeRecording(bytes, 'kept');
  expect(findDifference(envOf(recording.header.env), recording)).toBeNull();
  await page.keyboard.press('r');
  await page.getByText('Episode 1 is genuine').waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page.keyboard.press('Shift+L');
  await page.locator('.live-bar[data-going=true]').waitFor();
  expect(complaints).toEqual([]);
});

it('trains', async () => {
  const { page, complaints } = await opened();
  await page.getByRole('button', { name: 'Train', exact: true }).first().click();
  await page.getByLabel('Steps', { exact: true }).fill('3000');
  await page.getByLabel('Steps', { exact: true }).press('Tab');
  await page.locator('.train-panel .start .button').click();
  await page.getByText(/^(All steps are spent|Solved after)/).waitFor({ timeout: 120_000 });
  expect(complaints).toEqual([]);
});

it('says in the page that it is the file itself that is sent', async () => {
  const { page } = await opened();
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByText('Send that file: its arm acts wherever it is opened.').waitFor();
});

it('is what a page of armature view shares, of a policy that ships as of one that was trained in the tab', async () => {
  const { address, stop } = await view('panda-reach');
  try {
    const { page, errors } = await openView(browser, address);
    await page.locator('.live-bar[data-going=true]').waitFor();
    const sent = async (name: string) => {
      const coming = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Share', exact: true }).click();
      const download = await coming;
      expect(download.suggestedFilename()).toBe(`${name}-live.html`);
      await download.saveAs(join(folder, `${name}.html`));
      await page.getByText(`Saved as ${name}-live.html`).waitFor();
      return readFileSync(join(folder, `${name}.html`), 'utf8');
    };
    const own = await sent('panda-reach');
    await succeeding(folder)('share', 'panda-reach', '--live', '--out', 'shared.html');
    const ofScripts = (html: string) => html.match(/script-src[^;]*;/g);
    expect(ofScripts(own)).toEqual(ofScripts(readFileSync(join(folder, 'shared.html'), 'utf8')));
    const shipped = await opened({}, 'panda-reach.html');
    await arrives(shipped.page);
    expect(shipped.complaints).toEqual([]);

    await page.getByRole('group', { name: 'What to do' }).getByRole('button', { name: 'Train' }).click();
    await page.getByLabel('Task', { exact: true }).selectOption('reach');
    await page.getByLabel('Steps', { exact: true }).fill('3000');
    await page.getByLabel('Steps', { exact: true }).press('Tab');
    await page.locator('.train-panel .start .primary').click();
    await page.getByText(/^(All steps are spent|Solved after)/).waitFor({ timeout: 120_000 });
    await sent('reach');
    const trained = await opened({}, 'reach.html');
    expect(await trained.page.locator('.live-panel .about').textContent()).toMatch(/ppo, 3,\d{3} steps/);
    expect([...errors, ...trained.complaints]).toEqual([]);
  } finally {
    stop();
  }
});

it('holds a robot from a file, which is data, with its meshes', async () => {
  mkdirSync(join(folder, 'robot', 'meshes'), { recursive: true });
  writeFileSync(join(folder, 'robot', 'crane.urdf'), crane({ mesh: 'meshes/boom.stl' }));
  writeFileSync(join(folder, 'robot', 'meshes', 'boom.stl'), boxStl([0.03, 0.03, 0.15]));
  const run = succeeding(folder);
  await run('train', 'reach', '--arm', 'robot/crane.urdf', '--steps', '300', '--batch', '100', '--out', 'crane');
  rmSync(join(folder, 'robot'), { recursive: true });
  await run('share', 'crane', '--live', '--out', 'crane.html');
  expect(readFileSync(join(folder, 'crane.html'), 'utf8')).toContain('"meshes":"#shared-1"');
  const { page, complaints } = await opened({}, 'crane.html');
  expect(await page.locator('.live-panel .about').textContent()).toContain('crane');
  expect(complaints).toEqual([]);
});

it.each([
  { colorScheme: 'light', width: 1440, height: 900 },
  { colorScheme: 'dark', width: 390, height: 844 },
  { colorScheme: 'dark', width: 480, height: 270 },
] as const)('everybody can use it, by axe: %o', async ({ colorScheme, width, height }) => {
  const { page } = await opened({ colorScheme, viewport: { width, height }, ...withAxe });
  expect(await violations(page)).toEqual([]);
  expect(await overflows(page)).toBe(false);
});

it('a finger drags the goal on a phone', async () => {
  const { page, complaints } = await opened({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await arrives(page);
  const before = await goalOf(page);
  await dragGoalByFinger(page, -40, -45);
  const after = await goalOf(page);
  expect(Math.hypot(...after.map((x, i) => x - before[i]))).toBeGreaterThan(0.06);
  await arrives(page);
  expect(complaints).toEqual([]);
});

it('says that its worker has died, as on a page that is served, and not before', async () => {
  const { page, complaints } = await opened();
  await arrives(page);
  expect(await page.getByText('The simulation stopped').count()).toBe(0);
  for (const worker of page.workers()) void worker.evaluate('close()').catch(() => {});
  await page.getByText('The simulation stopped').waitFor();
  await page.getByRole('button', { name: 'Start it again' }).click();
  await page.locator('.live-bar[data-going=true]').waitFor();
  await arrives(page);
  expect(complaints).toEqual([]);
});

function overflows(page: Page): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
}
