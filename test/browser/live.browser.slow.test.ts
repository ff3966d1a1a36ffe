import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Quat } from '../../envs/math/rotation.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { decodeSafetensors } from '../../envs/recording/safetensors.ts';
import { encodeSealed } from '../../envs/recording/sealed.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { envOf } from '../../envs/tasks/index.ts';
import { policyFormat } from '../../src/policy/file.ts';
import type { ViewerApi } from '../../viewer/api.ts';
import { derive } from '../../viewer/derive/episode.ts';
import { anglesOf } from '../../viewer/live/turn.ts';
import { violations, withAxe } from './axe.ts';
import { launch } from './chromium.ts';
import {
  arrives,
  away,
  dragGoal,
  dragGoalByFinger,
  fingers,
  goalOf,
  goLive,
  linkOnPage,
  onPage,
  openView,
  trainedRun,
  type View,
  view,
} from './live.ts';

declare const window: { readonly armature: ViewerApi };

let browser: Browser;
let run: string;
let served: View;
/** Of a policy that ships, which is pushed off its way and finds back. */
let shipped: View;

beforeAll(async () => {
  await loadPhysics();
  run = trainedRun();
  served = await view(run);
  shipped = await view('panda-reach-joints');
  browser = await launch();
}, 240_000);

afterAll(async () => {
  await browser?.close();
  served?.stop();
  shipped?.stop();
});

// A page that is left open goes on simulating.
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

const open = (options = {}) => openView(browser, served.address, options);

/** A page that is live from the beginning. */
async function openShipped(options = {}) {
  const opened = await openView(browser, shipped.address, options);
  await opened.page.locator('.live-bar[data-going=true]').waitFor();
  return opened;
}

/** Bytes that the page saves when a button is pressed. */
async function saved(page: Page, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name }).click();
  const download = await coming;
  return new Uint8Array(readFileSync(await download.path()));
}

/** Waits until the episode has gone on for so many seconds of its own. */
async function lasts(page: Page, seconds: number): Promise<void> {
  const clock = async () => Number.parseFloat((await page.locator('.live-bar .clock').textContent()) ?? '');
  const since = await clock();
  await expect.poll(clock).toBeGreaterThan(since + seconds);
}

describe('a goal that is dragged', () => {
  it.each(['mouse', 'touch'])('by %s: the tip arrives', async (hand) => {
    const { page, errors, close } = await open(hand === 'touch' ? { hasTouch: true } : { isDrawn: true });
    await goLive(page);
    await arrives(page);
    const before = await goalOf(page);
    const to = await (hand === 'mouse' ? dragGoal : dragGoalByFinger)(page, -70, -60);
    const after = await goalOf(page);
    expect(Math.hypot(...after.map((x, i) => x - before[i]))).toBeGreaterThan(0.06);
    const shown = await onPage(page, after);
    expect(Math.hypot(shown.x - to.x, shown.y - to.y)).toBeLessThan(12);
    await arrives(page);
    expect(errors).toEqual([]);
    await close();
  });

  it('by keys and by fields, too; beyond its training it is said', async () => {
    const { page, errors, close } = await open();
    await goLive(page);
    const [, , height] = await goalOf(page);
    for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp']) await page.keyboard.press(key);
    expect((await goalOf(page))[2]).toBeGreaterThan(height + 0.03);
    await arrives(page);
    const [x] = await page.locator('.live-panel .fields input').all();
    await x.fill('-0.1');
    await x.press('Enter');
    expect((await goalOf(page))[0]).toBe(-0.1);
    await page
      .locator('#canvas')
      .focus()
      .catch(() => {});
    await arrives(page);
    await x.fill('0.9');
    await x.press('Enter');
    await page.locator('.live-bar .where', { hasText: 'goal outside of its training' }).waitFor();
    expect(errors).toEqual([]);
    await close();
  });
});

it('acts wherever it is dropped, also where a recording would be compared with the one in view', async () => {
  const { page, errors } = await open();
  const policy = readFileSync(join(run, 'policy.safetensors')).toString('base64');
  await page.evaluate(`(() => {
    const bytes = Uint8Array.from(atob('${policy}'), (letter) => letter.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], 'dropped.safetensors'));
    const drop = { dataTransfer, clientX: innerWidth - 200, bubbles: true, cancelable: true };
    window.dispatchEvent(new DragEvent('drop', drop));
  })()`);
  await page.locator('.live-bar .where', { hasText: /on its way|at the goal/ }).waitFor();
  expect(await page.evaluate(() => window.armature.state.beside)).toBeUndefined();
  // Of what goes on by itself a screen reader is told nothing.
  expect(await page.locator('.live-bar [role=status]').textContent()).toBe('');
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect.poll(() => page.locator('.live-bar [role=status]').textContent()).toBe('paused');
  expect(errors).toEqual([]);
});

describe('what a hand does', () => {
  it('pulls the arm away from its goal; it returns, and what was kept is verified in Node and compared', async () => {
    const { page, errors, close } = await open();
    await goLive(page);
    await arrives(page);
    await page.getByRole('slider', { name: 'Payload' }).focus();
    await page.keyboard.press('ArrowRight');
    const elbow = await linkOnPage(page, 6);
    await page.mouse.move(elbow.x, elbow.y);
    await page.mouse.down();
    await page.mouse.move(elbow.x + 150, elbow.y - 190, { steps: 4 });
    await expect.poll(() => away(page)).toBeGreaterThan(0.06);
    await page.mouse.up();
    await arrives(page);
    await page.keyboard.press('k');
    await page.getByText('Kept as a recording').waitFor();
    expect(await page.locator('.live-bar').count()).toBe(0);
    const recording = await decodeRecording(await saved(page, 'Save the file'), 'kept');
    const [{ disturbances = [] }] = recording.episodes;
    expect(new Set(disturbances.map(({ kind }) => kind))).toEqual(new Set(['dynamics', 'force', 'reset']));
    expect(findDifference(envOf(recording.header.env), recording)).toBeNull();
    await page.keyboard.press('r');
    await page.getByText('Episode 1 is genuine').waitFor();
    await page.locator('#beside').selectOption({ index: 1 });
    await expect.poll(() => page.locator('#beside-policy').textContent()).toContain('A: reinforce');
    expect(await page.getByRole('button', { name: 'Side by side' }).isVisible()).toBe(true);
    expect(errors).toEqual([]);
    await close();
  });

  it('pokes a link by a press that does not move: it deviates and returns, and what was kept is verified', async () => {
    const { page, errors, close } = await openShipped();
    await arrives(page);
    const hand = await linkOnPage(page, 5);
    const eye = (await page.evaluate(() => window.armature.camera())).slice(0, 3);
    await page.mouse.click(hand.x, hand.y);
    await lasts(page, 1);
    await arrives(page);
    // Two are no wish to see it from nearer by.
    await page.mouse.dblclick(hand.x, hand.y);
    await arrives(page);
    expect((await page.evaluate(() => window.armature.camera())).slice(0, 3)).toEqual(eye);
    await page.keyboard.press('k');
    await page.getByText('Kept as a recording').waitFor();
    const recording = await decodeRecording(await saved(page, 'Save the file'), 'kept');
    const forces = (recording.episodes[0].disturbances ?? []).filter(({ kind }) => kind === 'force');
    // While the button is down yet, the link is held where it is.
    const first = forces.find(({ values }) => Math.hypot(...values.slice(0, 3)) > 100);
    if (!first) throw new Error('there is no push');
    const push = forces.filter(({ t }) => t >= first.t && t <= first.t + 5);
    expect(push.map(({ t }) => t - first.t)).toEqual([0, 1, 2, 3, 4]);
    const { distance } = derive(recording.episodes[0], recording.header);
    expect(distance[first.t]).toBeLessThan(0.055);
    expect(Math.max(...distance.slice(first.t, first.t + 15))).toBeGreaterThan(0.06);
    // Away from whoever looks.
    const [fx, fy, fz, x, y, z] = first.values;
    const ahead = [x - eye[0], y - eye[1], z - eye[2]];
    const along = (fx * ahead[0] + fy * ahead[1] + fz * ahead[2]) / Math.hypot(fx, fy, fz) / Math.hypot(...ahead);
    expect(along).toBeGreaterThan(0.9);
    expect(findDifference(envOf(recording.header.env), recording)).toBeNull();
    expect(errors).toEqual([]);
    await close();
  });

  it('has the goal with a finger and pulls with a second one; two beside the arm zoom', async () => {
    const { page, errors, close } = await openShipped({ hasTouch: true });
    await arrives(page);
    const touch = await fingers(page);
    const first = { id: 1, ...(await onPage(page, await goalOf(page))) };
    await touch('touchStart', first);
    const moved = { ...first, x: first.x - 30, y: first.y - 30 };
    await touch('touchMove', moved);
    const held = await goalOf(page);
    await arrives(page);
    const link = { id: 2, ...(await linkOnPage(page, 6)) };
    await touch('touchStart', moved, link);
    const pulled = { id: 2, x: link.x + 150, y: link.y - 190 };
    await touch('touchMove', moved, pulled);
    await expect.poll(() => away(page)).toBeGreaterThan(0.06);
    expect(await goalOf(page)).toEqual(held);
    await touch('touchEnd', pulled);
    await arrives(page);
    await touch('touchMove', { ...moved, y: moved.y - 20 });
    await expect.poll(() => goalOf(page)).not.toEqual(held);
    await touch('touchEnd');
    const distance = async () => {
      const [x, y, z, ...target] = await page.evaluate(() => window.armature.camera());
      return Math.hypot(x - target[0], y - target[1], z - target[2]);
    };
    const before = await distance();
    const box = await page.locator('#canvas').boundingBox();
    if (!box) throw new Error('there is no scene');
    const beside = (id: number, apart: number) => ({ id, x: box.x + 60 + apart, y: box.y + box.height - 120 });
    await touch('touchStart', beside(1, 0), beside(2, 60));
    for (const apart of [80, 100, 120]) await touch('touchMove', beside(1, 0), beside(2, apart));
    await touch('touchEnd');
    await expect.poll(distance).toBeLessThan(0.9 * before);
    expect(errors).toEqual([]);
    await close();
  });

  it('weakens the motors by a slider: the arm does not get to another goal until they are as usual', async () => {
    const { page, errors, close } = await open();
    await goLive(page);
    await arrives(page);
    const strength = page.getByRole('slider', { name: 'Motor strength' });
    await strength.focus();
    await page.keyboard.press('Home');
    expect(await strength.getAttribute('aria-valuetext')).toBe('0 %');
    await page.getByRole('button', { name: 'New goal' }).first().click();
    await lasts(page, 3);
    expect(await away(page)).toBeGreaterThan(0.06);
    await page.getByRole('button', { name: 'As usual' }).click();
    await arrives(page);
    expect(errors).toEqual([]);
    await close();
  });

  it('turns a goal that has an orientation by fields, and New goal draws that, too', async () => {
    const pose = await view('reach-pose');
    try {
      const { page, errors } = await openView(browser, pose.address);
      await page.locator('.live-bar[data-going=true]').waitFor();
      const fields = page.locator('.live-panel .turned input');
      const angles = () => fields.evaluateAll((all) => all.map((one) => (one as unknown as { value: string }).value));
      const drawn = [await angles()];
      for (let i = 0; i < 2; i++) {
        await page.getByRole('button', { name: 'New goal' }).first().click();
        await expect.poll(angles).not.toEqual(drawn[0]);
        drawn.unshift(await angles());
      }
      const place = await goalOf(page);
      const [roll, , yaw] = drawn[0];
      const pitch = page.getByLabel('pitch', { exact: true });
      await pitch.fill('25');
      await pitch.press('Enter');
      await expect.poll(angles).toEqual([roll, '25', yaw]);
      expect(await goalOf(page)).toEqual(place);
      await page.locator('.live-bar .where', { hasText: 'at the goal' }).waitFor();
      await page.getByRole('button', { name: 'Keep' }).click();
      await page.getByText('Kept as a recording').waitFor();
      const recording = await decodeRecording(await saved(page, 'Save the file'), 'kept');
      const turns = recording.episodes[0].disturbances?.filter(({ target }) => target === 'goal_rotation') ?? [];
      expect(anglesOf(turns.at(-1)?.values as unknown as Quat)[1]).toBeCloseTo(25, 3);
      expect(findDifference(envOf(recording.header.env), recording)).toBeNull();
      expect(errors).toEqual([]);
    } finally {
      pose.stop();
    }
  });

  it('pauses, steps, goes back to the start, and leaves', async () => {
    const { page, errors, close } = await open();
    const before = await page.locator('#episodes').textContent();
    await goLive(page);
    await page.keyboard.press('Space');
    await page.locator('.live-bar .where', { hasText: 'paused' }).waitFor();
    await page.keyboard.press('r');
    await expect.poll(() => page.locator('.live-bar .clock').textContent()).toBe('0.0 s');
    for (let i = 0; i < 5; i++) await page.keyboard.press('.');
    await expect.poll(() => page.locator('.live-bar .clock').textContent()).toBe('0.2 s');
    await page.getByRole('button', { name: 'Back to the recording' }).click();
    expect(await page.locator('.live-bar').count()).toBe(0);
    // Rows are drawn as far as they are in view.
    await expect.poll(() => page.locator('#episodes').textContent()).toBe(before);
    await page.keyboard.press('ArrowRight');
    expect(errors).toEqual([]);
    await close();
  });

  it('is refused in words: what is no policy of ours', async () => {
    const { page, close } = await open();
    const bytes = new Uint8Array(readFileSync(join(run, 'policy.safetensors')));
    const choose = (name: string, buffer: Uint8Array) =>
      page
        .locator('#picker')
        .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(buffer) });
    const damaged = bytes.slice();
    damaged[damaged.length - 9] ^= 1;
    await choose('damaged.safetensors', damaged);
    await page.getByText('damaged.safetensors cannot act here').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await choose('whole.safetensors', bytes);
    await page.locator('.live-bar[data-going=true]').waitFor();
    await close();
  });

  it('is refused in words that say what was expected and found: of another version, and of a task that is not there', async () => {
    const { page, close } = await open();
    const { tensors, metadata } = decodeSafetensors(
      new Uint8Array(readFileSync(join(run, 'policy.safetensors'))),
      'policy',
    );
    const { format: _, version: __, checksum: ___, config, ...rest } = metadata;
    const sealed = (own: string, version: number) =>
      encodeSealed({ ...policyFormat, version }, tensors, { ...rest, config: own });
    const choose = async (name: string, bytes: Promise<Uint8Array>) =>
      page
        .locator('#picker')
        .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(await bytes) });
    const later = policyFormat.version + 1;
    await choose('later.safetensors', sealed(config, later));
    await page.getByText('later.safetensors cannot act here').waitFor();
    const words = page.locator('#notice');
    expect(await words.innerText()).toMatch(
      new RegExp(`A later version of Armature wrote it \\(${later}; this page reads .*${policyFormat.version}`),
    );
    const { env, ...others } = JSON.parse(config);
    await choose(
      'juggle.safetensors',
      sealed(JSON.stringify({ ...others, env: { ...env, env: 'juggle' } }), policyFormat.version),
    );
    await page.getByText('juggle.safetensors cannot act here').waitFor();
    expect(await words.innerText()).toMatch(
      /Its task “juggle” is not among those of this version: .*panda-reach-joints/,
    );
    await close();
  });
});

it('says that its worker has died, which tells nobody, and acts on in another one', async () => {
  const { page, errors, close } = await open();
  await goLive(page);
  await page.getByRole('slider', { name: 'Payload' }).focus();
  await page.keyboard.press('ArrowRight');
  for (const again of ['button', 'key']) {
    for (const worker of page.workers()) void worker.evaluate('close()').catch(() => {});
    await page.getByText('The simulation stopped').waitFor();
    expect(await page.locator('.live-bar .where').textContent()).toBe('stopped: reset it');
    if (again === 'key') await page.keyboard.press('r');
    else await page.getByRole('button', { name: 'Start it again' }).click();
    await page.locator('.live-bar[data-going=true]').waitFor();
    await arrives(page);
    expect(await page.locator('#notice').isVisible()).toBe(false);
    expect(await page.getByRole('slider', { name: 'Payload' }).inputValue()).not.toBe('0');
  }
  // Whoever leaves ends a worker, too, and is told nothing.
  await page.getByRole('button', { name: 'Back to the recording' }).click();
  await expect.poll(() => page.workers().length).toBe(0);
  await goLive(page);
  expect(await page.locator('#notice').isVisible()).toBe(false);
  expect(errors).toEqual([]);
  await close();
});

describe('everybody', () => {
  it.each([
    { colorScheme: 'light', width: 1440, height: 900 },
    { colorScheme: 'dark', width: 390, height: 844 },
  ] as const)('can use it, by axe: %o', async ({ colorScheme, width, height }) => {
    const { page, close } = await open({
      colorScheme,
      viewport: { width, height },
      ...withAxe,
    });
    await goLive(page);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Train', exact: true }).first().click();
    await page.locator('.train-panel .start .button').waitFor();
    expect(await violations(page)).toEqual([]);
    await close();
  });

  it('has nothing move by itself where motion is not wanted', async () => {
    const { page, errors, close } = await open({ reducedMotion: 'reduce' });
    await page.locator('#live').click();
    await page.getByText('Press Space, or the round button, and it moves.').waitFor();
    await page.keyboard.press('Space');
    await page.locator('.live-bar[data-going=true]').waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  it('can play on a phone', async () => {
    const { page, errors, close } = await open({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await goLive(page);
    const overflow = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
    expect(overflow).toBe(false);
    await page.getByRole('button', { name: 'New goal' }).first().tap();
    await arrives(page);
    const before = await goalOf(page);
    const to = await dragGoalByFinger(page, -40, -45);
    const after = await goalOf(page);
    expect(Math.hypot(...after.map((x, i) => x - before[i]))).toBeGreaterThan(0.06);
    const shown = await onPage(page, after);
    expect(Math.hypot(shown.x - to.x, shown.y - to.y)).toBeLessThan(12);
    await arrives(page);
    await page.getByText('Fingers and keys').tap();
    expect(await page.getByText('Second finger', { exact: true }).isVisible()).toBe(true);
    await page.getByRole('group', { name: 'What to do' }).getByRole('button', { name: 'Train' }).tap();
    await page.getByText('All options').tap();
    expect(await page.getByText('Options of the task').isVisible()).toBe(true);
    expect(errors).toEqual([]);
    await close();
  });
});

describe('without WebGL', () => {
  it('acts, with numbers and plots, says that nothing is drawn, and has its goal moved by keys and by numbers', async () => {
    const blind = await launch('--disable-3d-apis');
    try {
      const { page, errors } = await openView(blind, served.address);
      await goLive(page);
      expect(await page.getByText('The arm is not drawn.').isVisible()).toBe(true);
      expect(await page.locator('.live-hint').isVisible()).toBe(false);
      expect(await page.locator('.live-panel').innerText()).not.toContain('Drag the ball');
      await arrives(page);
      const [, , height] = await goalOf(page);
      for (const _ of 'abc') await page.keyboard.press('ArrowUp');
      expect((await goalOf(page))[2]).toBeGreaterThan(height + 0.03);
      await arrives(page);
      const plotted = page.locator('.plot', { hasText: 'Distance to goal' }).locator('output');
      const shown = await plotted.innerText();
      await page.getByRole('button', { name: 'New goal' }).first().click();
      await expect.poll(() => plotted.innerText()).not.toBe(shown);
      await arrives(page);
      expect(errors).toEqual([]);
    } finally {
      await blind.close();
    }
  });
});
