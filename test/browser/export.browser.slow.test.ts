import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Recording } from '../../envs/recording/header.ts';
import { encodeRecording } from '../../envs/recording/recording.ts';
import type { ViewerApi } from '../../viewer/api.ts';
import { palettes } from '../../viewer/scene/palette.ts';
import { sampleRecording } from '../recording/sample.ts';
import { violations, withAxe } from './axe.ts';
import { launch } from './chromium.ts';
import { openModule } from './module-page.ts';
import { type Served, serve } from './serve.ts';
import { visit } from './visit.ts';

declare const window: { readonly armature: ViewerApi };

/** What video-page.ts offers. */
declare const video: {
  decodeFile(base64: string): Promise<{ width: number; height: number; frames: number; seconds: number }>;
};

interface Frame {
  readonly duration: number | null;
  readonly displayWidth: number;
  readonly displayHeight: number;
  close(): void;
}

/** Of the page, whose types are not among the tests'. */
declare const ImageDecoder: new (init: {
  data: Uint8Array;
  type: string;
}) => {
  readonly completed: Promise<void>;
  readonly tracks: {
    readonly ready: Promise<void>;
    readonly selectedTrack: { readonly frameCount: number; readonly repetitionCount: number } | null;
  };
  decode(options: { frameIndex: number }): Promise<{ image: Frame }>;
};
declare const OffscreenCanvas: new (
  width: number,
  height: number,
) => {
  getContext(
    kind: '2d',
    options: { readonly willReadFrequently: boolean },
  ): {
    drawImage(image: Frame, x: number, y: number): void;
    getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
  };
};

/** Of the picture's own size, so that a pixel of the caption is a pixel of the file. */
const size = '960 × 540 · small';
let browser: Browser;
let served: Served;

function recorded(length: number, success: boolean): Recording {
  const { header, episodes } = sampleRecording([length, length]);
  return { header, episodes: episodes.map((episode) => ({ ...episode, success })) };
}

beforeAll(async () => {
  browser = await launch();
  const lengths = [50, 30, 9];
  const training = await Promise.all(
    lengths.map(async (length, i) => ({
      name: `run/recordings/00000${i}.safetensors`,
      iteration: i,
      ...(i > 0 && { success: i / 2 }),
      bytes: await encodeRecording(recorded(length, i > 1)),
    })),
  );
  const final = await encodeRecording(sampleRecording([8, 12, 7]));
  served = await serve([{ name: 'run/rollouts.safetensors', bytes: final, training }]);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  served?.close();
});

async function open({ trusted = false, dark = false, isDrawn = false } = {}) {
  const colorScheme = dark ? 'dark' : 'light';
  const options = {
    viewport: { width: 1000, height: 700 },
    colorScheme,
    isDrawn,
    ...(trusted && withAxe),
  } as const;
  const visited = await visit(browser, served.address, options);
  await visited.page.locator('.viewer').focus();
  return visited;
}

/** The file that the page saves after the dialog. @param fill sets what is asked for */
async function exported(page: Page, key: string, fill: () => Promise<unknown>) {
  await page.keyboard.press(key);
  await page.waitForSelector('#export[open]');
  await page.selectOption('#export-size', { label: size });
  await fill();
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 600_000 }),
    page.getByRole('button', { name: 'Save', exact: true }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
  readonly loops: number;
  /** Red, green and blue at the points that were asked for, of the first and of the last frame. */
  readonly points: readonly (readonly number[][])[];
}

/** A still or an animation, decoded by the browser. */
function decoded(page: Page, bytes: Uint8Array, type: string, points: readonly (readonly [number, number])[]) {
  const data = Buffer.from(bytes).toString('base64');
  return page.evaluate(
    async ([data, type, points]): Promise<Decoded> => {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      const decoder = new ImageDecoder({ data: bytes, type });
      await Promise.all([decoder.completed, decoder.tracks.ready]);
      const { frameCount = 0, repetitionCount = 0 } = decoder.tracks.selectedTrack ?? {};
      const found: number[][][] = [];
      let [microseconds, width, height] = [0, 0, 0];
      for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
        const { image } = await decoder.decode({ frameIndex });
        microseconds += image.duration ?? 0;
        [width, height] = [image.displayWidth, image.displayHeight];
        if (frameIndex === 0 || frameIndex === frameCount - 1) {
          const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
          context.drawImage(image, 0, 0);
          found.push(points.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3)));
        }
        image.close();
      }
      return { width, height, seconds: microseconds / 1e6, loops: repetitionCount, points: found };
    },
    [data, type, points] as const,
  );
}

function rgb(color: number): number[] {
  return [(color >> 16) & 255, (color >> 8) & 255, color & 255];
}

function expectColor(found: readonly number[], color: number): void {
  for (const [i, value] of rgb(color).entries()) expect(Math.abs(found[i] - value), `${found}`).toBeLessThan(14);
}

const { accent, ghosts } = palettes.light;

describe('the film of a training', () => {
  it('goes from the first recording to the last on the same goal, seen from one place, beside a track that keeps its width', async () => {
    const { page, errors, close } = await open();
    const look = () =>
      page.evaluate(() => {
        const { state } = window.armature;
        const file = state.files.find(({ id }) => id === state.file);
        const goal = [...(file?.recording.episodes[0].params ?? [])].slice(0, 3).join(' ');
        // Less than this is rounding.
        const camera = window.armature
          .camera()
          .map((x) => x.toFixed(4))
          .join(' ');
        return { title: state.film?.title, name: file?.name, goal, camera };
      });
    // A list in another order than that of the numbers is put into it again with every recording that the film opens.
    await page.keyboard.press('Shift+W');
    await page.keyboard.press('m');
    await page.waitForFunction(() => window.armature.state.film !== undefined);
    const seen: (Awaited<ReturnType<typeof look>> & { width?: number })[] = [];
    while (seen.at(-1)?.title !== undefined || seen.length === 0) {
      const now = await look();
      seen.push({ ...now, width: (await page.locator('#learning').boundingBox())?.width });
      await page.waitForTimeout(60);
    }
    const during = seen.slice(0, -1);
    expect([...new Set(during.map(({ title }) => title))]).toEqual(['Before training', 'Iteration 1', 'Iteration 2']);
    for (const key of ['goal', 'camera', 'width'] as const) {
      expect(new Set(during.map((one) => one[key])).size, key).toBe(1);
    }
    expect(seen.at(-1)?.name).toBe('run/recordings/000002.safetensors');
    expect(await page.textContent('#iteration-note')).toMatch(/\d+ of \d+ reached/);
    expect(errors).toEqual([]);
    await close();
  });

  it('stops for whoever moves the replay, and by its button', async () => {
    const { page, close } = await open();
    await page.getByRole('button', { name: 'Watch it learn', exact: true }).click();
    await page.waitForFunction(() => window.armature.state.film !== undefined);
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => window.armature.state.film === undefined);
    await page.keyboard.press('m');
    await page.waitForFunction(() => window.armature.state.film !== undefined);
    const speed = () => page.locator('#speed').evaluate((select) => (select as { value: string }).value);
    const during = await speed();
    expect(Number(during)).toBe(await page.evaluate(() => window.armature.state.film?.speed));
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    expect(await page.evaluate(() => window.armature.state.film)).toBeUndefined();
    expect(await page.evaluate(() => window.armature.state.player?.playing)).toBe(false);
    expect(await speed()).not.toBe(during);
    await page.keyboard.press('m');
    await page.waitForFunction(() => window.armature.state.film !== undefined);
    await page.getByRole('button', { name: 'Stop the film' }).click();
    expect(await page.evaluate(() => window.armature.state.film)).toBeUndefined();
    await close();
  });

  it('leaves a way back to the rollouts of the final policy, by keyboard', async () => {
    const { page, errors, close } = await open();
    const back = page.getByRole('button', { name: 'Final policy', exact: true });
    const name = () =>
      page.evaluate(() => window.armature.state.files.find(({ id }) => id === window.armature.state.file)?.name);
    expect(await back.isVisible()).toBe(false);
    await page.locator('#iteration').focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(name).toBe('run/recordings/000001.safetensors');
    await back.focus();
    await page.keyboard.press('Enter');
    await expect.poll(name).toBe('run/rollouts.safetensors');
    expect(await back.isVisible()).toBe(false);
    expect(errors).toEqual([]);
    await close();
  });

  it('is an animation without end, of the length that was asked for, with a caption and a curve', async () => {
    const { page, errors, close } = await open({ isDrawn: true });
    const before = await page.evaluate(() => window.armature.state.file);
    const { name, bytes } = await exported(page, 'Shift+M', async () => {
      await page.selectOption('#export-format', 'webp');
      await page.fill('#export-seconds', '1');
      await page.fill('#export-hold', '0.2');
      await page.fill('#export-seconds', '1');
    });
    expect(name).toBe('sample-run-learns.webp');
    await expect.poll(() => page.textContent('#notice strong')).toBe(`Saved as ${name}`);
    // The curve's dot, at its beginning and at its end.
    const start = [960 - 22 - 196, 540 - 22 - 3] as const;
    const end = [960 - 22, 540 - 22 - 3 - 40] as const;
    const found = await decoded(page, bytes, 'image/webp', [start, end]);
    expect([found.width, found.height, found.loops]).toEqual([960, 540, Infinity]);
    expect(found.seconds).toBeCloseTo(1, 1);
    const [first, last] = found.points;
    expectColor(first[0], accent);
    expectColor(last[1], accent);
    expect(first[1]).not.toEqual(last[1]);
    // What was in view is again.
    expect(await page.evaluate(() => [window.armature.state.file, window.armature.state.film])).toEqual([
      before,
      undefined,
    ]);
    expect(errors).toEqual([]);
    await close();
  });
});

describe('an exported video', () => {
  it.each(['mp4', 'webm'])('%s is as long as its duration, end and repeats say', async (format) => {
    const { page, errors, close } = await open({ isDrawn: format === 'mp4' });
    const decoder = await openModule('video-page.ts');
    try {
      const { name, bytes } = await exported(page, 'Shift+V', async () => {
        await page.selectOption('#export-format', format);
        await page.fill('#export-hold', '0.1');
        await page.fill('#export-seconds', '0.4');
        await page.selectOption('#export-loops', '2');
      });
      expect(name).toBe(`sample-episode-1.${format}`);
      const data = bytes.toString('base64');
      const found = await decoder.page.evaluate((bytes) => video.decodeFile(bytes), data);
      expect([found.width, found.height]).toEqual([960, 540]);
      expect(Math.abs(found.seconds - 0.8)).toBeLessThan(0.09);
      expect(found.frames).toBe(Math.round(found.seconds * 50));
      expect(errors).toEqual([]);
    } finally {
      await decoder.close();
      await close();
    }
  });
});

describe('a picture', () => {
  it('is of the moment that was in view when it was asked for, which plays on afterwards', async () => {
    const { page, close } = await open();
    await page.selectOption('#loop', 'all');
    await page.keyboard.press('Space');
    const playhead = () =>
      page.evaluate(() => {
        const { episode = -1, position = -1 } = window.armature.state.player ?? {};
        return `sample-episode-${episode + 1}-step-${Math.floor(position)}.png`;
      });
    let asked = '';
    const { name } = await exported(page, 'p', async () => {
      asked = await playhead();
      await page.waitForTimeout(1500);
      expect(await playhead()).toBe(asked);
    });
    expect(name).toBe(asked);
    await page.waitForFunction(() => window.armature.state.player?.playing);
    await close();
  });

  it('is lit as well as can be whatever the page was, and has labels, legend and caption where they are asked for', async () => {
    const { page, errors, close } = await open({ isDrawn: true });
    // A ghost, and the trail by reward.
    for (const key of ['c', 'ArrowDown', 't', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    const marks = [
      [24, 31],
      [24, 55],
    ] as const;
    const with_ = await exported(page, 'p', async () => {});
    expect(with_.name).toMatch(/^sample-episode-2-step-2\.png$/);
    const shown = await decoded(page, with_.bytes, 'image/png', marks);
    expect([shown.width, shown.height]).toEqual([960, 540]);
    expectColor(shown.points[0][0], accent);
    expectColor(shown.points[0][1], ghosts[0]);
    // The same after the page was drawn as in motion, at the lowest quality.
    await page.evaluate(() => {
      for (let i = 0; i < 40; i++) window.armature.draw();
    });
    const again = await exported(page, 'p', async () => {});
    expect(again.bytes.equals(with_.bytes)).toBe(true);
    const without = await exported(page, 'p', async () => {
      await page.uncheck('#export-caption');
      await page.uncheck('#export-legend');
    });
    const bare = await decoded(page, without.bytes, 'image/png', marks);
    for (const found of bare.points[0]) expect(Math.min(...found)).toBeGreaterThan(200);
    expect(errors).toEqual([]);
    await close();
  });
});

describe('the dialog', () => {
  it('keeps duration and speed in step, says what a format is, closes on Escape, and passes the accessibility rules', async () => {
    for (const dark of [false, true]) {
      const { page, close } = await open({ trusted: true, dark });
      await page.keyboard.press('Shift+V');
      await page.waitForSelector('#export[open]');
      await expect.poll(() => page.textContent('.export-form .note')).toContain('MP4 with');
      await page.fill('#export-hold', '0');
      await page.fill('#export-speed', '0.1');
      expect(Number(await page.inputValue('#export-seconds'))).toBeCloseTo((8 * 0.04) / 0.1, 2);
      await page.fill('#export-seconds', '1.6');
      expect(Number(await page.inputValue('#export-speed'))).toBeCloseTo(0.2, 3);
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      expect(await page.locator('#export[open]').count()).toBe(0);
      await close();
    }
  });
});
