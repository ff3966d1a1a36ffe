import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExperimentSection } from '../../src/lab/experiment.ts';
import { importance } from '../../src/lab/experiments/importance/index.ts';
import { natural } from '../../src/lab/experiments/natural/index.ts';
import { labPage } from '../../src/lab/report.ts';
import { plottingLibrary } from '../../src/pages/assets.ts';
import { pageHtml, verdict } from '../../src/report/page.ts';
import { launch } from '../browser/chromium.ts';
import { openOffline } from '../browser/offline.ts';
import { temporaryFolder } from '../cli/armature.ts';

const folder = temporaryFolder();

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function open(sections: readonly ExperimentSection[], colorScheme: 'light' | 'dark', width = 1000) {
  const file = join(folder, `${colorScheme}-${width}.html`);
  writeFileSync(file, pageHtml(labPage(sections, 0, 'armature <test>'), plottingLibrary()));
  return openOffline(browser, file, { colorScheme, viewport: { width, height: 800 } });
}

/** Whether every plot has drawn something in the colour of its first series. */
const drawn = `[...document.querySelectorAll('.plot')].map((holder) => {
  const canvas = holder.querySelector('canvas');
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const [r, g, b] = getComputedStyle(document.documentElement).getPropertyValue('--series-0').trim().slice(1).match(/../g).map((h) => parseInt(h, 16));
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] > 250 && Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 12) count++;
  }
  return count;
})`;

it.each(['light', 'dark'] as const)('opens from a disk, offline, and draws every plot: %s', async (scheme) => {
  const sections = [await importance.run(0), await natural.run(0)];
  const { page, complaints, asked, address } = await open(sections, scheme);
  const counts = (await page.evaluate(drawn)) as number[];
  expect(counts.length).toBe(sections.flatMap(({ plots }) => plots).length);
  for (const count of counts) expect(count).toBeGreaterThan(50);
  expect(complaints).toEqual([]);
  expect(asked).toEqual([address]);
  expect(await page.locator('h2').allTextContents()).toEqual(sections.map(({ title }) => title));
  expect(await page.locator('table').count()).toBe(sections.flatMap(({ tables }) => tables).length);
  expect(await page.locator('.about').textContent()).toBe('armature <test>, seed 0');
  await page.context().close();
});

it('does not scroll sideways on a phone', async () => {
  const { page } = await open([await natural.run(0)], 'light', 380);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(380);
  await page.context().close();
});

it('says in words what fails', async () => {
  const section = await natural.run(0);
  const [first, ...rest] = section.findings;
  const broken = { ...section, findings: [{ ...first, holds: false }, ...rest] };
  expect(verdict(broken.findings)).toBe(`1 of ${section.findings.length} claims fails`);
  const { page } = await open([broken], 'light', 900);
  expect(await page.locator('nav .fails').textContent()).toContain('claims fails');
  expect(await page.locator('.findings li').first().textContent()).toContain('fails');
  await page.context().close();
});
