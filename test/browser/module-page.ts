import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { launch } from './chromium.ts';

/** A page in Chromium that has run a module of this folder, bundled, and can fetch some files. */
export async function openModule(name: string, files: Readonly<Record<string, Uint8Array>> = {}) {
  const entry = fileURLToPath(new URL(name, import.meta.url));
  const output = (await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, minify: false, lib: { entry, formats: ['es'] } },
  })) as Rolldown.RolldownOutput[];
  const { code } = output[0].output[0];
  const server = createServer(({ url = '/' }, response) => {
    const file = files[url.slice(1)];
    response.setHeader('Content-Type', url === '/module.js' ? 'text/javascript' : 'text/html');
    if (file) response.end(file);
    else response.end(url === '/module.js' ? code : '<!doctype html><script type="module" src="module.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser: Browser = await launch();
  const page: Page = await browser.newPage();
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    await browser.close();
    server.close();
  };
  try {
    await page.goto(`http://127.0.0.1:${port}/`, { waitUntil: 'networkidle' });
  } catch (error) {
    await close();
    throw error;
  }
  return { page, close };
}
