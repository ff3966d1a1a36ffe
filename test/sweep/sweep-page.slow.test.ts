import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plottingLibrary } from '../../src/pages/assets.ts';
import { pageHtml } from '../../src/report/page.ts';
import { violations, withAxe } from '../browser/axe.ts';
import { launch } from '../browser/chromium.ts';
import { openOffline } from '../browser/offline.ts';
import { temporaryFolder } from '../cli/armature.ts';
import { pageOf } from './sample-sweep.ts';

/** By how the options are drawn. */
const sweeps = {
  'an option of numbers': [
    ['learningRate', '1e-4:1e-1:log:4'],
    ['algorithm', 'ppo,reinforce'],
  ],
  'an option of names': [['algorithm', 'ppo,reinforce,trpo']],
  'several options': [
    ['gamma', '0.9,0.99'],
    ['learningRate', '1e-3:1e-2:log:3'],
    ['batch', '500,1000'],
  ],
} as const;

const folder = temporaryFolder();
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

async function open(axes: readonly (readonly [string, string])[], colorScheme: 'light' | 'dark' = 'light') {
  const file = join(folder, 'report.html');
  const { page: report } = await pageOf(axes, { stages: 2 });
  writeFileSync(file, pageHtml(report, plottingLibrary()));
  writeFileSync(join(folder, 'replay.html'), '<title>replay</title>');
  const viewport = { width: 1280, height: 900 };
  const opened = await openOffline(browser, file, { viewport, colorScheme, ...withAxe });
  // Not of the page: what asks for the script of axe.
  return { ...opened, fetched: opened.asked.filter((url) => url !== opened.address && !url.startsWith('data:')) };
}

describe.each(Object.entries(sweeps))('the page of a sweep of %s', (_, axes) => {
  it('opens without a network, an error or a request, breaks no rule of accessibility, and fits every width', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, complaints, fetched, close } = await open(axes, colorScheme);
      expect(fetched).toEqual([]);
      for (const width of [390, 800, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        await expect.poll(() => page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width);
      }
      expect(await violations(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await close();
    }
  });
});

describe('a press', () => {
  it.each([
    ['an option of numbers', false],
    ['an option of names', true],
  ] as const)('on a mark of %s opens its run', async (of, isNamed) => {
    const { page, complaints, close } = await open(sweeps[of]);
    const place = await page.evaluate<{ x: number; y: number }>(`(() => {
      const [plot] = report.plots;
      plot.over.scrollIntoView({ block: 'center' });
      const { left, top } = plot.over.getBoundingClientRect();
      // The last series has a mark at its last place.
      const values = plot.data.at(-1);
      const last = values.findLastIndex((value) => value !== null);
      const [along, across] = [plot.valToPos(plot.data[0][last], 'x'), plot.valToPos(values[last], 'y')];
      // Names stand below each other.
      return ${isNamed} ? { x: left + across, y: top + along } : { x: left + along, y: top + across };
    })()`);
    await page.mouse.move(place.x, place.y);
    expect(await page.locator('.u-over').first().getAttribute('title')).toMatch(/^Open /);
    await page.mouse.click(place.x, place.y);
    await page.waitForURL(/replay\.html#/);
    expect(complaints).toEqual([]);
    await close();
  });

  it('on a line of several options opens its run, by pointer and by keyboard', async () => {
    for (const how of ['click', 'press'] as const) {
      const { page, close } = await open(sweeps['several options']);
      const line = page.locator('#options svg a').last();
      await (how === 'click' ? line.dispatchEvent('click') : line.press('Enter'));
      await page.waitForURL(/replay\.html#gamma=/);
      await close();
    }
  });
});
