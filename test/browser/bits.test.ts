import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeRecording, encodeRecording } from '../../envs/files/recording.ts';
import { loadPhysics } from '../../envs/physics.ts';
import { findDifference } from '../../envs/replay.ts';
import { recordingOf } from '../golden/compute.ts';
import { thetaBytes } from '../golden/theta.ts';
import type { Bits } from './bits-page.ts';
import { launch } from './chromium.ts';

declare global {
  var bits: Bits;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

let server: Server;
let browser: Browser;
let page: Page;

/** The page's modules as one script. */
async function bundle(): Promise<string> {
  const output = (await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, minify: false, lib: { entry: here('bits-page.ts'), formats: ['es'] } },
  })) as Rolldown.RolldownOutput[];
  return output[0].output[0].code;
}

beforeAll(async () => {
  await loadPhysics();
  const script = await bundle();
  server = createServer((request, response) => {
    const isScript = request.url === '/bits.js';
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><script type="module" src="bits.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launch();
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction(() => 'bits' in globalThis);
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

it('gives the golden bytes in Chromium too', async () => {
  const golden = JSON.parse(readFileSync(here('../../assets/golden.json'), 'utf8'));
  expect(await page.evaluate(() => globalThis.bits.golden())).toEqual(golden);
});

it('comes to the same theta in 20 iterations in Chromium, in worlds of 64 arms, as in Node, of 16', async () => {
  expect(await page.evaluate(() => globalThis.bits.theta(64))).toEqual(await thetaBytes(16));
});

it('verifies in Chromium what Node recorded, byte for byte', async () => {
  const bytes = Array.from(await encodeRecording(recordingOf('panda-reach', 'panda')));
  expect(await page.evaluate((file) => globalThis.bits.verify(file), bytes)).toBeNull();
  expect(await page.evaluate(() => globalThis.bits.record('panda-reach', 'panda'))).toEqual(bytes);
});

it('verifies in Node what Chromium recorded', async () => {
  const bytes = await page.evaluate(() => globalThis.bits.record('reacher', 'planar'));
  expect(findDifference(await decodeRecording(Uint8Array.from(bytes), 'rollouts'))).toBeNull();
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
