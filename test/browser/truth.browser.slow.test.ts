import type { Browser } from 'playwright-core';
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
  look: (page: Awaited<ReturnType<typeof visit>>['page']) => Promise<void>,
  options = {},
): Promise<void> {
  const files = Object.entries(recordings).map(async ([name, recording]) => ({
    name: `${name}.safetensors`,
    bytes: await encodeRecording(recording),
  }));
  const served = await serve(await Promise.all(files));
  const { page, errors, close } = await visit(browser, served.address, options);
  await look(page);
  expect(errors).toEqual([]);
  await close();
  served.close();
}

describe('the solid arrow on the page', () => {
  it.each(everyCase)(
    'ends where the clipped command sends the tip, in every step: $task, $arm',
    async ({ task, arm }) => {
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
    },
  );
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
