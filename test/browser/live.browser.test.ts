import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../cli/armature.ts';
import { launch } from './chromium.ts';
import { goalOf, goLive, openView, view } from './live.ts';

const armature = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

it('a run’s policy acts in the page, whose goal keys move; nothing of that is loaded before', async () => {
  const run = join(temporaryFolder(), 'run');
  execFileSync('node', [armature, 'train', 'panda-reach-joints', '--steps', '1000', '--json', '--out', run]);
  const served = await view(run);
  const browser = await launch();
  try {
    const { page, errors } = await openView(browser, served.address);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const loaded = await page.evaluate<string[]>(
      `performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)`,
    );
    expect(loaded.filter((path) => /live|rapier|simulate/.test(path))).toEqual([]);
    await goLive(page);
    expect(asked.filter((path) => /live-.*js$/.test(path)).length).toBeGreaterThan(0);
    const [, , before] = await goalOf(page);
    await page.keyboard.press('ArrowUp');
    await expect.poll(async () => (await goalOf(page))[2]).toBeGreaterThan(before);
    await page.keyboard.press('Space');
    await page.getByText('paused').waitFor();
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
    served.stop();
  }
});
