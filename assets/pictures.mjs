/**
 * Makes the README's pictures from a real run: assets/viewer.png, and assets/viewer.webp, in which a policy learns.
 * Needs the built command and a Chromium.
 *
 *   npm run pictures                      trains first
 *   npm run pictures -- --run runs/mine   shows a run that is there
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { animate } from './webp.mjs';

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const command = here('dist/src/cli/main.js');
const largest = 3e6;

/** Sizes in CSS pixels, and how the animation is told: shares of the training, and control steps shown of each. */
const still = { width: 1440, height: 900 };
const moving = { width: 1160, height: 725 };
const shown = { width: 928, height: 580 };
const chapters = [
  { share: 0, steps: 16 },
  { share: 0.5, steps: 16 },
  { share: 1, steps: 12 },
];
const msPerStep = 80;
const pauseMs = 1200;

const { values } = parseArgs({ options: { run: { type: 'string' } } });
const folder = mkdtempSync(join(tmpdir(), 'armature-pictures-'));
let server;
let browser;
try {
  const run = values.run ?? train(join(folder, 'run'));
  server = spawn(process.execPath, [command, 'view', run, '--no-open', '--port', '0', '--json']);
  const address = await addressOf(server);
  browser = await chromium.launch({
    executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  });
  await takeStill(address);
  await takeAnimation(address);
} finally {
  await browser?.close();
  server?.kill();
  rmSync(folder, { recursive: true });
}

function train(out) {
  const options = ['--until-solved', '--seed', '0', '--out', out];
  execFileSync(process.execPath, [command, 'train', 'panda-reach-joints', ...options], { stdio: 'inherit' });
  return out;
}

async function addressOf(child) {
  for await (const chunk of child.stdout) return JSON.parse(chunk).address;
  throw new Error('the viewer does not start: run `npm run build` first');
}

async function open(address, viewport) {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce', colorScheme: 'light' });
  const page = await context.newPage();
  await page.goto(`${address}#hidden=frame`);
  await page.evaluate(() => window.armature.ready);
  await page.evaluate(() => document.fonts.ready);
  return page;
}

async function takeStill(address) {
  const page = await open(address, still);
  // The longest of the episodes that succeeded at once has most to tell.
  const { lengths } = await page.evaluate(() => window.armature.state.player);
  const most = Math.max(...lengths.filter((length) => length <= 20));
  const episode = Math.max(0, lengths.indexOf(most));
  await page.evaluate(([e, t]) => window.armature.seek(e, t), [episode, Math.round(lengths[episode] * 0.45)]);
  const png = await settled(page);
  writeFileSync(here('assets/viewer.png'), png);
  say('assets/viewer.png', png);
}

async function takeAnimation(address) {
  const page = await open(address, moving);
  // The last snapshot is the finished policy, on other goals; the animation repeats one goal.
  const last = Number(await page.getAttribute('#iteration', 'max')) - 1;
  const frames = [];
  for (const { share, steps } of chapters) {
    await page.locator('#iteration').fill(String(Math.round(share * last)));
    await page.waitForTimeout(500);
    for (let step = 0; step <= steps; step++) {
      await page.evaluate((at) => window.armature.seek(0, at), step);
      const reached = await page.evaluate(() => window.armature.step);
      frames.push({ png: await settled(page), ms: msPerStep });
      if (reached < step) break;
    }
    frames[frames.length - 1].ms = pauseMs;
  }
  const pictures = await Promise.all(frames.map(async ({ png, ms }) => ({ webp: await toWebp(page, png), ms })));
  const file = animate(pictures, shown);
  await check(page, file, frames.length);
  writeFileSync(here('assets/viewer.webp'), file);
  say('assets/viewer.webp', file);
}

/** The page once nothing changes any more: a still picture is drawn once more, as well as can be. */
async function settled(page) {
  let before = Buffer.alloc(0);
  for (let tries = 0; tries < 20; tries++) {
    await page.waitForTimeout(250);
    const picture = await page.screenshot({ type: 'png' });
    if (picture.equals(before)) return picture;
    before = picture;
  }
  throw new Error('the page does not come to rest');
}

async function toWebp(page, png) {
  const base64 = await page.evaluate(
    async ({ data, width, height }) => {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      const size = { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' };
      const bitmap = await createImageBitmap(new Blob([bytes]), size);
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext('2d').drawImage(bitmap, 0, 0);
      const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.82 });
      const url = await new Promise((resolve) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result);
        reader.readAsDataURL(blob);
      });
      return url.slice(url.indexOf(',') + 1);
    },
    { data: png.toString('base64'), ...shown },
  );
  return Buffer.from(base64, 'base64');
}

/** What is in the README plays: the browser decodes every frame. */
async function check(page, file, expected) {
  const found = await page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const decoder = new ImageDecoder({ data: bytes, type: 'image/webp' });
    await decoder.tracks.ready;
    const { frameCount } = decoder.tracks.selectedTrack;
    for (let frameIndex = 0; frameIndex < frameCount; frameIndex++)
      (await decoder.decode({ frameIndex })).image.close();
    return frameCount;
  }, file.toString('base64'));
  if (found !== expected) throw new Error(`the animation decodes to ${found} frames, not ${expected}`);
  if (file.length > largest) throw new Error(`the animation is too large: ${file.length} bytes`);
}

function say(name, bytes) {
  process.stdout.write(`${name}, ${(bytes.length / 1e6).toFixed(2)} MB\n`);
}
