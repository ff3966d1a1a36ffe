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
  const scripts = output[0].output.filter((each) => each.type === 'chunk');
  const main = scripts.find(({ isEntry }) => isEntry)?.fileName;
  const server = createServer(({ url = '/' }, response) => {
    const name = url.slice(1);
    const script = scripts.find(({ fileName }) => fileName === name);
    response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html');
    const file = files[name] ?? script?.code;
    response.end(file ?? `<!doctype html><script type="module" src="${main}"></script>`);
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
