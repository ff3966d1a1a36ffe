import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeRecording } from '../../envs/recording/recording.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import type { ViewerApi } from '../../viewer/api.ts';
import { derive } from '../../viewer/derive/episode.ts';
import { compact } from '../../viewer/dom/format.ts';
import { temporaryFolder } from '../cli/armature.ts';
import { recordingOf } from '../golden/compute.ts';
import { launch } from './chromium.ts';
import { newPage } from './page.ts';

/** What library-page.ts offers. */
declare const library: {
  readonly viewers: readonly ViewerApi[];
  readonly marker: { readonly step: number; readonly position: readonly number[]; readonly drawn: number };
};

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporaryFolder();
const page = readFileSync(join(root, 'test/browser/library-page.ts'), 'utf8');

/** The project of a stranger's: the library as it is packed, beside the packages that it needs. */
function install(): void {
  const { name, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const packages = join(folder, 'node_modules');
  for (const part of ['package.json', 'dist/viewer-lib'])
    cpSync(join(root, part), join(packages, name, part), { recursive: true });
  for (const needed of [...Object.keys(dependencies), 'three', '@types/three']) {
    mkdirSync(dirname(join(packages, needed)), { recursive: true });
    symlinkSync(join(root, 'node_modules', needed), join(packages, needed), 'dir');
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'main.ts'), page);
  writeFileSync(join(folder, 'index.html'), html);
}

const html = `<!doctype html>
<html lang="en" data-theme="mine" class="page">
  <head>
    <title>My robots</title>
    <link rel="icon" href="data:," />
    <style>
      body { font: italic 20px serif; text-align: center; color: rgb(90, 0, 0); }
      button { background: rgb(0, 200, 0); }
      #first, #second { height: 420px; width: 900px; }
    </style>
  </head>
  <body id="body" data-panel="mine">
    <h1 id="filter">My robots</h1>
    <button id="open">Mine</button>
    <div id="first">loading</div>
    <div id="second"></div>
    <script type="module" src="./main.ts"></script>
  </body>
</html>`;

let server: PreviewServer;
let browser: Browser;
let bytes: number[];
const recording = await loadPhysics().then(() => recordingOf('panda-reach-joints', 'panda'));

beforeAll(async () => {
  install();
  bytes = Array.from(await encodeRecording(recording));
  await build({ root: folder, configFile: false, logLevel: 'silent' });
  server = await preview({ root: folder, configFile: false, logLevel: 'silent', preview: { port: 0 } });
  browser = await launch();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** The page with a recording open in both viewers. */
async function open() {
  const options = { viewport: { width: 1000, height: 1100 }, reducedMotion: 'reduce' } as const;
  const { page: opened, context, errors } = await newPage(browser, options);
  await opened.goto(server.resolvedUrls?.local[0] ?? '');
  await opened.evaluate(async (file) => {
    for (const [i, viewer] of library.viewers.entries()) {
      await viewer.open(Uint8Array.from(file), `reach-${i}.safetensors`);
      await viewer.ready;
    }
  }, bytes);
  return { page: opened, errors, close: () => context.close() };
}

const where = (opened: Page) => opened.evaluate(() => library.viewers.map(({ episode, step }) => [episode, step]));

/** All that a viewer could touch of the page around it. */
const surroundings = `JSON.stringify({
  title: document.title,
  hash: location.hash,
  stored: Object.keys(localStorage),
  attributes: [document.documentElement, document.body].map((element) =>
    Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]))),
  ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
  sheets: [document.styleSheets.length, document.adoptedStyleSheets.length],
  styles: ['body', 'h1', 'button'].map((tag) => Object.fromEntries(['font', 'color', 'background', 'margin', 'height']
    .map((name) => [name, getComputedStyle(document.querySelector(tag))[name]]))),
})`;

describe('viewers in a page of a stranger’s', { timeout: 60_000 }, () => {
  it('show an overlay and a plot of its own, each viewer for itself', async () => {
    const { page, errors, close } = await open();
    const [first, second] = ['#first', '#second'].map((id) => page.locator(id));
    await page.evaluate(() => library.viewers[0].seek(1, 3));
    await page.evaluate(() => library.viewers[1].seek(0, 7));
    expect(await where(page)).toEqual([
      [1, 3],
      [0, 7],
    ]);
    const { step, position } = await page.evaluate(() => library.marker);
    const { tips } = derive(recording.episodes[0], recording.header);
    expect(step).toBe(7);
    expect(position).toEqual([21, 22, 23].map((i) => expect.closeTo(tips[i], 5)));
    const drawnIn = (i: number) =>
      page.evaluate((viewer) => {
        const before = library.marker.drawn;
        library.viewers[viewer].draw();
        return library.marker.drawn - before;
      }, i);
    expect([await drawnIn(0), await drawnIn(1)]).toEqual([1, 1]);
    const toggle = first.getByRole('button', { name: 'Ball', exact: true });
    await toggle.click();
    expect([await drawnIn(0), await drawnIn(1)]).toEqual([0, 1]);
    expect(await toggle.getAttribute('aria-pressed')).toBe('false');
    await second.getByRole('button', { name: 'Plots', exact: true }).click();
    const plot = second.locator('.plot', { hasText: 'Height of the tip' });
    await plot.scrollIntoViewIfNeeded();
    expect(await plot.isVisible()).toBe(true);
    expect(await plot.locator('output').textContent()).toBe(compact(tips[23]));
    expect(errors).toEqual([]);
    await close();
  });

  it('take keys while the focus is inside, and nothing else of the page', async () => {
    const { page, errors, close } = await open();
    const before = await page.evaluate<string>(surroundings);
    expect(before).toContain('"title":"My robots","hash":"","stored":[]');
    await page.keyboard.press('ArrowRight');
    expect(await where(page)).toEqual([
      [0, 0],
      [0, 0],
    ]);
    await page
      .locator('#second canvas')
      .first()
      .click({ position: { x: 60, y: 60 } });
    await page.keyboard.press('ArrowRight');
    await page.locator('#second').getByRole('button', { name: 'Play' }).click();
    await page.keyboard.press('Space');
    await page.keyboard.press('Home');
    for (const key of ['ArrowRight', 'ArrowRight', 'd', 'y']) await page.keyboard.press(key);
    expect(await where(page)).toEqual([
      [0, 0],
      [0, 2],
    ]);
    expect(
      await page.locator('.viewer').evaluateAll((all) => all.map((one) => one.getAttribute('data-theme'))),
    ).toEqual(['light', 'dark']);
    await page.waitForTimeout(500);
    expect(await page.evaluate<string>(surroundings)).toBe(before);
    const inherited = await page.evaluate<string>(`(() => {
      const inside = document.querySelector('#second > div').shadowRoot.querySelector('h2');
      const { textAlign, fontStyle } = getComputedStyle(inside);
      return [textAlign, fontStyle].join();
    })()`);
    expect(inherited).toBe('start,normal');
    await page.evaluate(`document.documentElement.style.colorScheme = 'dark'`);
    await page.locator('#first .viewer[data-theme=dark]').waitFor({ timeout: 5000 });
    expect(errors).toEqual([]);
    await close();
  });

  it('simulate an episode again', async () => {
    const { page, errors, close } = await open();
    await page.locator('#first .viewer').focus();
    await page.keyboard.press('r');
    await page.locator('#first').getByText('Episode 1 is genuine').waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  it('refuse what is no recording in one line, and keep what was open', async () => {
    const { page, errors, close } = await open();
    const refused = (file: readonly number[]) =>
      page.evaluate(
        (content) => library.viewers[0].open(Uint8Array.from(content), 'bad.safetensors').then(String, String),
        file,
      );
    expect(await refused([1, 2, 3])).toMatch(/^FileError: bad\.safetensors: not a [^\n]+$/);
    expect(await refused(bytes.slice(0, -9))).toMatch(/^FileError: bad\.safetensors: damaged [^\n]+$/);
    expect(await page.locator('#first #file-name').textContent()).toBe('reach-0.safetensors');
    expect(await page.locator('#first').getByRole('status').getByText('Opening').count()).toBe(0);
    expect(errors).toEqual([]);
    await close();
  });

  it('leave nothing behind when they are closed', async () => {
    const { page, errors, close } = await open();
    const devtools = await page.context().newCDPSession(page);
    const listeners = async () => {
      const { result } = await devtools.send('Runtime.evaluate', { expression: 'window' });
      const own = await devtools.send('DOMDebugger.getEventListeners', { objectId: result.objectId ?? '' });
      return own.listeners.map(({ type }) => type).sort();
    };
    await page.locator('#first .plot').first().waitFor({ state: 'attached' });
    await page.locator('#first .viewer').focus();
    // All episodes without end: the viewer still plays when its frames are counted.
    await page.keyboard.press('l');
    await page.keyboard.press('l');
    await page.keyboard.press('Space');
    await page.evaluate(() => library.viewers[1].close());
    const one = await listeners();
    expect(await page.locator('#second').innerHTML()).toBe('');
    const found = await page.evaluate<[number, boolean]>(`(async () => {
      const canvas = document.querySelector('#first > div').shadowRoot.querySelector('canvas');
      const gl = canvas.getContext('webgl2');
      let frames = 0;
      const request = window.requestAnimationFrame;
      window.requestAnimationFrame = (call) => { frames++; return request.call(window, call); };
      const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      while (frames < 3) await wait(50);
      library.viewers[0].close();
      library.viewers[0].close();
      frames = 0;
      await wait(600);
      return [frames, gl.isContextLost()];
    })()`);
    expect(found).toEqual([0, true]);
    expect(await page.locator('#first').innerHTML()).toBe('');
    const none = await listeners();
    // What uPlot itself adds once, when it is loaded.
    expect(none).toEqual(['dppxchange', 'resize', 'scroll']);
    expect(one.length).toBeGreaterThan(none.length);
    expect(errors).toEqual([]);
    await close();
  });
});

describe('the declarations', () => {
  const documented = readFileSync(join(root, 'docs/extending.md'), 'utf8');
  const example = /```ts\n(import \{ createViewer[\s\S]*?)```/.exec(documented)?.[1] ?? '';

  it.each(['NodeNext', 'bundler'])(
    'let a stranger compile, under %s, the page and the example of the docs',
    (resolution) => {
      expect(example).toContain('@armature-rl/armature/viewer');
      writeFileSync(join(folder, 'example.ts'), example);
      const options = {
        strict: true,
        noEmit: true,
        target: 'es2022',
        module: resolution === 'bundler' ? 'esnext' : resolution,
        moduleResolution: resolution,
        lib: ['es2023', 'dom', 'dom.iterable'],
        types: [],
      };
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: options, files: ['main.ts', 'example.ts'] }),
      );
      const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
      execFileSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8', stdio: 'pipe' });
    },
  );
});
