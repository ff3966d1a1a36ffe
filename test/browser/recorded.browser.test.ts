import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeRecording } from '../../envs/recording/recording.ts';
import type { ViewerApi } from '../../viewer/api.ts';
import { launch } from './chromium.ts';
import { newPage } from './page.ts';

declare const window: { readonly armature: ViewerApi };

const armature = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'armature-'));
const file = join(folder, 'rollouts.safetensors');

beforeAll(() => {
  const run = join(folder, 'run');
  execFileSync('node', [armature, 'train', 'panda-reach-joints', '--steps', '2000', '--json', '--out', run]);
  execFileSync('node', [armature, 'record', run, '--episodes', '3', '--stochastic', '--out', file]);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Starts `armature view` and reads the address it prints. */
async function view(): Promise<{ address: string; stop(): void }> {
  const server = spawn('node', [armature, 'view', file, '--no-open', '--port', '0']);
  const [address] = String(await new Promise((resolve) => server.stdout.once('data', resolve))).split('\n');
  return { address, stop: () => server.kill() };
}

/** The largest difference between two poses; q and -q are one rotation. */
function farthest(a: readonly number[], b: readonly number[]): number {
  const difference = (sign: number) => Math.max(...a.map((value, k) => Math.abs(value - (k < 3 ? 1 : sign) * b[k])));
  return Math.min(difference(1), difference(-1));
}

it('the viewer that the command line serves shows the poses it recorded', async () => {
  const { episodes } = await decodeRecording(new Uint8Array(readFileSync(file)), file);
  const server = await view();
  const browser = await launch();
  try {
    const { page, errors } = await newPage(browser, {
      viewport: { width: 1024, height: 700 },
      reducedMotion: 'reduce',
      isDrawn: true,
    });
    await page.goto(server.address);
    await page.evaluate(() => window.armature.ready);
    for (const [episode, { steps, pose }] of episodes.entries()) {
      for (const step of [0, Math.floor(steps / 2), steps]) {
        await page.evaluate(([e, t]) => window.armature.seek(e, t), [episode, step]);
        const shown = await page.evaluate(() => [0, 1, 2, 3, 4, 5, 6].flatMap((i) => window.armature.bodyPose(i)));
        for (let body = 0; body < 7; body++) {
          const recorded = Array.from(pose.subarray((step * 7 + body) * 7, (step * 7 + body + 1) * 7));
          expect(farthest(shown.slice(body * 7, body * 7 + 7), recorded)).toBeLessThan(1e-6);
        }
      }
    }
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
    server.stop();
  }
});
