import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { ViewerApi } from '../../viewer/api.ts';
import { temporaryFolder } from '../cli/armature.ts';
import { newPage, type PageOptions } from './page.ts';

declare const window: { readonly armature: ViewerApi };

/** Helps tests of the live room: what is served is what `armature view` serves, with its own content security policy. */

const armature = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** A run that has learned to reach: in a folder of runs. */
export function trainedRun(...flags: readonly string[]): string {
  const folder = temporaryFolder();
  const run = join(folder, 'runs', 'reach');
  execFileSync('node', [armature, 'train', 'panda-reach-joints', '--until-solved', '--json', '--out', run, ...flags]);
  return run;
}

export interface View {
  readonly address: string;
  stop(): void;
}

/** Starts `armature view` and reads the address that it prints. */
export async function view(path: string): Promise<View> {
  const server: ChildProcess = spawn('node', [armature, 'view', path, '--no-open', '--port', '0']);
  const [address] = String(await new Promise((resolve) => server.stdout?.once('data', resolve))).split('\n');
  return { address, stop: () => server.kill() };
}

/** The page, with all that it complains of. */
export async function openView(browser: Browser, address: string, options: PageOptions = {}) {
  const { page, context, errors } = await newPage(browser, { viewport: { width: 1280, height: 800 }, ...options });
  await page.goto(address);
  await page.evaluate(() => window.armature.ready);
  return { page, errors, close: () => context.close() };
}

/** Presses Live, and waits for the arm to move. */
export async function goLive(page: Page): Promise<void> {
  await page.locator('#live').click();
  await page.locator('.live-bar[data-going=true]').waitFor();
}

/** Where the goal is by the fields, m. */
export async function goalOf(page: Page): Promise<number[]> {
  return page
    .locator('.live-panel .fields:not(.turned) input')
    .evaluateAll((all) => all.map((one) => Number((one as unknown as { value: string }).value)));
}

/** Where on the page a point of the world is. */
export async function onPage(page: Page, point: readonly number[]): Promise<{ x: number; y: number }> {
  const box = await page.locator('#canvas').boundingBox();
  const camera = await page.evaluate(() => window.armature.camera());
  if (!box) throw new Error('there is no scene');
  const [eye, target] = [camera.slice(0, 3), camera.slice(3)];
  const ahead = unit(target.map((x, i) => x - eye[i]));
  const right = unit(cross(ahead, [0, 0, 1]));
  const up = cross(right, ahead);
  const away = point.map((x, i) => x - eye[i]);
  const slope = Math.tan((32 * Math.PI) / 360);
  const depth = dot(away, ahead);
  const [across, above] = [dot(away, right) / depth / slope, dot(away, up) / depth / slope];
  return { x: box.x + box.width / 2 + (across * box.height) / 2, y: box.y + box.height / 2 - (above * box.height) / 2 };
}

/** Drags the goal with the mouse. @returns where the pointer let go of it */
export async function dragGoal(page: Page, across: number, down: number): Promise<{ x: number; y: number }> {
  const from = await onPage(page, await goalOf(page));
  const to = { x: from.x + across, y: from.y + down };
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 6 });
  await page.mouse.up();
  return to;
}

/** A point of the page that a finger is on; fingers are told apart by their ids. */
export interface Finger {
  readonly id?: number;
  readonly x: number;
  readonly y: number;
}

/** Has fingers touch the page, move on it, and be lifted: those that are named, or where none is, all. */
export async function fingers(page: Page) {
  const devtools = await page.context().newCDPSession(page);
  return (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: readonly Finger[]) =>
    devtools.send('Input.dispatchTouchEvent', { type, touchPoints: [...touchPoints] });
}

/** Drags the goal with a finger. @returns where the finger let go of it */
export async function dragGoalByFinger(page: Page, across: number, down: number): Promise<{ x: number; y: number }> {
  const touch = await fingers(page);
  const from = await onPage(page, await goalOf(page));
  const at = (share: number) => ({ x: from.x + share * across, y: from.y + share * down });
  await touch('touchStart', from);
  for (const share of [0.3, 0.6, 1]) await touch('touchMove', at(share));
  await touch('touchEnd');
  return at(1);
}

/** Where a link of the arm is on the page. */
export async function linkOnPage(page: Page, body: number): Promise<{ x: number; y: number }> {
  return onPage(page, (await page.evaluate((index) => window.armature.bodyPose(index), body)).slice(0, 3));
}

/** How far the tip is from the goal by now, m. */
export async function away(page: Page): Promise<number> {
  const [goal, tip] = [await goalOf(page), await page.evaluate(() => window.armature.tip())];
  return Math.hypot(...goal.map((x, i) => x - tip[i]));
}

/** Waits until the tip is within the goal's radius. */
export async function arrives(page: Page, radius = 0.05): Promise<void> {
  await expect.poll(() => away(page), { timeout: 30_000 }).toBeLessThan(radius + 0.005);
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const unit = (a: readonly number[]) => a.map((x) => x / Math.hypot(...a));
const cross = (a: readonly number[], b: readonly number[]) => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
