import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeRecording } from '../../envs/recording/recording.ts';
import type { ViewerApi } from '../../viewer/api.ts';
import { longRecording } from '../recording/long.ts';
import { sampleRecording } from '../recording/sample.ts';
import { launch } from './chromium.ts';
import { type Served, serve } from './serve.ts';
import { type Visit, visit } from './visit.ts';

declare const window: { readonly armature: ViewerApi };

/** A box of something that is seen, px. */
interface Seen {
  readonly what: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Whether its text is cut off. */
  readonly isCut: boolean;
}

/**
 * The controls and texts in sight: what is scrolled away does not count, nor what lies in a list or a strip that scrolls. An element
 * is listed where no other that is listed lies within.
 */
const look = `(() => {
  const root = document.querySelector('#viewer > div').shadowRoot;
  const parts = root.querySelectorAll(
    '.bar button, .bar select, .file-name, .switches, .legend p, .keys, .compare, .ruler, .lane, .clock, .buttons button, ' +
      '.settings label, .training, .tabs button, .about h2, .filter input, .filter p, .columns button, #undrawn p');
  return [...parts].flatMap((element) => {
    const box = element.getBoundingClientRect();
    const isSeen = element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && box.width > 1 && box.height > 1;
    const panel = element.closest('.panel')?.getBoundingClientRect();
    if (!isSeen || (panel && box.bottom > panel.bottom)) return [];
    const { left, top, right, bottom } = box;
    const isCut = !element.matches('.switches, .file-name, .ruler, .lane, .about h2, input') &&
      element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== 'visible';
    return { what: element.id || element.className || element.ariaLabel || element.textContent.trim(), left, top, right, bottom, isCut };
  });
})()`;

/** What lies over something else, is cut off, or sticks out of the page. */
function faults(seen: readonly Seen[], width: number, height: number): string[] {
  const out = seen
    .filter(({ left, top, right, bottom }) => left < -0.5 || top < -0.5 || right > width + 0.5 || bottom > height + 0.5)
    .map(({ what }) => `${what} sticks out`);
  const cut = seen.filter(({ isCut }) => isCut).map(({ what }) => `${what} is cut off`);
  const over = seen.flatMap((a, i) =>
    seen.slice(i + 1).flatMap((b) => {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      return Math.min(across, down) > 1 ? [`${a.what} and ${b.what} overlap`] : [];
    }),
  );
  return [...out, ...cut, ...over];
}

let browser: Browser;
let served: Served;
let here: Visit;
beforeAll(async () => {
  browser = await launch();
  const many = longRecording(Array.from({ length: 2000 }, () => 3));
  const { header, episodes } = sampleRecording([20, 10]);
  const controller = { kind: 'joint-torque', scale: 1, unit: 'N m' } as const;
  const spec = { ...header.spec, controller, hasSuccess: false, markers: [{ param: 'goal' }] };
  served = await serve([
    { name: 'many.safetensors', bytes: await encodeRecording(many) },
    { name: 'torques.safetensors', bytes: await encodeRecording({ header: { ...header, spec }, episodes }) },
  ]);
  here = await visit(browser, served.address);
});
afterAll(async () => {
  expect(here.errors).toEqual([]);
  await browser?.close();
  served?.close();
});

async function at(width: number, height: number, panel = 'policy'): Promise<Page> {
  const { page } = here;
  await page.setViewportSize({ width, height });
  await page.evaluate(
    `document.querySelector('#viewer > div').shadowRoot.querySelector('.viewer').dataset.panel = '${panel}'`,
  );
  await page.waitForTimeout(300);
  return page;
}

async function show(file: string, episode: number): Promise<void> {
  await here.page.evaluate(`location.hash = 'file=${file}.safetensors&episode=${episode}&time=1'`);
  await expect.poll(() => here.page.evaluate(() => window.armature.episode)).toBe(episode - 1);
}

const sizes = [
  [1440, 900],
  [1280, 720],
  [1024, 768],
  [900, 600],
  [844, 390],
  // 1440 x 900 at 200 %.
  [720, 450],
  [680, 400],
  [480, 270],
  [390, 844],
  [360, 640],
] as const;

describe.each(sizes)('at %d x %d', (width, height) => {
  it.each(['many', 'torques'])('nothing overlaps, is cut off or sticks out: %s', async (file) => {
    await show(file, 2);
    for (const panel of ['policy', 'plots', 'episodes']) {
      const page = await at(width, height, panel);
      const seen = await page.evaluate<Seen[]>(look);
      expect(seen.length).toBeGreaterThan(5);
      expect(faults(seen, width, height), panel).toEqual([]);
    }
  });

  it('the scene, the timeline and the play button are there, and the scene is not small', async () => {
    const page = await at(width, height);
    const scene = await page.locator('.stage').boundingBox();
    expect((scene?.width ?? 0) * (scene?.height ?? 0)).toBeGreaterThan(0.22 * width * height);
    expect(await page.locator('#track').isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: 'Play' }).isVisible()).toBe(true);
  });
});

describe('the list of episodes', () => {
  it.each([
    [390, 844],
    [390, 667],
    [680, 400],
    [844, 390],
    [1440, 900],
  ])('has several rows and one scrollbar at %d x %d, and room for numbers of four digits', async (width, height) => {
    await show('many', 2000);
    const page = await at(width, height, 'episodes');
    const rows = await page.locator('#episodes').boundingBox();
    const row = await page.locator('.episode').first().boundingBox();
    expect((rows?.height ?? 0) / (row?.height ?? 1)).toBeGreaterThan(2.5);
    const scrolled = await page.locator('#panel-episodes').evaluate((panel) => {
      const { scrollHeight, clientHeight } = panel as unknown as { scrollHeight: number; clientHeight: number };
      return scrollHeight - clientHeight;
    });
    expect(scrolled).toBeLessThanOrEqual(0);
    const number = page.locator('.episode .number', { hasText: '2000' });
    expect(
      await number.evaluate<number, { scrollWidth: number; clientWidth: number }>(
        (cell) => cell.scrollWidth - cell.clientWidth,
      ),
    ).toBeLessThanOrEqual(0);
  });

  it('has no column for goals where none is to be reached', async () => {
    await show('torques', 1);
    const page = await at(1440, 900, 'episodes');
    expect(await page.locator('#columns button:visible').allInnerTexts()).toEqual(['# ↑', 'Steps', 'Return']);
    expect(await page.locator('.outcome').count()).toBe(0);
  });
});

describe('the selects', () => {
  it.each(sizes.filter(([, height]) => height > 270))(
    'have their labels beside them at %d x %d',
    async (width, height) => {
      const page = await at(width, height);
      for (const label of ['Speed', 'Loop'])
        expect(await page.locator('.settings label span', { hasText: label }).isVisible()).toBe(true);
    },
  );
});

describe('the help', () => {
  it('has a footer that stays in sight, and speaks of fingers first where there are fingers', async () => {
    const page = await at(1024, 768);
    await page.locator('.viewer').focus();
    await page.keyboard.press('?');
    const [footer, sheet] = [
      await page.locator('#help footer').boundingBox(),
      await page.locator('#help').boundingBox(),
    ];
    if (!footer || !sheet) throw new Error('no help');
    expect(footer.y + footer.height).toBeLessThanOrEqual(sheet.y + sheet.height);
    await page.keyboard.press('Escape');
    const touch = await visit(browser, served.address, {
      hasTouch: true,
      isMobile: true,
      viewport: { width: 390, height: 844 },
    });
    await touch.page.getByRole('button', { name: 'Keyboard shortcuts' }).tap();
    expect(await touch.page.locator('#help p').first().innerText()).toContain('one finger');
    expect(await touch.page.locator('#help p').first().isVisible()).toBe(true);
    await touch.close();
  });
});
