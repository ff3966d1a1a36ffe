import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plottingLibrary } from '../../src/pages/assets.ts';
import { dashes } from '../../src/report/chart.ts';
import { pageHtml } from '../../src/report/page.ts';
import { dark, light } from '../../src/report/style.ts';
import { comparisonPage } from '../../src/sweep/comparison-report.ts';
import { type Results, resultsOf } from '../../src/sweep/results.ts';
import { launch } from '../browser/chromium.ts';
import { openOffline } from '../browser/offline.ts';
import { temporaryFolder } from '../cli/armature.ts';
import { samplePlan, sampleProvenance, sampleRuns } from './sample.ts';

/** What the page leaves for whoever looks. */
declare const report: {
  readonly plots: readonly {
    readonly data: readonly (readonly (number | null)[])[];
    readonly series: readonly { readonly show: boolean; readonly dash?: readonly number[]; readonly width: number }[];
    readonly scales: Readonly<Record<string, { readonly min: number; readonly max: number }>>;
  }[];
};

const names = ['reinforce', 'natural', 'ppo'];
const plan = samplePlan(names, { seeds: 4 });
const runs = sampleRuns(plan);
const results = resultsOf(plan, runs);
const folder = temporaryFolder();
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

async function open(html: string, options: { dark?: boolean; width?: number } = {}) {
  const file = join(folder, 'report.html');
  writeFileSync(file, html);
  const colorScheme = options.dark ? 'dark' : 'light';
  const viewport = { width: options.width ?? 1280, height: 900 };
  const { page, complaints, asked, address, close } = await openOffline(browser, file, { viewport, colorScheme });
  const fetched = () => asked.filter((url) => url !== address && !url.startsWith('data:'));
  return { page, errors: complaints, fetched, close };
}

const library = plottingLibrary();
const html = (found: Results, provenance = sampleProvenance) => pageHtml(comparisonPage(found, provenance), library);
const page = (provenance = sampleProvenance) => html(results, provenance);
const output = (page: Page, chart: string) => page.locator(`[data-chart="${chart}"] output`).allTextContents();

/** How many pixels of a chart have this colour. */
function pixels(page: Page, chart: string, color: string): Promise<number> {
  return page.evaluate<number>(`(() => {
    const canvas = document.querySelector('[data-chart="${chart}"] canvas');
    // A copy, since Chromium complains of reading a canvas that was meant for drawing.
    const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
    const context = copy.getContext('2d', { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const wanted = [1, 3, 5].map((at) => parseInt('${color}'.slice(at, at + 2), 16)).concat(255);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) if (wanted.every((value, k) => data[i + k] === value)) count++;
    return count;
  })()`);
}

describe('the report', () => {
  it('opens from the disk, without a network, an error or a request', async () => {
    const { page: opened, errors, fetched, close } = await open(page());
    expect(await opened.title()).toBe('panda-reach-joints: reinforce, natural, ppo');
    expect(errors).toEqual([]);
    expect(fetched()).toEqual([]);
    expect(await opened.locator('canvas').count()).toBe(2);
    await close();
  });

  it('draws for every algorithm its mean, its band and its seeds, told apart by colour and by dash', async () => {
    const { page: opened, close } = await open(page());
    const plots = await opened.evaluate(() =>
      report.plots.map(({ data, series }) => ({
        data: data.map((values) => [...values]),
        dashes: series.filter(({ width }) => width > 2).map(({ dash }) => dash),
      })),
    );
    const figures = ['success_rate', 'return'] as const;
    for (const [i, figure] of figures.entries()) {
      // Steps, then for each algorithm four seeds, two edges of the band, and the mean.
      expect(plots[i].data.length).toBe(1 + 3 * (4 + 2 + 1));
      expect(plots[i].data[0]).toEqual(results.grid);
      const means = results.algorithms.map(({ curves }) => curves[figure]?.iqm);
      expect(plots[i].data.slice(-3)).toEqual(means);
      expect(new Set(plots[i].dashes.map(String)).size).toBe(3);
    }
    for (const chart of ['Success rate', 'Return']) {
      for (let i = 0; i < 3; i++)
        expect(await pixels(opened, chart, light.series[i]), `${chart} ${i}`).toBeGreaterThan(50);
      expect(await pixels(opened, chart, light.series[3])).toBe(0);
    }
    await close();
  });

  it('shows an algorithm alone when it is selected, in both plots, and all again', async () => {
    const { page: opened, errors, close } = await open(page());
    const shown = () =>
      opened.evaluate(() => report.plots.map(({ series }) => series.slice(1).filter(({ show }) => show).length));
    expect(await shown()).toEqual([21, 21]);
    const button = opened.getByRole('button', { name: 'natural' });
    await button.first().click();
    expect(await shown()).toEqual([7, 7]);
    expect(await pixels(opened, 'Return', light.series[1])).toBeGreaterThan(50);
    expect(await pixels(opened, 'Return', light.series[0])).toBe(0);
    expect(await button.nth(1).getAttribute('aria-pressed')).toBe('true');
    await button.nth(1).click();
    expect(await shown()).toEqual([21, 21]);
    await button.first().click();
    await opened.keyboard.press('Escape');
    expect(await shown()).toEqual([21, 21]);
    expect(errors).toEqual([]);
    await close();
  });

  it('reads off the values under the pointer in both plots, and those at the end without one', async () => {
    const { page: opened, close } = await open(page());
    const last = results.grid.length - 1;
    const at = (i: number) => results.algorithms.map(({ curves }) => curves.return.iqm[i]?.toFixed(3));
    expect(await output(opened, 'Return')).toEqual(at(last));
    await opened.locator('[data-chart="Success rate"] .u-over').hover();
    const [where] = await opened.locator('[data-chart="Return"] .at').allTextContents();
    const step = Number(where.replace(/\D/g, ''));
    expect(step).toBeGreaterThan(25_000);
    expect(step).toBeLessThan(35_000);
    expect(await output(opened, 'Return')).toEqual(at(results.grid.indexOf(step)));
    await opened.mouse.move(5, 5);
    expect(await output(opened, 'Return')).toEqual(at(last));
    await close();
  });

  it('opens a run from its row, and from its faint line; a drag opens none', async () => {
    const replayOf = (algorithm: string, seed: number) => `replay.html#file=${algorithm}-s${seed}`;
    writeFileSync(join(folder, 'replay.html'), '<!doctype html><title>replay</title>');
    const { page, errors, close } = await open(pageHtml(comparisonPage(results, sampleProvenance, replayOf), library));
    const links = page.locator('#runs tbody a');
    expect(await links.allTextContents()).toEqual(
      names.flatMap((name) => [0, 1, 2, 3].map((seed) => `${name}-s${seed}`)),
    );
    expect(await links.nth(5).getAttribute('href')).toBe('replay.html#file=natural-s1');
    expect(await page.locator('#results tbody a').allTextContents()).toEqual(names);
    // The last seed of the last algorithm fails: its line is far from all others at the end.
    const place = await page.evaluate<{ x: number; y: number }>(`(() => {
      const [plot] = report.plots;
      const { left, top } = plot.over.getBoundingClientRect();
      const last = plot.data[0].length - 2;
      const line = plot.data.slice(1, 13)[11];
      return { x: left + plot.valToPos(plot.data[0][last], 'x'), y: top + plot.valToPos(line[last], 'y') };
    })()`);
    await page.mouse.move(place.x, place.y);
    expect(await page.locator('.u-over').first().getAttribute('title')).toBe('Open ppo-s3');
    await page.mouse.down();
    await page.mouse.move(place.x - 40, place.y - 40, { steps: 3 });
    await page.mouse.up();
    expect(page.url()).toContain('report.html');
    await page.mouse.dblclick(place.x - 40, place.y - 60);
    await page.mouse.move(place.x, place.y);
    await page.mouse.click(place.x, place.y);
    await page.waitForURL(/replay\.html#file=ppo-s3$/);
    expect(errors).toEqual([]);
    await close();
  });

  it('zooms to where it was dragged, and back', async () => {
    const { page: opened, close } = await open(page());
    const range = () => opened.evaluate(() => report.plots.map(({ scales }) => [scales.x.min, scales.x.max]));
    const whole = [0, results.grid.at(-1)];
    expect(await range()).toEqual([whole, whole]);
    const box = await opened.locator('[data-chart="Return"] .u-over').boundingBox();
    if (!box) throw new Error('no plot');
    await opened.mouse.move(box.x + box.width * 0.5, box.y + 20);
    await opened.mouse.down();
    await opened.mouse.move(box.x + box.width * 0.75, box.y + 20, { steps: 4 });
    await opened.mouse.up();
    const [first, [low, high]] = await range();
    expect(first).toEqual(whole);
    expect(Math.abs(low - 30_000)).toBeLessThan(1500);
    expect(Math.abs(high - 45_000)).toBeLessThan(1500);
    await opened.locator('[data-chart="Return"] .u-over').dblclick();
    expect(await range()).toEqual([whole, whole]);
    await close();
  });

  it('has the dark colours where dark is preferred, also from one moment to the next', async () => {
    const { page: opened, errors, close } = await open(page(), { dark: true });
    expect(await pixels(opened, 'Return', dark.series[0])).toBeGreaterThan(50);
    await opened.emulateMedia({ colorScheme: 'light' });
    // A busy machine takes its time to draw.
    await expect.poll(() => pixels(opened, 'Return', dark.series[0])).toBe(0);
    expect(await pixels(opened, 'Return', light.series[0])).toBeGreaterThan(50);
    expect(await opened.locator('canvas').count()).toBe(2);
    expect(errors).toEqual([]);
    await close();
  });

  it('has the table, the command and the versions, as text whatever they hold', async () => {
    const { page: opened, close } = await open(page({ ...sampleProvenance, plotting: 'uPlot 1.6 <b>x</b></script>' }));
    const cells = await opened.locator('#results tbody tr').first().locator('th, td').allTextContents();
    expect(cells.slice(0, 2)).toEqual(['reinforce', '4 of 4']);
    expect(await opened.locator('#results tbody tr').count()).toBe(3);
    expect(await opened.locator('pre').textContent()).toBe(
      "npx armature compare --env panda-reach-joints --set 'a=<b>'",
    );
    const text = (await opened.locator('main').textContent()) ?? '';
    for (const words of ['armature 0.0.0', 'uPlot 1.6 <b>x</b></script>']) expect(text).toContain(words);
    expect(await opened.locator('main b').count()).toBe(0);
    await opened.locator('summary').click();
    expect(await opened.locator('details').textContent()).toContain('hiddenWidth');
    await close();
  });

  it('fits every width without scrolling sideways, also from one moment to the next', async () => {
    const { page: opened, close } = await open(page(), { width: 390 });
    for (const width of [390, 800, 1280, 390]) {
      await opened.setViewportSize({ width, height: 900 });
      await opened.waitForTimeout(50);
      expect(await opened.evaluate<number>('document.documentElement.scrollWidth')).toBe(width);
    }
    await close();
  });

  it('of a task without goals has the return only; of one seed and one evaluation, a point', async () => {
    const reacher = samplePlan(['reinforce'], { env: 'reacher', seeds: 1 });
    const [one] = sampleRuns(reacher);
    const few = [{ ...one, evaluations: one.evaluations.slice(-1) }];
    const { page: opened, errors, close } = await open(html(resultsOf(reacher, few)));
    expect(await opened.locator('figure').count()).toBe(1);
    expect(await pixels(opened, 'Return', light.series[0])).toBeGreaterThan(0);
    expect(errors).toEqual([]);
    await close();
  });
});

describe('the colours', () => {
  /** WCAG 2.2, relative luminance and contrast ratio. */
  const luminance = (color: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: string, b: string) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };

  it.each([
    ['light', light],
    ['dark', dark],
  ])(
    'of the %s scheme reach AA for text on both surfaces',
    (_, { surface, raised, ink, quiet, focus, holds, fails, series }) => {
      for (const color of [ink, quiet, focus, holds, fails, ...series]) {
        for (const behind of [surface, raised])
          expect(contrast(color, behind), `${color} on ${behind}`).toBeGreaterThan(4.5);
      }
    },
  );

  it('and the dashes make a pair for each of many algorithms', () => {
    expect(light.series.length).toBe(dark.series.length);
    const pairs = Array.from({ length: 56 }, (_, i) => `${i % light.series.length} ${i % dashes.length}`);
    expect(new Set(pairs).size).toBe(56);
  });
});
