/**
 * Makes the README's pictures from a real run: assets/viewer.png, and assets/viewer.webp, the film of its training; and
 * assets/live.html, the live page that they open, of the policy that ships. Needs the built command and a Chromium.
 *
 *   npm run pictures                      trains first
 *   npm run pictures -- --run runs/mine   shows a run that is there
 *   npm run pictures -- --live            makes the live page alone
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const command = here('dist/src/cli/main.js');
/** Bytes of the animation, at most. */
const largest = 2e6;

/** In CSS pixels: the page in the picture, and the page that exports the film, of which only the scene is to be seen. */
const still = { width: 1440, height: 900 };
const small = { width: 800, height: 600 };

const { values } = parseArgs({ options: { run: { type: 'string' }, live: { type: 'boolean' } } });
shareLive();
if (values.live) process.exit();
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

function shareLive() {
  const args = ['share', 'panda-reach-joints', '--live', '--out', here('assets/live.html')];
  execFileSync(process.execPath, [command, ...args], { stdio: 'inherit' });
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

/** The film of the training, as the page itself exports it. */
async function takeAnimation(address) {
  const page = await open(address, small);
  await chooseFarthest(page);
  await page.locator('.viewer').focus();
  await page.keyboard.press('Shift+M');
  await page.selectOption('#export-format', 'webp');
  await page.selectOption('#export-size', { label: '960 × 540 · small' });
  await page.locator('#export-small').check();
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 20 * 60_000 }),
    page.getByRole('button', { name: 'Save', exact: true }).click(),
  ]);
  const file = readFileSync(await download.path());
  await check(page, file);
  writeFileSync(here('assets/viewer.webp'), file);
  say('assets/viewer.webp', file);
}

/** Of the goals of the training, that which is farthest away and reached in the end: of what is learned there is most to see. */
async function chooseFarthest(page) {
  await page.locator('#iteration').press('End');
  await page.waitForFunction(() => window.armature.state.files[0].name.includes('/recordings/'));
  await page.evaluate(() => {
    const { episodes } = window.armature.state.files[0].recording;
    const reached = episodes.filter(({ success }) => success);
    // The reward of a step is the distance, negative.
    const farthest = reached.reduce((far, one) => (one.reward[0] < far.reward[0] ? one : far));
    window.armature.seek(episodes.indexOf(farthest), 0);
  });
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

/** What is in the README plays: the browser decodes every frame. */
async function check(page, file) {
  const [seconds, isEndless] = await page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const decoder = new ImageDecoder({ data: bytes, type: 'image/webp' });
    await decoder.tracks.ready;
    const { frameCount, repetitionCount } = decoder.tracks.selectedTrack;
    let microseconds = 0;
    for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
      const { image } = await decoder.decode({ frameIndex });
      microseconds += image.duration;
      image.close();
    }
    return [microseconds / 1e6, repetitionCount === Infinity];
  }, file.toString('base64'));
  if (!isEndless || seconds < 6 || seconds > 10) throw new Error(`the animation takes ${seconds} s, once or for ever`);
  if (file.length > largest) throw new Error(`the animation is too large: ${file.length} bytes`);
}

function say(name, bytes) {
  process.stdout.write(`${name}, ${(bytes.length / 1e6).toFixed(2)} MB\n`);
}
