import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { contents, succeeding, temporaryFolder } from '../cli/armature.ts';
import { violations, withAxe } from './axe.ts';
import { launch, launchLikeAReaders } from './chromium.ts';
import { openTab } from './hidden-tab.ts';
import { arrives, dragGoal, goalOf, onPage, type View, view } from './live.ts';
import { count } from './pixels.ts';
import {
  button,
  ended,
  type Form,
  openStill,
  openTraining,
  pauseAfter,
  saved,
  spent,
  train,
  unzipInto,
  zipped,
} from './train-tab.ts';

const folder = temporaryFolder();
const armature = succeeding(folder);
const [task, steps] = ['panda-reach-joints', 5000];
/** Steps of a training that goes on still when a hand comes to it on a slow machine. */
const long = 30_000;

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

/** The folder of a run by the command line, made once. */
const made = new Map<string, Promise<string>>();
function byCommand(...flags: readonly string[]): Promise<string> {
  const key = flags.join(' ');
  const run = join(folder, 'runs', String(made.size));
  const done = made.get(key) ?? armature('train', task, ...flags, '--out', run).then(() => run);
  made.set(key, done);
  return done;
}

const unpacked = (bytes: Uint8Array) => contents(unzipInto(temporaryFolder(), bytes));

describe('a run in the tab has the files of one by the command line', () => {
  async function expectSame(page: Page, { untilSolved = false, algorithm, workers }: Form): Promise<void> {
    await train(page, { algorithm, workers, untilSolved, ...(!untilSolved && { steps, seed: 3 }) });
    await ended(page);
    const own = untilSolved ? ['--until-solved'] : ['--steps', String(steps), '--seed', '3'];
    const files = contents(await byCommand('--algorithm', algorithm ?? 'reinforce', ...own));
    const run = unpacked(await saved(page, 'Save the run'));
    expect(Object.keys(run)).toEqual(Object.keys(files));
    expect(run).toEqual(files);
  }

  it('to the end, where it is solved', async () => {
    const { page, errors } = await openStill(browser, served.address);
    await openTraining(page);
    await expectSame(page, { algorithm: 'reinforce', workers: 3, untilSolved: true });
    expect(errors).toEqual([]);
  });

  const algorithms = ['reinforce', 'natural', 'trpo', 'ppo', 'a2c'];
  const hosts = ['isolated', 'not isolated'];
  it.each(algorithms.flatMap((algorithm) => hosts.map((how) => [algorithm, how])))(
    '%s, %s, by 1, 2 and 3 workers',
    async (algorithm, how) => {
      const { page, errors } = await openStill(browser, served.address);
      if (how === 'not isolated') await openLikeAnyHost(page);
      expect(await page.evaluate('crossOriginIsolated')).toBe(how === 'isolated');
      await openTraining(page);
      for (const workers of [1, 2, 3]) {
        if (workers > 1) await button(page, 'Train another').click();
        await expectSame(page, { algorithm, workers });
      }
      expect(errors).toEqual([]);
    },
  );
});

it('has the options of its task, which other defaults follow from, and is filled and begun by the keyboard alone', async () => {
  const { page, errors } = await openStill(browser, served.address);
  await openTraining(page);
  const focused = () => page.evaluate(`${inFocus}?.labels?.[0]?.textContent ?? ${inFocus}?.className`);
  await page.getByLabel('Task', { exact: true }).selectOption('reach');
  await expect.poll(() => page.getByLabel('Arm', { exact: true }).locator('option').count()).toBeGreaterThan(3);
  await page.getByText('Options of the task').focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Steps', { exact: true }).fill('1500');
  const region = page.getByLabel('Region', { exact: true });
  await region.focus();
  await region.selectOption('all');
  await expect.poll(() => page.getByLabel('Hidden width', { exact: true }).inputValue()).toBe('128');
  // Where one was, it is still open, what was typed stands, and one goes on from there.
  expect(await region.isVisible()).toBe(true);
  expect(await region.inputValue()).toBe('all');
  expect(await page.getByLabel('Steps', { exact: true }).inputValue()).toBe('1500');
  await expect.poll(focused).toBe('Region');
  await page.locator('.train-panel .start .primary').focus();
  await page.keyboard.press('Enter');
  await page.locator('.train-status').waitFor();
  expect(await focused()).toBe('train-panel');
  await ended(page);
  const files = unpacked(await saved(page, 'Save the run'));
  const run = join(folder, 'wide');
  await armature('train', 'reach', '--set', 'region=all', '--steps', '1500', '--until-solved', '--out', run);
  expect(files).toEqual(contents(run));
  expect(errors).toEqual([]);
});

/** What has the focus, inside of the page's shadow too; as text, for a page. */
const inFocus = `(document.activeElement?.shadowRoot?.activeElement ?? document.activeElement)`;

/** The page again, as a host of files gives it: without what isolates it. */
async function openLikeAnyHost(page: Page): Promise<void> {
  await page.route(served.address, async (route) => {
    const response = await route.fetch();
    const { 'cross-origin-opener-policy': _, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
  await page.reload();
}

/** A folder of the origin's own file system; as text, for a page. */
const folderAt = `async (path) => {
  let folder = await navigator.storage.getDirectory();
  for (const name of path.split('/')) folder = await folder.getDirectoryHandle(name, { create: true });
  return folder;
}`;

/** Digests of the files in such a folder, by their paths there. */
const filesBelow = `async (path) => {
  const walk = async (folder, prefix) => {
    const found = [];
    for await (const [name, handle] of folder.entries()) {
      if (handle.kind === 'directory') found.push(...(await walk(handle, prefix + name + '/')));
      else {
        const hash = await crypto.subtle.digest('SHA-256', await (await handle.getFile()).arrayBuffer());
        const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        found.push([prefix + name, hex]);
      }
    }
    return found;
  };
  return Object.fromEntries(await walk(await (${folderAt})(path), ''));
}`;

/** Has a folder picked, as by hand: one of the origin's own. */
function pick(page: Page, path: string): Promise<void> {
  return page.evaluate(`void (showDirectoryPicker = () => (${folderAt})('${path}'))`);
}

describe('a run that is paused', () => {
  it('goes on after the page was loaded again, and on the command line, to the bytes of one that was not', async () => {
    const { page, errors } = await openStill(browser, served.address);
    await openTraining(page);
    await train(page, { steps: long });
    await pauseAfter(page, 2000);
    const paused = unzipInto(temporaryFolder(), await saved(page, 'Save the run'));
    const files = contents(await byCommand('--steps', String(long)));
    expect(contents(paused)).not.toEqual(files);
    await pick(page, 'Documents');
    await button(page, 'Save into a folder …').click();
    await page.getByText('Saved the run').waitFor();
    const written = await page.evaluate(`(${filesBelow})('Documents/${task}-s0')`);
    expect(written).toEqual(contents(paused));
    await armature('resume', paused);
    expect(contents(paused)).toEqual(files);
    await page.reload();
    await openTraining(page);
    await button(page, `Go on with ${task}-s0`).click();
    await ended(page);
    expect(unpacked(await saved(page, 'Save the run'))).toEqual(files);
    await button(page, 'Train another').click();
    await pick(page, `Documents/${task}-s0`);
    await button(page, 'Open a folder …').click();
    await ended(page);
    expect(unpacked(await saved(page, 'Save the run'))).toEqual(files);
    expect(errors).toEqual([]);
  });
});

describe('a run that is cut off in the middle', () => {
  /** How many steps the browser keeps of the run: it can be gone on with from there. */
  const keeps = (page: Page) =>
    expect
      .poll(() => page.evaluate<string[]>(`(${filesBelow})('runs/${task}-s0').then(Object.keys, () => [])`))
      .toContain('policy.safetensors');

  it('by closing its tab goes on in another one, to the bytes of one that was not', async () => {
    const { page, errors } = await openStill(browser, served.address);
    await openTraining(page);
    await train(page, { steps: long });
    await spent(page, 2000);
    await keeps(page);
    expect(await page.locator('.train-status').textContent()).toBe('Training …');
    const next = await page.context().newPage();
    await page.close();
    next.setDefaultTimeout(120_000);
    await next.goto(served.address);
    await openTraining(next);
    const [kept] = (await next.getByText(/of 30,000 steps/).textContent())?.split(' of ') ?? [];
    const steps = Number(kept?.replace(',', ''));
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThan(long);
    await button(next, `Go on with ${task}-s0`).click();
    await ended(next);
    expect(unpacked(await saved(next, 'Save the run'))).toEqual(contents(await byCommand('--steps', String(long))));
    expect(errors).toEqual([]);
  });

  it('by the death of its worker, which tells nobody, says so, and goes on from what is kept to the same bytes', async () => {
    const { page, errors } = await openStill(browser, served.address);
    await openTraining(page);
    await train(page, { steps: long });
    await spent(page, 2000);
    await keeps(page);
    const workers = await Promise.all(page.workers().map(async (one) => ({ one, name: await one.evaluate('name') })));
    for (const { one, name } of workers) if (name !== 'episodes') void one.evaluate('close()').catch(() => {});
    await page.getByText('Training stopped').waitFor();
    await page.getByText('The run is kept in this browser.').waitFor();
    // Nobody is there to give it.
    expect(await button(page, 'Save the run').isVisible()).toBe(false);
    // What acts has died with it.
    await button(page, 'Start it again').click();
    await button(page, 'Go on with what is kept').click();
    await ended(page);
    expect(unpacked(await saved(page, 'Save the run'))).toEqual(contents(await byCommand('--steps', String(long))));
    expect(errors).toEqual([]);
  });

  it('by the death of its worker while one plays says so there, too', async () => {
    const { page, errors } = await openStill(browser, served.address);
    await openTraining(page);
    await train(page, { steps: long });
    await spent(page, 2000);
    await keeps(page);
    await button(page, 'Play').first().click();
    const workers = await Promise.all(page.workers().map(async (one) => ({ one, name: await one.evaluate('name') })));
    // The first one simulates what is in view.
    const [, ...others] = workers.filter(({ name }) => name !== 'episodes');
    for (const { one } of others) void one.evaluate('close()').catch(() => {});
    await page.getByText('The training stopped').waitFor();
    await button(page, 'Show it').click();
    await button(page, 'Go on with what is kept').waitFor();
    expect(errors).toEqual([]);
  });
});

/** A run as it was when it was killed after its fourth iteration, as a zip file. */
function killedAfterFour(run: string): Buffer {
  const paths = Object.keys(contents(run)).filter((path) => !/rollouts|0000000[56]|policy/.test(path));
  const files = paths.map((path) => [`any/${path}`, new Uint8Array(readFileSync(join(run, path)))] as const);
  const policy = new Uint8Array(readFileSync(join(run, 'checkpoints', '00000004.safetensors')));
  return zipped({ ...Object.fromEntries(files), 'any/policy.safetensors': policy });
}

describe('a run from elsewhere', () => {
  const choose = (page: Page, name: string, buffer: Buffer) =>
    page.locator('#picker').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });

  it('is gone on with in the page where the command line was killed, to the bytes of one that was not', async () => {
    const run = await byCommand('--steps', '6000', '--checkpoint-every', '2');
    const { page, errors } = await openStill(browser, served.address);
    await choose(page, 'any.zip', killedAfterFour(run));
    await ended(page);
    expect(unpacked(await saved(page, 'Save the run'))).toEqual(contents(run));
    expect(errors).toEqual([]);
  });

  it('is refused in words where it is none', async () => {
    const { page } = await openStill(browser, served.address);
    await choose(page, 'notes.zip', zipped({ 'notes/a.txt': new Uint8Array(3) }));
    await page.getByText('notes.zip is not the folder of a run').waitFor();
  });
});

describe('a training', () => {
  it('goes on where a worker dies, or the tab has no frames, and is forked with another learning rate', async () => {
    const { page, errors } = await openStill(browser, served.address, { isDrawn: true });
    await openTraining(page);
    await train(page, { steps: long });
    await pauseAfter(page, 1000);
    const workers = await Promise.all(page.workers().map(async (one) => ({ one, name: await one.evaluate('name') })));
    const members = workers.filter(({ name }) => name === 'episodes');
    expect(members.length).toBe(2);
    // Its episodes are watched from here on.
    const watch = page.getByLabel('Show the episodes it learns from');
    expect((await count(page)).red).toBeLessThan(1000);
    await watch.focus();
    await page.keyboard.press('Space');
    const told = await page.getByText(/^Iteration \d+: .*\d+ of \d+ reached the goal\.$/).textContent();
    const [, reached, all] = /(\d+) of (\d+) reached/.exec(told ?? '') ?? [];
    // How many still miss their goals depends on when the hand came to pausing it.
    await expect.poll(async () => (await count(page)).red).toBeGreaterThan(1000 + 50 * (Number(all) - Number(reached)));
    // It says nothing: after a while it is missed.
    void members[0].one.evaluate('close()').catch(() => {});
    // A tab in the background gets no frames.
    await page.evaluate('void (requestAnimationFrame = () => 0)');
    await button(page, 'Go on training').click();
    await ended(page);
    const run = await byCommand('--steps', String(long));
    expect(unpacked(await saved(page, 'Save the run'))).toEqual(contents(run));
    await button(page, 'Fork …').click();
    await page.getByText('Another run from where').waitFor();
    await page.getByLabel('Learning rate', { exact: true }).fill('0.005');
    await page.getByLabel('Steps', { exact: true }).fill('32000');
    await page.getByLabel('Steps', { exact: true }).press('Tab');
    await page.getByLabel('Stop once it is solved').uncheck();
    await button(page, 'Start the fork').click();
    await ended(page);
    const fork = unpacked(await saved(page, 'Save the run'));
    const named = join(temporaryFolder(), `${task}-s0`);
    cpSync(run, named, { recursive: true });
    await armature('resume', named, '--fork', '--learning-rate', '0.005', '--steps', '32000', '--out', `${named}-fork`);
    expect(fork).toEqual(contents(`${named}-fork`));
    expect(errors).toEqual([]);
  });

  it('has its goal dragged while it learns, by which no byte changes, and a curve of success, return and sigma', async () => {
    const { page, errors } = await openStill(browser, served.address, {
      reducedMotion: 'no-preference',
      viewport: { width: 1280, height: 800 },
    });
    await openTraining(page);
    await train(page, { steps: long });
    await spent(page, 1000);
    await page.locator('.live-bar[data-going=true]').waitFor();
    const fields = page.locator('.live-panel .fields:not(.turned) input');
    // The fields are in the other half of the panel.
    await expect.poll(() => fields.first().inputValue()).not.toBe('');
    const before = await goalOf(page);
    const to = await dragGoal(page, -60, -50);
    const after = await goalOf(page);
    expect(Math.hypot(...after.map((x, i) => x - before[i]))).toBeGreaterThan(0.06);
    const shown = await onPage(page, after);
    expect(Math.hypot(shown.x - to.x, shown.y - to.y)).toBeLessThan(12);
    expect(await page.locator('.train-status').textContent()).toBe('Training …');
    await ended(page);
    expect(await goalOf(page)).toEqual(after);
    // What acts by then is what it has learned.
    await arrives(page);
    const lines = page.locator('.curve path:is(.success, .returns, .sigma)');
    expect(await lines.count()).toBe(3);
    for (const line of await lines.all()) expect((await line.getAttribute('d'))?.split('L').length).toBeGreaterThan(3);
    expect(await page.getByRole('img', { name: /^Learning curve: .* σ 0\.\d+/ }).count()).toBe(1);
    expect(unpacked(await saved(page, 'Save the run'))).toEqual(contents(await byCommand('--steps', String(long))));
    expect(errors).toEqual([]);
  });

  it.each([
    { colorScheme: 'light', viewport: { width: 1024, height: 768 } },
    { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
  ] as const)('can be followed by everybody, by axe: %o', async (options) => {
    const { page, errors } = await openStill(browser, served.address, { ...options, ...withAxe });
    await openTraining(page);
    await train(page, { steps: long });
    await spent(page, 1000);
    expect(await violations(page)).toEqual([]);
    await button(page, 'Pause training').click();
    await page.getByText('Paused', { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await button(page, 'Go on training').click();
    await ended(page);
    expect(await violations(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('goes on in a tab that is hidden', async () => {
    const readers = await launchLikeAReaders();
    const tab = await openTab(readers, served.address);
    const root = `document.querySelector('#viewer > div').shadowRoot`;
    const press = (selector: string) =>
      expect
        .poll(() =>
          tab.evaluate(`!!${root}.querySelector('${selector}') && !void ${root}.querySelector('${selector}').click()`),
        )
        .toBe(true);
    const set = (label: string, value: number) =>
      tab.evaluate(`(() => {
        const name = [...${root}.querySelectorAll('label')].find((one) => one.textContent === '${label}');
        const field = ${root}.getElementById(name.htmlFor);
        field.value = '${value}';
        field.dispatchEvent(new Event('change'));
      })()`);
    const status = () => tab.evaluate(`${root}.querySelector('.train-status')?.textContent`);
    await expect.poll(() => tab.evaluate(`window.armature?.ready.then(() => true)`)).toBe(true);
    await press('#live');
    await press('.live-panel .segments button:last-child');
    await expect.poll(() => tab.evaluate(`${root}.querySelector('.train-panel .primary')?.textContent`)).toBe('Train');
    await set('Steps', 6000);
    await set('Workers', 2);
    // Whether it stops once it is solved.
    await press('.train-panel .start input');
    await tab.hide();
    await expect.poll(() => tab.evaluate('document.visibilityState')).toBe('hidden');
    await press('.train-panel .primary');
    await expect.poll(status, { timeout: 120_000 }).toMatch(/^All steps are spent|^Solved/);
    expect(await tab.evaluate('document.visibilityState')).toBe('hidden');
    const kept = await tab.evaluate(`(${filesBelow})('runs/${task}-s0')`);
    await readers.close();
    expect(kept).toEqual(contents(await byCommand('--steps', '6000')));
  });
});
