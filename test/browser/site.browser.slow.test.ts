import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { armature, contents, expectRefusals, quick, temporaryFolder } from '../cli/armature.ts';
import { violations, withAxe } from './axe.ts';
import { launch } from './chromium.ts';
import { arrives, dragGoal, goalOf } from './live.ts';
import { newPage, type PageOptions } from './page.ts';

const folder = temporaryFolder();
const names = ['reach-planar', 'run'];
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

let browser: Browser;
let server: Server;
let address: string;

/** Any host of files: no headers but the type, and the site under a path. */
function host(site: string): Server {
  return createServer(({ url }, response) => {
    const { pathname } = new URL(url ?? '/', 'http://localhost');
    const path = normalize(pathname.replace(/^\/arms\//, '').replace(/(^|\/)$/, '$1index.html'));
    if (!pathname.startsWith('/arms/')) return void response.writeHead(404).end();
    readFile(join(site, path)).then(
      (body) =>
        response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' }).end(body),
      () => response.writeHead(404).end(),
    );
  });
}

async function succeeds(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await armature(folder, ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

beforeAll(async () => {
  await succeeds('train', 'panda-reach', ...quick, '--iterations', '2', '--eval-every', '400', '--out', 'run');
  await succeeds('site', ...names, '--out', 'site', '--address', 'https://example.org/arms');
  server = host(join(folder, 'site'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/arms/`;
  browser = await launch();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
});

// A page that is left open goes on simulating.
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

async function opened(path = '', options: PageOptions = {}) {
  const { page, errors } = await newPage(browser, { viewport: { width: 900, height: 600 }, ...options });
  page.setDefaultTimeout(120_000);
  page.on('response', (response) => response.ok() || errors.push(`${response.status()} ${response.url()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !/^(blob|data):/.test(request.url())) errors.push(request.url());
  });
  await page.goto(address + path);
  return { page, errors };
}

const overflows = (page: Page) => page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
const going = (page: Page) => page.locator('.live-bar[data-going=true]').waitFor();

describe('the gallery', () => {
  it.each([
    { colorScheme: 'light', width: 1440 },
    { colorScheme: 'dark', width: 390 },
  ] as const)('shows each with its picture, to everybody: %o', async ({ colorScheme, width }) => {
    const { page, errors } = await opened('', { colorScheme, viewport: { width, height: 800 }, ...withAxe });
    expect(await page.locator('.card h2').allTextContents()).toEqual(['reach planar', 'panda-reach panda']);
    expect(await page.locator('.card').first().textContent()).toMatch(/100 % of 100 goals reached/);
    await page.locator('.card img').last().scrollIntoViewIfNeeded();
    const widths = () =>
      page
        .locator('img')
        .evaluateAll((all) => all.map((one) => (one as unknown as { naturalWidth: number }).naturalWidth));
    await expect.poll(widths).toEqual([640, 640]);
    expect(await violations(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);
    expect(errors).toEqual([]);
  });

  it('and every page says what it is, with a picture that is there', () => {
    for (const path of ['', ...names.map((name) => `${name}/`), 'train/']) {
      const html = readFileSync(join(folder, 'site', path, 'index.html'), 'utf8');
      expect(html.match(/<title>[^<]+<\/title>/g)).toHaveLength(1);
      expect(html).toMatch(/<meta name="description" content="[^"]{40,}" \/>/);
      const [, picture] = /og:image" content="https:\/\/example\.org\/arms\/([^"]+)"/.exec(html) ?? [];
      expect(picture === undefined).toBe(path === 'train/');
      if (picture)
        expect(
          readFileSync(join(folder, 'site', picture))
            .subarray(1, 4)
            .toString(),
        ).toBe('PNG');
    }
  });
});

describe('the page of a policy', () => {
  it('is a press away: it acts, the goal is dragged, and the tip arrives; its recordings are verified there', async () => {
    const { page, errors } = await opened();
    await page.getByRole('link', { name: 'reach planar' }).click();
    await going(page);
    await arrives(page);
    const before = await goalOf(page);
    await dragGoal(page, -40, 30);
    expect(await goalOf(page)).not.toEqual(before);
    await arrives(page);
    // Some browsers let no page write to the clipboard: there the link stands in the message.
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByText(/^(Link copied|The link to this view)$/).waitFor();
    await page.getByRole('button', { name: 'Back to the recording' }).click();
    await page.keyboard.press('r');
    await page.getByText(/is genuine/).waitFor();
    await page.getByRole('link', { name: 'Armature' }).click();
    await page.locator('.cards').waitFor();
    expect(errors).toEqual([]);
  });

  it('of a run has its training', async () => {
    const { page, errors } = await opened('run/#file=run%2Frollouts.safetensors');
    await page.locator('#film').waitFor();
    expect(await page.locator('.live-bar').count()).toBe(0);
    expect(errors).toEqual([]);
  });

  it.each(['light', 'dark'] as const)(
    'is a scene and its bar in a frame, and leads to the whole: %s',
    async (colorScheme) => {
      const { page, errors } = await opened('reach-planar/?embed', {
        colorScheme,
        viewport: { width: 480, height: 270 },
        ...withAxe,
      });
      await going(page);
      expect(await page.locator('.bar, .panel, .tabs, .switches').filter({ visible: true }).count()).toBe(0);
      await page.getByRole('button', { name: 'New goal' }).click();
      expect(await violations(page)).toEqual([]);
      expect(await overflows(page)).toBe(false);
      expect(await page.getByRole('link', { name: 'Open in full' }).getAttribute('href')).toBe(
        `${address}reach-planar/`,
      );
      expect(errors).toEqual([]);
    },
  );
});

it('an arm is trained in the tab', async () => {
  const { page, errors } = await opened('train/');
  await page.getByLabel('Steps', { exact: true }).fill('3000');
  await page.getByLabel('Steps', { exact: true }).press('Tab');
  await page.locator('.train-panel .start .button').click();
  await page.getByText(/^(All steps are spent|Solved after)/).waitFor();
  expect(errors).toEqual([]);
});

describe('the folder', () => {
  it('is replaced where it is a site, by the same bytes, and left alone where it holds anything else', async () => {
    cpSync(join(folder, 'site'), join(folder, 'again'), { recursive: true });
    const before = contents(join(folder, 'site'));
    await succeeds('site', ...names, '--out', 'again', '--address', 'https://example.org/arms/', '--force');
    expect(contents(join(folder, 'again'))).toEqual(before);
    writeFileSync(join(folder, 'again', 'CNAME'), 'mine');
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'other', 'index.html'), '<p>mine</p>');
    await expectRefusals(folder, 'site', [
      [1, 'exists already', 'reach-planar', '--out', 'site'],
      [1, 'holds something else', 'reach-planar', '--out', 'again', '--force'],
      [1, 'holds something else', 'reach-planar', '--out', 'other', '--force'],
      [1, 'expected a folder, found a file', 'reach-planar', '--out', 'other/index.html', '--force'],
      [1, 'there is no such folder', 'nowhere', '--out', 'new'],
      [2, 'expected an address', 'reach-planar', '--out', 'new', '--address', 'example'],
    ]);
    rmSync(join(folder, 'again'), { recursive: true });
  });

  it("is not made of a stranger's module, and a live file neither", async () => {
    cpSync(new URL('../modules/project', import.meta.url), join(folder, 'own'), { recursive: true });
    const own = join('own', 'touch.ts');
    await succeeds('train', `./${own}`, '--steps', '600', '--batch', '300', '--hidden-width', '8', '--out', 'stranger');
    const before = readdirSync(folder).sort();
    for (const args of [
      ['site', 'stranger', '--out', 'new'],
      ['share', 'stranger', '--live', '--out', 'new.html'],
    ]) {
      const { code, stdout, stderr } = await armature(folder, ...args);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain("its task is defined in a module of its author's, and a page runs no code but its own");
    }
    expect(readdirSync(folder).sort()).toEqual(before);
  });
});
