import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Recording } from '../../envs/recording/header.ts';
import { decodeRecording, encodeRecording } from '../../envs/recording/recording.ts';
import type { ViewerApi } from '../../viewer/api.ts';
import { advantages, derive, tipAt } from '../../viewer/derive/episode.ts';
import { compact } from '../../viewer/dom/format.ts';
import { sampleRecording } from '../recording/sample.ts';
import { violations, withAxe } from './axe.ts';
import { launch } from './chromium.ts';
import { type Served, serve } from './serve.ts';
import { visit } from './visit.ts';

declare const window: { readonly armature: ViewerApi };

/** A sample with values, so that there are advantages to show. */
function withValues(lengths: readonly number[]): Recording {
  const { header, episodes } = sampleRecording(lengths);
  const valued = episodes.map((episode) => ({ ...episode, value: episode.value.map((_, t) => -1 + t / 50) }));
  return { header, episodes: valued };
}

const recording = withValues([50, 30, 8]);
const other = withValues([40, 20]);
const { header } = recording;
const { scene, spec } = header;
let browser: Browser;
const servers: Served[] = [];

async function host(...recordings: { name: string; bytes: Uint8Array }[]): Promise<string> {
  const served = await serve(recordings);
  servers.push(served);
  return served.address;
}

interface Look {
  readonly motion?: boolean;
  readonly dark?: boolean;
  readonly width?: number;
  readonly height?: number;
  readonly touch?: boolean;
  readonly trusted?: boolean;
  readonly isDrawn?: boolean;
}

const open = (where: string, { width = 1280, height = 720, motion, dark, touch, trusted, isDrawn }: Look = {}) =>
  visit(browser, where, {
    viewport: { width, height },
    reducedMotion: motion ? 'no-preference' : 'reduce',
    colorScheme: dark ? 'dark' : 'light',
    hasTouch: touch,
    isMobile: touch,
    isDrawn,
    ...(trusted && withAxe),
  });

const where = (page: Page) => page.evaluate(() => [window.armature.episode, window.armature.step]);
const seek = (page: Page, episode: number, step: number) =>
  page.evaluate(([e, t]) => window.armature.seek(e, t), [episode, step]);
const text = async (page: Page, selector: string) => (await page.textContent(selector)) ?? '';

async function press(page: Page, ...keys: string[]): Promise<number[]> {
  for (const key of keys) await page.keyboard.press(key);
  return where(page);
}

function expectNear(shown: readonly number[], recorded: ArrayLike<number>): void {
  expect(shown.length).toBe(recorded.length);
  for (const [i, value] of shown.entries()) expect(Math.abs(value - recorded[i])).toBeLessThan(1e-6);
}

/** Recorded pose of a body at a state. */
function poseAt({ episodes }: Recording, episode: number, step: number, body: number): Float32Array {
  const from = (step * spec.bodies.length + body) * 7;
  return episodes[episode].pose.subarray(from, from + 7);
}

async function boxOf(page: Page, selector: string) {
  const box = await page.locator(selector).first().boundingBox();
  if (!box) throw new Error(`nothing to see at ${selector}`);
  return box;
}

let address = '';
/** One page for most tests: to open one takes longer than what they do with it. */
let shared: Awaited<ReturnType<typeof open>>;
let visits = 0;
let bytes: Uint8Array;
let otherBytes: Uint8Array;

beforeAll(async () => {
  browser = await launch();
  bytes = await encodeRecording(recording);
  otherBytes = await encodeRecording(other);
  const damaged = bytes.slice();
  damaged[damaged.length - 5] ^= 4;
  address = await host(
    { name: 'rollouts.safetensors', bytes },
    { name: '<b>bad</b>.safetensors', bytes: damaged },
    { name: 'other.safetensors', bytes: otherBytes },
  );
}, 60_000);

/** The shared page at the first state of the first file, with nothing else chosen: what a bare link shows. */
async function fresh(): Promise<Page> {
  shared ??= await open(address);
  const { page } = shared;
  await page.keyboard.press('Escape');
  await page.mouse.move(600, 5);
  visits++;
  await page.locator('#filter').evaluate((filter) => {
    Object.assign(filter, { value: '' }).dispatchEvent(new Event('input'));
  });
  // By number: next and previous follow the list.
  const byNumber = page.locator('#columns button').first();
  for (let presses = 0; presses < 2 && (await byNumber.textContent()) !== '# ↑'; presses++) await byNumber.click();
  await page.locator('.viewer').focus();
  await page.evaluate(`location.hash = 'visit=${visits}&file=rollouts.safetensors&time=0'`);
  await expect.poll(() => where(page)).toEqual([0, 0]);
  await expect.poll(() => page.evaluate(() => window.armature.state.compare.length)).toBe(0);
  return page;
}

afterAll(async () => {
  await browser?.close();
  for (const server of servers) server.close();
});

describe('the replay', () => {
  it('opens at the first state, rests there where motion is unwelcome, and draws nothing while nothing changes', async () => {
    const page = await fresh();
    expect(await where(page)).toEqual([0, 0]);
    await page.waitForTimeout(800);
    expect(await where(page)).toEqual([0, 0]);
    expect(await text(page, '#env')).toBe('sample-reach');
    expect(await page.getByRole('option', { name: 'reached' }).count()).toBe(2);
    const [idle, drawn] = await page.evaluate<number[]>(`(async () => {
      let count = 0;
      const { prototype } = WebGL2RenderingContext;
      const draw = prototype.drawElements;
      prototype.drawElements = function (...args) { count++; draw.apply(this, args); };
      const rest = () => new Promise((resolve) => setTimeout(resolve, 500));
      // A still picture is drawn once more at full quality; then there is rest, however slow the machine.
      for (let tries = 0; tries < 10; tries++) {
        count = 0;
        await rest();
        if (count === 0) break;
      }
      const idle = count;
      window.armature.seek(0, 9);
      await rest();
      return [idle, count];
    })()`);
    expect(idle).toBe(0);
    expect(drawn).toBeGreaterThan(0);
    expect(shared.errors).toEqual([]);
  });

  it('puts every body and the tip where they were recorded, and says the numbers of the step', async () => {
    const page = await fresh();
    for (const [e, t] of [
      [0, 0],
      [0, 17],
      [2, 8],
      [1, 30],
    ]) {
      await seek(page, e, t);
      expect(await where(page)).toEqual([e, t]);
      for (let body = 0; body < spec.bodies.length; body++) {
        expectNear(await page.evaluate((i) => window.armature.bodyPose(i), body), poseAt(recording, e, t, body));
      }
      expectNear(await page.evaluate(() => window.armature.tip()), tipAt(recording.episodes[e], scene, t));
    }
    await seek(page, 0, 20);
    const [episode] = recording.episodes;
    const { distance, returns } = derive(episode, header);
    const readout = await text(page, '#readout');
    for (const shown of [
      `Distance${(100 * distance[20]).toFixed(1)}cm`,
      `Reward${compact(episode.reward[20])}`,
      `Return${compact(returns[20])}`,
      `Value${compact(episode.value[20])}`,
      `Advantage${compact(advantages(episode, recording.header)[20])}`,
      `Log prob.${compact(episode.logp[20])}`,
    ]) {
      expect(readout).toContain(shown);
    }
    expect(await text(page, '#clock-time')).toBe('0.80');
    const described = `The two-link arm at step 20 of 50, ${(100 * distance[20]).toFixed(1)} cm from the goal`;
    expect(await page.getByRole('img', { name: described }).isVisible()).toBe(true);
    await seek(page, 0, 50);
    expect(await page.getByText('within goal').isVisible()).toBe(true);
  });

  it('draws another picture at another step, and the same one again', async () => {
    const { page, close } = await open(address, { isDrawn: true });
    const picture = async () => (await page.locator('#canvas').screenshot()).toString('base64');
    /** The picture of a step once it has settled. */
    const settled = async (step: number) => {
      await seek(page, 0, step);
      for (let before = await picture(), tries = 0; tries < 15; tries++) {
        await page.waitForTimeout(700);
        const now = await picture();
        if (now === before) return now;
        before = now;
      }
      throw new Error('the picture does not come to rest');
    };
    const first = await settled(0);
    expect(await settled(40)).not.toBe(first);
    expect(await settled(0)).toBe(first);
    await close();
  });

  it('scrubs along the timeline, previews under the pointer, and selects along the ruler', async () => {
    const page = await fresh();
    const box = await boxOf(page, '#track');
    const x = (share: number) => box.x + box.width * share;
    await page.mouse.move(x(0.5), box.y + 20);
    await page.locator('#peek').getByText('1.00 s').waitFor();
    expect(await where(page)).toEqual([0, 0]);
    await page.mouse.down();
    expect(await where(page)).toEqual([0, 25]);
    await page.mouse.move(x(0.8), box.y + 200);
    expect(await where(page)).toEqual([0, 40]);
    await page.mouse.move(x(-0.2), box.y + 20);
    await page.mouse.up();
    expect(await where(page)).toEqual([0, 0]);
    const slider = page.getByRole('slider', { name: 'Control step' });
    expect(await slider.getAttribute('aria-valuetext')).toBe('step 0 of 50, 0.00 seconds');
    await page.mouse.move(x(0.2), box.y - 10);
    await page.mouse.down();
    await page.mouse.move(x(0.6), box.y - 10);
    await page.mouse.up();
    expect(await page.evaluate(() => window.armature.state.player?.selection)).toEqual({ from: 10, to: 30 });
    expect(await page.inputValue('#loop')).toBe('selection');
    await page.mouse.click(x(0.9), box.y - 10);
    expect(await page.evaluate(() => window.armature.state.player?.selection)).toBeUndefined();
  });

  it('plays, repeats a selection, goes on to the next episode, and pauses on a recorded state', async () => {
    const { page, errors, close } = await open(address, { motion: true });
    await page.waitForFunction(() => window.armature.step > 1);
    await press(page, 'Space');
    await seek(page, 0, 10);
    await press(page, 'i');
    await seek(page, 0, 14);
    await press(page, 'o', 'Space');
    expect(await page.evaluate(() => window.armature.state.player?.selection)).toEqual({ from: 10, to: 14 });
    await page.waitForTimeout(1500);
    const [, inside] = await where(page);
    expect(inside).toBeGreaterThanOrEqual(10);
    expect(inside).toBeLessThanOrEqual(14);
    await page.selectOption('#loop', 'once');
    await page.selectOption('#speed', '0.25');
    await page.evaluate(() => window.armature.seek(1, 28));
    await press(page, 'Space');
    await page.waitForFunction(() => window.armature.episode === 2 && window.armature.step > 0);
    await page.getByRole('button', { name: 'Pause' }).click();
    const [, step] = await where(page);
    expectNear(await page.evaluate(() => window.armature.bodyPose(1)), poseAt(recording, 2, step, 1));
    expect(errors).toEqual([]);
    await close();
  });
});

describe('the transport', () => {
  it('stays where it is while it says that the machine falls short', async () => {
    const page = await fresh();
    const hide = (hidden: boolean) =>
      page.locator('#achieved').evaluate((told, isHidden) => {
        Object.assign(told, { hidden: isHidden, textContent: '0.35× achieved' });
      }, hidden);
    for (const width of [1440, 1024, 900]) {
      await page.setViewportSize({ width, height: 720 });
      await hide(true);
      const [before, clock] = [await boxOf(page, '#buttons'), page.locator('.clock')];
      await hide(false);
      expect(await boxOf(page, '#buttons')).toEqual(before);
      expect(await clock.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
      await hide(true);
    }
    await page.setViewportSize({ width: 1280, height: 720 });
  });
});

describe('the layout', () => {
  it.each([
    [1280, 500],
    [1280, 800],
    [1440, 520],
    [1239, 500],
    [900, 480],
    [600, 500],
  ])('of %d by %d shows scene, clock and one panel at least, apart from each other', async (width, height) => {
    const page = await fresh();
    await page.setViewportSize({ width, height });
    await page.evaluate(() => window.armature.seek(0, 49));
    const boxes = [];
    for (const part of ['.stage', '.transport', '.panel.policy']) boxes.push(await boxOf(page, part));
    const [stage, ...others] = boxes;
    expect(stage.height).toBeGreaterThan(180);
    expect(stage.width).toBeGreaterThan(250);
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(i + 1)) {
        const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
        const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
        expect(Math.min(across, down)).toBeLessThanOrEqual(1);
      }
    }
    expect(others.every((box) => box.x + box.width <= width && box.y + box.height <= height + 1)).toBe(true);
    const clock = page.locator('.clock');
    expect(await clock.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
    await page.setViewportSize({ width: 1280, height: 720 });
  });
});

describe('the keyboard', () => {
  it('does all of it, and keeps still while something is typed', async () => {
    const page = await fresh();
    expect(await press(page, 'ArrowRight', 'ArrowRight')).toEqual([0, 2]);
    expect(await press(page, 'Shift+ArrowRight', 'ArrowLeft')).toEqual([0, 11]);
    expect(await press(page, 'End')).toEqual([0, 50]);
    expect(await press(page, 'Home')).toEqual([0, 0]);
    expect(await press(page, 'ArrowDown')).toEqual([1, 0]);
    expect(await press(page, ']', '[', 'ArrowUp')).toEqual([0, 0]);
    await press(page, '+', '+');
    expect(await page.inputValue('#speed')).toBe('2');
    await page.focus('#speed');
    expect(await press(page, 'ArrowDown')).toEqual([0, 0]);
    await page.focus('#episodes');
    await press(page, '/');
    await page.keyboard.type('missed ]c');
    expect(await where(page)).toEqual([0, 0]);
    expect(await page.evaluate(() => window.armature.state.compare.length)).toBe(0);
    await page.fill('#filter', 'missed');
    expect(await text(page, '#tally')).toBe('1 of 3 episodes, missed');
    await press(page, 'Enter', 'Escape');
    expect(await where(page)).toEqual([1, 0]);
  });

  it('has a true help sheet and a palette that runs what it finds', async () => {
    const page = await fresh();
    await press(page, '?');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    expect(await sheet.isVisible()).toBe(true);
    expect(await sheet.getByText('Ten steps forward').isVisible()).toBe(true);
    expect(await press(page, 'ArrowRight')).toEqual([0, 0]);
    await press(page, 'Escape');
    expect(await sheet.isVisible()).toBe(false);
    await press(page, 'Control+k');
    const palette = page.getByRole('dialog', { name: 'Actions' });
    await page.keyboard.type('last step');
    expect(await palette.getByRole('option').count()).toBe(1);
    expect(await press(page, 'Enter')).toEqual([0, 50]);
    expect(await palette.isVisible()).toBe(false);
    await press(page, 'Control+k');
    await page.keyboard.type('nothing of the kind');
    expect(await palette.getByText('No action of that name').isVisible()).toBe(true);
  });

  it('reaches every control in turn, each with a name', async () => {
    const page = await fresh();
    const seen = new Set<string>();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate<string>(
        `(({ id, ariaLabel, textContent, tagName, labels }) =>
          tagName === 'BODY' ? '' : id || ariaLabel || labels?.[0]?.textContent || textContent || 'nameless ' + tagName)(
          document.activeElement.shadowRoot?.activeElement ?? document.activeElement)`,
      );
      seen.add(found.trim());
    }
    for (const name of [
      'file',
      'search',
      'open',
      'filter',
      'episodes',
      'track',
      'Play',
      'speed',
      'loop',
      'Goal',
      '3D',
    ]) {
      expect(seen).toContain(name);
    }
    expect([...seen].filter((name) => name.startsWith('nameless'))).toEqual([]);
  });

  it('turns, tilts, zooms and follows with the camera', async () => {
    const page = await fresh();
    const camera = () => page.evaluate(() => window.armature.camera());
    const home = await camera();
    await press(page, 'q', 'w', 'z');
    const turned = await camera();
    expectNear(turned.slice(3), home.slice(3));
    expect(Math.hypot(...turned.slice(0, 3).map((v, i) => v - home[i]))).toBeGreaterThan(0.05);
    await press(page, 'f');
    expectNear((await camera()).slice(3), await page.evaluate(() => window.armature.tip()));
    await press(page, 'g');
    await seek(page, 0, 30);
    expectNear((await camera()).slice(3), tipAt(recording.episodes[0], scene, 30));
    await press(page, 'g', '1');
    expectNear(await camera(), home);
    await press(page, '4');
    const [x, y, z, tx, ty] = await camera();
    expect(Math.hypot(x - tx, y - ty) / z).toBeLessThan(0.01);
  });
});

describe('episodes', () => {
  it('sort by any column', async () => {
    const page = await fresh();
    const order = () => page.locator('.episode .number').allTextContents();
    expect(await order()).toEqual(['1', '2', '3']);
    await page.getByRole('button', { name: 'Steps' }).click();
    await page.getByRole('button', { name: 'Steps' }).click();
    expect(await order()).toEqual(['3', '2', '1']);
    await page.locator('.episode', { hasText: '30' }).click();
    expect(await where(page)).toEqual([1, 0]);
    expect(await page.textContent('.episode[aria-selected=true]')).toContain('missed');
  });
});

describe('plots', () => {
  it('show the numbers at the playhead, at the pointer, and one series alone', async () => {
    const page = await fresh();
    await seek(page, 0, 20);
    const plot = (title: string) => page.locator('.plot', { hasText: title });
    const distance = plot('Distance to goal');
    const [episode] = recording.episodes;
    const recorded = derive(episode, header).distance;
    await expect.poll(() => distance.locator('output').textContent()).toBe(compact(recorded[20]));
    await page.locator('.plot:not([hidden])').first().scrollIntoViewIfNeeded();
    const head = await boxOf(page, '.plot:not([hidden]) .playhead');
    const over = await boxOf(page, '.plot:not([hidden]) .u-over');
    expect(Math.abs(head.x + head.width / 2 - (over.x + 0.4 * over.width))).toBeLessThan(1.5);
    await page.mouse.move(over.x + over.width * 0.6, over.y + 30);
    await expect.poll(() => distance.locator('output').textContent()).toBe(compact(recorded[30]));
    expect(await page.evaluate(() => window.armature.state.hover)).toBe(30);
    expect(await page.locator('#peek').isVisible()).toBe(true);
    await page.mouse.down();
    expect(await where(page)).toEqual([0, 30]);
    await page.mouse.up();
    await page.mouse.move(5, 5);
    await expect.poll(() => page.evaluate(() => window.armature.state.hover)).toBeUndefined();
    const term = plot('Reward by term').getByRole('button', { name: 'effort' });
    await term.click();
    expect(await term.getAttribute('aria-pressed')).toBe('true');
    expect(await plot('Reward by term').locator('output').textContent()).toBe(compact(episode.terms[30 * 2 + 1]));
    await term.click();
    expect(await plot('Reward by term').locator('output').textContent()).toContain('distance');
    expect(shared.errors).toEqual([]);
  });
});

describe('the policy overlay', () => {
  it('draws bands where the policy would act, and flags what is clipped', async () => {
    const page = await fresh();
    const [episode] = recording.episodes;
    const t = episode.act.findIndex((a) => a > 1) >> 1;
    await seek(page, 0, t);
    const row = page.locator('.action').first();
    expect(await row.locator('.value').textContent()).toBe(episode.act[2 * t].toFixed(2).replace('-', '−'));
    const style = await row
      .locator('.mean')
      .evaluate((element) => (element as unknown as { style: { left: string } }).style.left);
    expect(Number.parseFloat(style)).toBeCloseTo((100 * (episode.mean[2 * t] + 1.5)) / 3, 1);
    expect(await page.locator('.action .flag', { hasText: 'clip' }).count()).toBeGreaterThan(0);
  });

  it('colours the trail with a legend, and hides layers', async () => {
    const page = await fresh();
    await press(page, 't');
    expect(await text(page, '#legend')).toContain('Reward of each step');
    await press(page, 't');
    const values = advantages(recording.episodes[0], recording.header);
    const reach = Math.max(...values.map(Math.abs));
    expect(await text(page, '#legend')).toContain(compact(reach));
    await page.getByRole('button', { name: 'Trail' }).click();
    expect(await text(page, '#legend')).not.toContain(compact(reach));
    expect(await page.evaluate(() => window.armature.state.hidden)).toEqual(['motors', 'trail']);
  });
});

describe('a task of torques without a success', () => {
  it('is not said to be missed, and its ellipsoid not to be to scale', async () => {
    const { header, episodes } = recording;
    const controller = { kind: 'joint-torque', scale: 1, unit: 'N m' } as const;
    const torques = {
      ...header,
      spec: { ...header.spec, controller, hasSuccess: false, markers: [{ param: 'goal' }] },
    };
    const file = { name: 'torques.safetensors', bytes: await encodeRecording({ header: torques, episodes }) };
    const { page, errors, close } = await open(await host(file));
    expect(await text(page, '#tally')).toMatch(/^3 episodes, returns −[\d.]+ to −[\d.]+$/);
    expect(await page.locator('.episode', { hasText: 'missed' }).count()).toBe(0);
    const legend = page.locator('#legend');
    expect(await legend.textContent()).toContain('lengths are not to scale');
    await page.getByRole('button', { name: 'Policy', exact: true }).first().click();
    expect(await legend.textContent()).not.toContain('lengths are not to scale');
    await page.getByRole('button', { name: 'Torques', exact: true }).click();
    expect(await legend.isVisible()).toBe(false);
    expect(errors).toEqual([]);
    await close();
  });
});

describe('a task of a stranger’s', () => {
  it('is not run by the page: it says which command verifies the recording', async () => {
    const module = { path: 'push.ts', files: { 'push.ts': 'a'.repeat(64) }, packages: {} };
    const decoded = await decodeRecording(bytes, 'rollouts');
    const env = { ...decoded.header.env, env: 'push', modules: { task: module } };
    const file = {
      name: 'reach.safetensors',
      bytes: await encodeRecording({ ...decoded, header: { ...header, env } }),
    };
    const { page, errors, close } = await open(await host(file));
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(request.url()));
    await press(page, 'r');
    const alert = page.getByRole('alert');
    expect(await alert.textContent()).toContain('The task push is defined in a module of its author’s');
    expect(await alert.locator('code').textContent()).toBe('armature verify reach.safetensors --task ./push.ts');
    await alert.locator('code').click();
    expect(await page.evaluate('String(getSelection())')).toBe('armature verify reach.safetensors --task ./push.ts');
    await page.waitForTimeout(300);
    expect(loaded.filter((url) => url.endsWith('.js'))).toEqual([]);
    expect(errors).toEqual([]);
    await close();
  });
});

describe('a recording out of another engine', () => {
  it('says so, is named beside one of ours, and is not simulated again', async () => {
    const decoded = await decodeRecording(bytes, 'rollouts');
    const header = { ...decoded.header, engine: { name: 'mujoco', version: '3.14.0' } };
    const file = { name: 'mujoco.safetensors', bytes: await encodeRecording({ ...decoded, header }) };
    const { page, errors, close } = await open(await host(file, { name: 'ours.safetensors', bytes }));
    await page.evaluate(`location.hash = 'file=mujoco.safetensors&with=2+ours.safetensors&arrange=split'`);
    await page.locator('#panes', { hasText: 'ours.safetensors' }).waitFor();
    expect(await text(page, '#policy')).toMatch(/ Hz, MuJoCo 3\.14\.0$/);
    expect(await text(page, '#panes')).toContain('Episode 1 · MuJoCo 3.14.0');
    expect(await text(page, '#panes')).toContain('Episode 2 · Rapier · ours.safetensors');
    await press(page, 'r');
    expect(await page.getByRole('alert').textContent()).toContain('The episode was simulated in MuJoCo 3.14.0');
    expect(errors).toEqual([]);
    await close();
  });
});

describe('a swarm', () => {
  it('has a button that is seen to be pressed, no layers to switch, and the clock of the longest', async () => {
    const page = await fresh();
    const button = page.locator('#bar-actions').getByRole('button', { name: 'All episodes at once' });
    const background = () =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('#viewer > div').shadowRoot
        .querySelector('#bar-actions [aria-pressed]')).backgroundColor`);
    const [before, layer] = [await background(), page.getByRole('button', { name: 'Trail', exact: true })];
    expect(await button.getAttribute('aria-pressed')).toBe('false');
    await press(page, ']', ']', 'b');
    expect(await button.getAttribute('aria-pressed')).toBe('true');
    expect(await background()).not.toBe(before);
    expect(await layer.isDisabled()).toBe(true);
    expect(await press(page, '6', 'End')).toEqual([2, 8]);
    expect(await text(page, '#clock-time')).toBe('2.00');
    expect(await page.evaluate(() => window.armature.state.hidden)).toEqual(['motors']);
    await press(page, 'b');
    expect(await layer.isDisabled()).toBe(false);
    expect(await text(page, '#clock-time')).toBe('0.32');
    expect(shared.errors).toEqual([]);
  });
});

describe('a comparison', () => {
  it('poses ghosts in their own time, by start and by success, and plots what is between', async () => {
    const page = await fresh();
    await press(page, 'ArrowDown', 'ArrowDown', 'c');
    await seek(page, 0, 6);
    const ghost = () => page.evaluate(() => window.armature.ghostPose(0, 1));
    expectNear(await ghost(), poseAt(recording, 2, 6, 1));
    await press(page, 'a');
    const [a, b] = [0, 2].map((e) => derive(recording.episodes[e], header).reachedAt);
    await seek(page, 0, a - 2);
    expectNear(await ghost(), poseAt(recording, 2, b - 2, 1));
    const between = page.locator('.plot', { hasText: 'Between the tips' });
    await between.waitFor();
    const tips = [tipAt(recording.episodes[0], scene, a - 2), tipAt(recording.episodes[2], scene, b - 2)];
    const apart = Math.hypot(...tips[0].map((x, i) => x - tips[1][i]));
    expect(await between.locator('output').textContent()).toBe(`A ${compact(apart)}`);
    const [mine, theirs] = [0, 2].map((e) => derive(recording.episodes[e], header).returns);
    const ahead = page.locator('.plot', { hasText: 'Return, less this episode’s' }).locator('output');
    expect(await ahead.textContent()).toBe(`A ${compact(theirs[b - 2] - mine[a - 2])}`);
    await page.getByRole('button', { name: 'Side by side' }).click();
    expect(await page.locator('#panes div').allTextContents()).toEqual(['Episode 1', 'A · Episode 3']);
    await page.getByRole('button', { name: 'Take episode 3 out of the comparison' }).click();
    expect(await page.locator('#compare').isVisible()).toBe(false);
    expect(shared.errors).toEqual([]);
  });

  it('runs the clock on to the end of the longest, and from the start of the first', async () => {
    const page = await fresh();
    await press(page, 'c', 'ArrowDown', 'ArrowDown', 'End');
    const ghost = (body: number) => page.evaluate((i) => window.armature.ghostPose(0, i), body);
    // Episode 3 has ended after 8 steps; its ghost, episode 1, after 50.
    expectNear(await ghost(1), poseAt(recording, 0, 50, 1));
    expectNear(await page.evaluate(() => window.armature.bodyPose(1)), poseAt(recording, 2, 8, 1));
    expect(await text(page, '#clock-time')).toBe('2.00');
    await press(page, 'ArrowLeft');
    expectNear(await ghost(0), poseAt(recording, 0, 49, 0));
    const lane = page.getByRole('slider', { name: 'Control step' });
    expect(await lane.getAttribute('aria-valuemax')).toBe('50');
    await press(page, 'a', 'Home');
    const [main, own] = [2, 0].map((e) => derive(recording.episodes[e], header).reachedAt);
    expect(await lane.getAttribute('aria-valuemin')).toBe(String(main - own));
    expectNear(await ghost(1), poseAt(recording, 0, 0, 1));
    expect(await where(page)).toEqual([2, 0]);
    await expect.poll(() => page.url()).toContain(`time=${main - own}`);
    await press(page, 'Shift+C');
    expect(await lane.getAttribute('aria-valuemax')).toBe('8');
    expect(shared.errors).toEqual([]);
  });

  it('says who has no success to be aligned by', async () => {
    const { header, episodes } = recording;
    const far = { ...episodes[1], params: Float32Array.of(0, 0, 1) };
    const lost = await encodeRecording({ header, episodes: [episodes[0], far, episodes[2]] });
    const { page, close } = await open(await host({ name: 'lost.safetensors', bytes: lost }));
    await press(page, 'ArrowDown', 'c', 'ArrowUp', 'a');
    const note = page.locator('#compare [role=status]');
    expect(await note.textContent()).toBe('A never reaches its goal: aligned by start.');
    await press(page, 'ArrowDown', 'ArrowDown', 'c', 'ArrowUp');
    expect(await note.textContent()).toBe('This episode never reaches its goal: all are aligned by start.');
    await press(page, 'a');
    expect(await note.isVisible()).toBe(false);
    await close();
  });

  it('reaches across files: several dropped at once stand beside the first', async () => {
    const { page, close } = await open(await host());
    await page.setInputFiles('#picker', [
      { name: 'a.safetensors', mimeType: '', buffer: Buffer.from(bytes) },
      { name: 'b.safetensors', mimeType: '', buffer: Buffer.from(otherBytes) },
    ]);
    await page.waitForFunction(() => window.armature.state.beside !== undefined);
    await seek(page, 0, 33);
    expectNear(await page.evaluate(() => window.armature.ghostPose(0, 0)), poseAt(other, 0, 33, 0));
    expect(await text(page, '#beside option:checked')).toBe('b.safetensors');
    await close();
  });
});

describe('a link', () => {
  it('brings back file, episode, time, loop, camera, layers, theme and comparison', async () => {
    const page = await fresh();
    await page.selectOption('#file', { label: 'other.safetensors' });
    await page.waitForFunction(() => window.armature.state.files.some(({ name }) => name === 'other.safetensors'));
    await seek(page, 1, 3);
    await press(page, 'i', 'ArrowRight', 'ArrowRight', 'o', 'ArrowUp', 'c', 'ArrowDown', 'q', 't', '8', 'd', 'a');
    await seek(page, 1, 7);
    await expect.poll(() => page.url()).toContain('time=7');
    const shown = (on: Page) =>
      on.evaluate(() => {
        const { files, file, player, compare, hidden, trail, theme, align } = window.armature.state;
        const name = files.find(({ id }) => id === file)?.name;
        return JSON.stringify([name, player, compare.length, hidden, trail, theme, align]);
      });
    const camera = await page.evaluate(() => window.armature.camera());
    const [link, before] = [page.url(), await shown(page)];
    const again = await open(link);
    const after = await shown(again.page);
    expect(after).toBe(before);
    const placed = await again.page.evaluate(() => window.armature.camera());
    expect(placed).toEqual(camera.map((x) => expect.closeTo(x, 3)));
    expect(again.errors).toEqual([]);
    await again.close();
  });

  it('to a file that is not here says so', async () => {
    const { page, close } = await open(`${address}#file=nowhere`);
    expect(await page.getByRole('alert').textContent()).toContain('no recording of that name');
    await close();
  });
});

describe('files', () => {
  it('that are damaged get a message, as text, and what was open stays', async () => {
    const page = await fresh();
    await seek(page, 1, 7);
    await page.selectOption('#file', { label: '<b>bad</b>.safetensors' });
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain('<b>bad</b>.safetensors is damaged');
    expect(await alert.textContent()).toContain('Still showing rollouts.safetensors');
    expect(await where(page)).toEqual([1, 7]);
    expect(await page.inputValue('#file')).toBe('served:0');
    expect(await page.locator('.notice b, .files b').count()).toBe(0);
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await alert.isVisible()).toBe(false);
    expect(shared.errors).toEqual([]);
  });

  it('are welcome where none is served', async () => {
    const { page, errors, close } = await open(await host());
    expect(await page.getByRole('heading', { name: 'Drop a recording here' }).isVisible()).toBe(true);
    expect(await page.locator('.transport').isVisible()).toBe(false);
    const file = (name: string, content: Uint8Array) => ({ name, mimeType: '', buffer: Buffer.from(content) });
    await page.setInputFiles('#picker', file('notes.txt', Buffer.from('hello')));
    await page.getByRole('alert').getByText('notes.txt is not a rollout file').waitFor();
    await page.setInputFiles('#picker', file('mine.safetensors', bytes));
    await page.waitForFunction(() => window.armature.episode === 0);
    expect(await text(page, '#file-name')).toBe('mine.safetensors');
    expect(await page.getByRole('alert').isVisible()).toBe(false);
    expect(errors).toEqual([]);
    await close();
  });
});

describe('everyone', () => {
  it('finds no violation of the accessibility rules, in both themes', async () => {
    const { page, close } = await open(address, { trusted: true });
    const empty = await open(await host(), { trusted: true });
    await press(page, 'c', 'ArrowDown', 't');
    await page.locator('.plot output').first().waitFor();
    for (const theme of ['light', 'dark']) {
      expect(await page.getAttribute('.viewer', 'data-theme')).toBe(theme);
      expect(await violations(page)).toEqual([]);
      await press(page, '?');
      expect(await violations(page)).toEqual([]);
      await press(page, 'Escape', 'Control+k');
      expect(await violations(page)).toEqual([]);
      expect(await violations(empty.page)).toEqual([]);
      await press(page, 'Escape');
      await page.locator('#palette').waitFor({ state: 'hidden' });
      await press(page, 'd');
      await press(empty.page, 'd');
    }
    await close();
    await empty.close();
  });

  it('has a layout for a phone: nothing sticks out, panels take turns, a finger turns the arm', async () => {
    const { page, errors, close } = await open(address, { width: 390, height: 844, touch: true, trusted: true });
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(390);
    for (const name of ['Previous episode', 'Play', 'Next episode', 'Policy', 'Episodes']) {
      const box = await page.getByRole('button', { name, exact: true }).first().boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= 390, name).toBe(true);
    }
    await page.getByRole('button', { name: 'Episodes' }).tap();
    await page.locator('.episode').nth(1).tap();
    expect(await where(page)).toEqual([1, 0]);
    const before = await page.evaluate(() => window.armature.camera());
    const canvas = await boxOf(page, '#canvas');
    const touch = await page.context().newCDPSession(page);
    const at = (x: number) => [{ x: canvas.x + x, y: canvas.y + 150 }];
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(120) });
    for (const x of [150, 190, 240])
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(x) });
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await page.waitForTimeout(300);
    const after = await page.evaluate(() => window.armature.camera());
    expect(Math.hypot(...after.map((v, i) => v - before[i]))).toBeGreaterThan(0.05);
    expect(await violations(page)).toEqual([]);
    expect(errors).toEqual([]);
    await close();
  });
});
