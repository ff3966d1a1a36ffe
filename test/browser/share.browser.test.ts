import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { encodeRecording } from '../../envs/recording/recording.ts';
import { sharePage } from '../../src/pages/share-page.ts';
import type { ViewerApi } from '../../viewer/api.ts';
import { armature, temporaryFolder } from '../cli/armature.ts';
import { sampleRecording } from '../recording/sample.ts';
import { launch } from './chromium.ts';
import { newPage } from './page.ts';

declare const window: { readonly armature: ViewerApi };

const folder = temporaryFolder();
const recording = sampleRecording([50, 30, 8]);
const bytes = await encodeRecording(recording);
writeFileSync(join(folder, 'sample.safetensors'), bytes);
const share = (...args: string[]) => armature(folder, 'share', ...args);

/** The page as it opens from disk, with no network: its episodes' names and where the arm is at step 8 of the last. */
async function look(file: string) {
  const browser = await launch();
  try {
    const { page, errors } = await newPage(browser, { offline: true, reducedMotion: 'reduce', isDrawn: true });
    const requests: string[] = [];
    page.on('request', (request) => requests.push(new URL(request.url()).protocol));
    await page.goto(pathToFileURL(file).href);
    await page.evaluate(() => window.armature.ready);
    await page.evaluate(() => window.armature.seek(99, 8));
    const [episode, pose] = await page.evaluate(() => [window.armature.episode, window.armature.bodyPose(1)] as const);
    const foreign = await page.evaluate(() => fetch('https://example.org').then(String, () => 'refused'));
    return { episode, pose, errors, foreign, requests: requests.filter((protocol) => protocol !== 'blob:') };
  } finally {
    await browser.close();
  }
}

it('writes one file that replays from disk, offline, under a policy of hashes', async () => {
  const { code, stdout } = await share('sample.safetensors', '--out', 'demo.html', '--json');
  expect(code).toBe(0);
  const html = readFileSync(join(folder, 'demo.html'), 'utf8');
  expect(JSON.parse(stdout)).toEqual({
    type: 'result',
    file: 'demo.html',
    bytes: Buffer.byteLength(html),
    recordings: ['sample.safetensors'],
  });
  const { episode, pose, errors, foreign, requests } = await look(join(folder, 'demo.html'));
  expect(episode).toBe(2);
  pose.forEach((value, i) => {
    expect(Math.abs(value - recording.episodes[2].pose[8 * 14 + 7 + i])).toBeLessThan(1e-6);
  });
  expect(errors.filter((text) => !text.includes('example.org'))).toEqual([]);
  expect([foreign, requests.includes('http:'), requests.includes('https:')]).toEqual(['refused', false, false]);
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
  expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^ ;]+'; style-src 'sha256-/);
  expect(policy).not.toContain('unsafe');
});

it('keeps the chosen episodes, sealed anew', async () => {
  const { code, stdout } = await share('sample.safetensors', '--episodes', '2-3', '--out', 'two.html');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^two\.html, [\d.]+ [kM]B: opens in any browser/)]);
  const { episode, errors } = await look(join(folder, 'two.html'));
  expect([episode, errors.filter((text) => !text.includes('example.org'))]).toEqual([1, []]);
});

it('refuses what it cannot share, and writes nothing', async () => {
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'torn.safetensors'), bytes.subarray(0, 900));
  const cases: [number, string, ...string[]][] = [
    [1, 'damaged', 'torn.safetensors'],
    [1, 'no such file', 'nowhere'],
    [1, 'holds no rollouts', 'empty'],
    [1, 'exists already', 'sample.safetensors', '--out', 'demo.html'],
    [2, 'has 3 episodes', 'sample.safetensors', '--episodes', '2,9'],
    [2, 'as 1-4,9', 'sample.safetensors', '--episodes', '0-2'],
    [2, 'name a file of the run', 'empty', '--episodes', '1'],
  ];
  for (const [code, words, ...args] of cases) {
    const found = await share('--out', 'new.html', ...args);
    expect([found.code, found.stdout, existsSync(join(folder, 'new.html'))]).toEqual([code, '', false]);
    expect(found.stderr).toMatch(/^error: [^\n]+\n$/);
    expect(found.stderr).toContain(words);
  }
});

it('lets no text end the element that holds it, and hashes what stands in the page', () => {
  const html =
    '<meta charset="utf-8" /><script type="module" src="./a.js"></script><link rel="stylesheet" href="./a.css"><body></body>';
  const files = { './a.js': 'x = "</script><!--";', './a.css': 'p {}' };
  const page = sharePage({ html, files }, [{ name: '</script><b>', bytes: new Uint8Array(3) }]);
  expect(page.match(/<\/script>/g)?.length).toBe(3);
  expect(page).not.toContain('<b>');
  const [, script] = /<script type="module">(.*?)<\/script>/s.exec(page) ?? [];
  expect(page).toContain(`sha256-${createHash('sha256').update(script).digest('base64')}`);
  expect(() => sharePage({ html, files: {} }, [])).toThrow('./a.css, which was not built');
});
