import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Recording } from '../../envs/recording/header.ts';
import { encodeRecording } from '../../envs/recording/recording.ts';
import { totalReward } from '../../envs/trajectory.ts';
import type { ViewerApi } from '../../viewer/api.ts';
import { compact } from '../../viewer/dom/format.ts';
import { sampleRecording } from '../recording/sample.ts';
import { violations, withAxe } from './axe.ts';
import { launch } from './chromium.ts';
import { type Served, serve } from './serve.ts';
import { visit } from './visit.ts';

declare const window: { readonly armature: ViewerApi };

const one = sampleRecording([50, 30, 8, 20]);
/** The same goals with other rewards: of the second episode most, then of the third. */
const two = withRewards(sampleRecording([50, 30, 8, 20]), [0.01, 2, -0.5, 0.1]);
const { header } = one;
const push: Recording = { ...one, header: { ...header, env: { ...header.env, env: 'push' } } };
const names = ['one/rollouts.safetensors', 'two/rollouts.safetensors', 'push/rollouts.safetensors'];
let browser: Browser;
let served: Served;

function withRewards({ header: own, episodes }: Recording, more: readonly number[]): Recording {
  return {
    header: { ...own, policy: { ...own.policy, name: 'other', trainedSteps: 2000 } },
    episodes: episodes.map((episode, i) => {
      const reward = episode.reward.slice();
      const terms = episode.terms.slice();
      reward[0] += more[i];
      terms[0] += more[i];
      return { ...episode, reward, terms };
    }),
  };
}

beforeAll(async () => {
  const recordings = [one, two, push].map(async (recording, i) => {
    return { name: names[i], bytes: await encodeRecording(recording) };
  });
  served = await serve(await Promise.all(recordings));
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  served?.close();
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

async function open({ hash = '', dark = false, width = 1280, height = 800, trusted = false } = {}): Promise<Page> {
  const colorScheme = dark ? 'dark' : 'light';
  const options = { viewport: { width, height }, colorScheme, ...(trusted && withAxe) } as const;
  const { page } = await visit(browser, served.address + hash, { isDrawn: true, ...options });
  return page;
}

const pairOf = `#${new URLSearchParams({ file: names[0], beside: names[1], arrange: 'split' })}`;
const inPair = (page: Page) => page.waitForFunction(() => window.armature.state.beside !== undefined);
const panes = (page: Page) => page.locator('#panes span').allTextContents();

describe('a second run', () => {
  it('stands beside the first with one choice, each with its name, and both play the same episode', async () => {
    const page = await open();
    await page.selectOption('#beside', { label: names[1] });
    await inPair(page);
    expect(await panes(page)).toEqual(['one · 1,000 steps · gaussian', 'A · two · 2,000 steps · gaussian']);
    await page.evaluate(() => window.armature.seek(1, 12));
    const own = await page.evaluate(() => window.armature.bodyPose(1));
    const other = await page.evaluate(() => window.armature.ghostPose(0, 1));
    // The same motion, for only the rewards differ.
    expect(other).toEqual(own.map((value) => expect.closeTo(value, 6)));
    await expect.poll(() => page.url()).toContain('beside=two');
    await page.selectOption('#beside', { label: 'Stop comparing' });
    expect(await page.evaluate(() => window.armature.state.beside)).toBeUndefined();
    expect(await page.locator('#panes').isHidden()).toBe(true);
  });

  it('is listed in pairs, those that it does better in first, and a press opens the pair', async () => {
    const page = await open({ hash: pairOf });
    const rows = page.locator('#episodes [role=option]');
    expect(await rows.locator('.number').allTextContents()).toEqual(['2', '4', '1', '3']);
    const difference = totalReward(two.episodes[1]) - totalReward(one.episodes[1]);
    expect(await rows.first().locator(':scope > span').last().textContent()).toBe(`+${compact(difference)}`);
    expect(await page.textContent('#tally')).toContain('better in 3');
    await rows.nth(1).click();
    expect(await page.evaluate(() => window.armature.episode)).toBe(3);
    expect(await page.locator('#panel-plots section h2').allTextContents()).toEqual(
      expect.arrayContaining(['Between the tipsm', 'Between the jointsrad']),
    );
  });

  it('has layers of its own in its pane, and both names where one scene holds them', async () => {
    const page = await open({ hash: `${pairOf}&episode=1&time=9` });
    const picture = () =>
      page.evaluate(`(() => {
        const canvas = document.querySelector('#viewer > div').shadowRoot.querySelector('#canvas');
        window.armature.draw();
        const { width, height } = canvas;
        const pane = new OffscreenCanvas(width / 2, height).getContext('2d');
        pane.drawImage(canvas, width / 2, 0, width / 2, height, 0, 0, width / 2, height);
        return pane.getImageData(0, 0, width / 2, height).data.join();
      })()`);
    const before = await picture();
    expect((await picture()) === before).toBe(true);
    await page.keyboard.press('7');
    expect(await page.evaluate(() => window.armature.state.hidden)).toEqual(['motors', 'policy']);
    expect((await picture()) === before).toBe(false);
    await page.keyboard.press('7');
    expect((await picture()) === before).toBe(true);
    await page.keyboard.press('v');
    expect(await page.locator('#compare li.acting .who').allTextContents()).toEqual([
      'one · 1,000 steps · gaussian',
      'two · 2,000 steps · gaussian',
    ]);
  });

  it('of another environment is refused with words', async () => {
    const page = await open();
    await page.selectOption('#beside', { label: names[2] });
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain(`${names[2]} cannot be compared`);
    expect(await alert.textContent()).toContain('push with the arm two-link, where sample-reach with the arm two-link');
    expect(await page.evaluate(() => window.armature.state.beside)).toBeUndefined();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.evaluate(`location.hash = 'file=one/rollouts.safetensors&with=1+${names[2]}'`);
    await alert.waitFor();
    expect(await page.evaluate(() => window.armature.state.compare)).toEqual([]);
  });

  it('is dropped on the right half of the page; on the left it takes the place of the first', async () => {
    const page = await open();
    const bytes = [...(await encodeRecording(two))].join();
    const drop = (x: number) =>
      page.evaluate(`(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([new Uint8Array([${bytes}])], 'dropped.safetensors'));
        window.dispatchEvent(new DragEvent('drop', { dataTransfer, clientX: ${x}, bubbles: true, cancelable: true }));
      })()`);
    await drop(1000);
    await inPair(page);
    expect((await panes(page))[1]).toBe('A · other · 2,000 steps · gaussian');
    await page.selectOption('#beside', { label: 'Stop comparing' });
    await drop(200);
    await page.waitForFunction(() => {
      const { files, file } = window.armature.state;
      return files.find(({ id }) => id === file)?.name === 'dropped.safetensors';
    });
    expect(await page.evaluate(() => window.armature.state.beside)).toBeUndefined();
  });

  it.each([
    [false, 1440, 900],
    [true, 1024, 768],
    [false, 390, 844],
  ])('leaves no trouble for a screen reader; dark %s at %d x %d', async (dark, width, height) => {
    const page = await open({ hash: pairOf, dark, width, height, trusted: true });
    const tab = page.locator('#tabs button').last();
    if (await tab.isVisible()) await tab.click();
    expect(await violations(page)).toEqual([]);
  });
});
