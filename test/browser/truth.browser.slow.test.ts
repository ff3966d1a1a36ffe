import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Recording } from '../../envs/recording/header.ts';
import { encodeRecording } from '../../envs/recording/recording.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import type { ViewerApi } from '../../viewer/api.ts';
import { derive } from '../../viewer/derive/episode.ts';
import { everyCase } from '../envs/support.ts';
import { sampleRecording } from '../recording/sample.ts';
import { commandedIn, randomEpisode, wrongBy } from '../viewer/sent.ts';
import { launch } from './chromium.ts';
import { serve } from './serve.ts';
import { visit } from './visit.ts';

declare const window: { readonly armature: ViewerApi };

let browser: Browser;
beforeAll(async () => {
  await loadPhysics();
  browser = await launch();
});
afterAll(() => browser?.close());

/** Opens recordings, hands the page over, and expects that it had nothing to complain of. */
async function within(
  recordings: Readonly<Record<string, Recording>>,
  look: (page: Page) => Promise<void>,
  { by = browser, ...options }: BrowserContextOptions & { readonly by?: Browser } = {},
): Promise<void> {
  const files = Object.entries(recordings).map(async ([name, recording]) => ({
    name: `${name}.safetensors`,
    bytes: await encodeRecording(recording),
  }));
  const served = await serve(await Promise.all(files));
  const { page, errors, close } = await visit(by, served.address, options);
  await look(page);
  expect(errors).toEqual([]);
  await close();
  served.close();
}

/** Every task, and every arm with one. */
const cases = everyCase.filter(
  ({ task }, i) => task === 'reach' || everyCase.findIndex((one) => one.task === task) === i,
);

describe('the solid arrow on the page', () => {
  it.each(cases)('ends where the clipped command sends the tip, in every step: $task, $arm', async ({ task, arm }) => {
    const recording = randomEpisode(task, arm);
    const { header, episodes } = recording;
    const [episode] = episodes;
    const { tips } = derive(episode, header);
    await within({ recording }, async (page) => {
      const marks = await page.evaluate((steps) => {
        const { armature } = window;
        return Array.from({ length: steps }, (_, t) => {
          armature.seek(0, t);
          return { commanded: armature.mark('commanded'), followed: armature.mark('followed') };
        });
      }, episode.steps);
      marks.forEach(({ commanded, followed }, t) => {
        const drawn = commanded.map((x, i) => x - tips[3 * t + i]);
        expect(wrongBy(header, drawn, commandedIn(recording, t)), `step ${t}`).toBeLessThan(0.01);
        for (let i = 0; i < 3; i++) expect(followed[i]).toBeCloseTo(tips[3 * (t + 1) + i], 5);
      });
      expect(await page.locator('#legend').textContent()).toContain('commanded');
    });
  });
});

describe('what is said of an action', () => {
  const { header, episodes } = sampleRecording([20]);
  const [episode] = episodes;

  it('is that it was sampled, that it is the mean, or that a controller took it', async () => {
    const mean = { header, episodes: [{ ...episode, act: Float32Array.from(episode.mean) }] };
    const still = { ...mean.episodes[0], scale: episode.scale.map(() => 0), logp: episode.logp.map(() => 0) };
    const policy = { name: 'proportional', kind: 'controller', trainedSteps: 0 };
    await within({ a: { header, episodes } }, async (page) => {
      expect(await page.locator('#action-title').innerText()).toContain('sampled');
    });
    await within({ a: mean }, async (page) => {
      const panel = await page.locator('#panel-policy').innerText();
      expect(panel).not.toContain('sampled');
      expect(panel).toContain('taken: the mean');
    });
    await within({ a: { header: { ...header, policy }, episodes: [still] } }, async (page) => {
      const panel = await page.locator('#panel-policy').innerText();
      expect(panel).not.toMatch(/sampled|mean|∞/);
      expect(panel).toMatch(/Log prob\.\s*–/);
      expect(panel).toMatch(/Entropy\s*–/);
      expect(await page.locator('#policy').innerText()).toMatch(/^proportional controller · two-link/);
      expect(await page.locator('#policy').innerText()).not.toContain('untrained');
    });
  });

  it('stays in sight where the mean is far beyond the bounds', async () => {
    const far = { ...episode, mean: episode.mean.map((_, k) => (k % 2 ? -9 : 4)) };
    await within({ a: { header, episodes: [far] } }, async (page) => {
      for (const [row, side] of [
        [0, 'right'],
        [1, 'left'],
      ] as const) {
        const track = await page.locator('.track').nth(row).boundingBox();
        const mean = await page.locator('.track .mean').nth(row).boundingBox();
        if (!track || !mean) throw new Error('nothing to see');
        expect(mean.width).toBeGreaterThan(5);
        expect(mean.x).toBeGreaterThanOrEqual(track.x - 0.5);
        expect(mean.x + mean.width).toBeLessThanOrEqual(track.x + track.width + 0.5);
        const middle = track.x + track.width / 2;
        expect(mean.x > middle).toBe(side === 'right');
      }
    });
  });
});

describe('the palette', () => {
  it('knows what people call things', async () => {
    await within({ a: sampleRecording([20, 10]) }, async (page) => {
      await page.locator('.viewer').focus();
      await page.keyboard.press('Control+k');
      for (const [query, title] of [
        ['train', /train one/],
        ['speed', /Slower/],
        ['speed', /Faster/],
        ['slow motion', /Slower/],
        ['screenshot', /picture/],
        ['gif', /video/],
        ['record', /video/],
        ['share', /link/],
        ['download', /picture/],
        ['download', /video/],
        ['reset', /View: whole workspace/],
        ['fullscreen', /Full screen/],
        ['full screen', /Full screen/],
      ] as const) {
        await page.fill('#palette input', query);
        const found = await page.locator('#palette [role=option]').allInnerTexts();
        expect(
          found.some((text) => title.test(text)),
          `${query}: ${found.join(', ')}`,
        ).toBe(true);
      }
    });
  });

  it('shows the viewer alone on the screen, and gives the screen back', async () => {
    await within({ a: sampleRecording([20, 10]) }, async (page) => {
      await page.locator('.viewer').focus();
      await page.keyboard.press('Shift+F');
      await expect.poll(() => page.evaluate('document.fullscreenElement?.id')).toBe('viewer');
      const [box, inner] = await page.evaluate<number[][]>(`(() => {
        const { width, height } = document.querySelector('#viewer > div').shadowRoot.querySelector('.viewer').getBoundingClientRect();
        return [[width, height], [innerWidth, innerHeight]];
      })()`);
      expect(box).toEqual(inner);
      await page.keyboard.press('Shift+F');
      await expect.poll(() => page.evaluate('document.fullscreenElement')).toBe(null);
    });
  });
});

describe('without WebGL', () => {
  it('lists, plots and plays, and a sentence says what is missing', async () => {
    const blind = await launch('--disable-3d-apis');
    const recording = sampleRecording([20, 10]);
    await within(
      { a: recording },
      async (page) => {
        expect(await page.getByText('The arm is not drawn.').isVisible()).toBe(true);
        expect(await page.locator('#notice').isVisible()).toBe(false);
        await page.getByRole('option', { name: 'missed' }).click();
        await page.evaluate(() => window.armature.seek(1, 7));
        const { distance } = derive(recording.episodes[1], recording.header);
        expect(await page.locator('#readout').innerText()).toContain((100 * distance[7]).toFixed(1));
        const plotted = page.locator('.plot', { hasText: 'Distance to goal' }).locator('output');
        // It is drawn along with the next frame.
        await expect.poll(() => plotted.innerText()).toBe(distance[7].toFixed(3));
        expect(await page.locator('.plot canvas').count()).toBeGreaterThan(3);
        for (const name of [/picture/, /video/, /All episodes/])
          expect(await page.getByRole('button', { name }).isDisabled()).toBe(true);
        await page.locator('.viewer').focus();
        await page.keyboard.press('Space');
        await page.waitForFunction(() => window.armature.step > 8);
        // What a link has switched on can be switched off.
        await page.evaluate("location.hash = 'swarm=yes'");
        const all = page.getByRole('button', { name: /All episodes/, pressed: true });
        await all.click();
        await expect.poll(() => all.count()).toBe(0);
      },
      { by: blind, reducedMotion: 'no-preference' },
    );
    await blind.close();
  });
});

describe('the pixels of the scene', () => {
  it('are as many as the screen has, when the page is zoomed or moved to another screen', async () => {
    const served = await serve([{ name: 'a.safetensors', bytes: await encodeRecording(sampleRecording([20])) }]);
    const context = await browser.newContext({ reducedMotion: 'reduce', viewport: { width: 700, height: 420 } });
    // As a graphics card draws; the number of pixels that a processor draws has its own rule.
    await context.addInitScript(`
      const { prototype } = WebGL2RenderingContext;
      const { getParameter } = prototype;
      prototype.getParameter = function (name) { return name === 37446 ? 'a card' : getParameter.call(this, name); };`);
    const page = await context.newPage();
    await page.goto(served.address);
    await page.evaluate(() => window.armature.ready);
    const share = () =>
      page.evaluate<number>(`(async () => {
        // A page without a window is not told of its screen: the next draw is to know.
        window.armature.seek(0, window.armature.step ^ 1);
        await new Promise((resolve) => setTimeout(resolve, 400));
        const canvas = document.querySelector('#viewer > div').shadowRoot.querySelector('#canvas');
        return canvas.width / canvas.parentElement.clientWidth;
      })()`);
    const screen = await context.newCDPSession(page);
    for (const deviceScaleFactor of [1, 2, 1.5, 1]) {
      const size = { width: 700, height: 420, mobile: false };
      await screen.send('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor });
      await expect.poll(share).toBeCloseTo(deviceScaleFactor, 2);
    }
    await context.close();
    served.close();
  });
});

describe('plots', () => {
  it('show the moment that the scene shows, in every frame, also where another episode begins', async () => {
    const recording = sampleRecording([6, 5, 7, 4, 6, 5, 7, 4]);
    const { header, episodes } = recording;
    const init = `
      const { prototype } = WebGL2RenderingContext;
      const { drawElements } = prototype;
      window.seen = [];
      prototype.drawElements = function (...args) {
        const { armature } = window;
        const root = document.querySelector('#viewer > div')?.shadowRoot;
        const output = root?.querySelector('[aria-labelledby=plot-distance] output');
        if (armature && output) window.seen.push([armature.episode, armature.step, output.textContent].join());
        drawElements.apply(this, args);
      };`;
    const served = await serve([{ name: 'a.safetensors', bytes: await encodeRecording(recording) }]);
    const context = await browser.newContext({ viewport: { width: 1280, height: 600 } });
    await context.addInitScript(init);
    const page = await context.newPage();
    await page.goto(`${served.address}#loop=once`);
    await page.evaluate(() => window.armature.ready);
    await page.waitForFunction(() => window.armature.episode > 4);
    const seen = new Set(await page.evaluate<string[]>('window.seen'));
    const begun = new Set<number>();
    for (const frame of seen) {
      const [e, t, shown] = frame.split(',');
      // Before the first plots are drawn, none is wrong.
      if (shown === '') continue;
      begun.add(Number(e));
      expect(shown, frame).toBe(derive(episodes[Number(e)], header).distance[Number(t)].toFixed(3));
    }
    expect(begun.size).toBeGreaterThan(3);
    await context.close();
    served.close();
  });
});
