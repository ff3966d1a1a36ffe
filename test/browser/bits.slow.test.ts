import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeRecording, encodeRecording } from '../../envs/recording/recording.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { envOf } from '../../envs/tasks/index.ts';
import { recordingOf } from '../golden/compute.ts';
import { thetaBytes } from '../golden/theta.ts';
import type { Bits } from './bits-page.ts';
import { openModule } from './module-page.ts';
import { thrownArms } from './thrown-arms.ts';

declare global {
  var bits: Bits;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

let opened: Awaited<ReturnType<typeof openModule>>;
let page: Page;

beforeAll(async () => {
  await loadPhysics();
  opened = await openModule('bits-page.ts');
  page = opened.page;
}, 60_000);

afterAll(() => opened?.close());

it('gives the golden bytes in Chromium too', async () => {
  const golden = JSON.parse(readFileSync(here('../../assets/golden.json'), 'utf8'));
  expect(await page.evaluate(() => globalThis.bits.golden())).toEqual(golden);
});

it('comes to the same theta in 20 iterations in Chromium, in worlds of 64 arms, as in Node, of 16', async () => {
  expect(await page.evaluate(() => globalThis.bits.theta(64))).toEqual(await thetaBytes(16));
});

it('has arms that are thrown about among things show the same in Chromium as in Node, alone and beside others', async () => {
  const expected = await thrownArms(1);
  // Else it would be no test of contacts.
  for (const [name, { meetings }] of Object.entries(expected)) expect(meetings, name).toBeGreaterThan(10);
  expect(await thrownArms(3)).toEqual(expected);
  for (const slots of [1, 3]) {
    expect(await page.evaluate((count) => globalThis.bits.thrown(count), slots), `${slots} arms`).toEqual(expected);
  }
});

it('verifies in Chromium what Node recorded, byte for byte', async () => {
  const bytes = Array.from(await encodeRecording(recordingOf('panda-reach', 'panda')));
  expect(await page.evaluate((file) => globalThis.bits.verify(file), bytes)).toBeNull();
  expect(await page.evaluate(() => globalThis.bits.record('panda-reach', 'panda'))).toEqual(bytes);
});

it('verifies in Node what Chromium recorded', async () => {
  const bytes = await page.evaluate(() => globalThis.bits.record('reacher', 'planar'));
  const recording = await decodeRecording(Uint8Array.from(bytes), 'rollouts');
  expect(findDifference(envOf(recording.header.env), recording)).toBeNull();
});

it('names the first difference in Chromium', async () => {
  const recording = recordingOf('panda-reach-joints', 'panda');
  recording.episodes[1].act[7] += 1;
  const bytes = Array.from(await encodeRecording(recording));
  expect(await page.evaluate((file) => globalThis.bits.verify(file), bytes)).toMatchObject({
    episode: 1,
    step: 1,
  });
});
