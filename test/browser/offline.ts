import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { newPage, type PageOptions } from './page.ts';

/** A file as it opens from a disk without a network, with all that it says on the console and asks for. */
export async function openOffline(browser: Browser, file: string, options: PageOptions) {
  const { page, context, errors: complaints } = await newPage(browser, { ...options, offline: true });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const address = pathToFileURL(file).href;
  await page.goto(address);
  return { page, complaints, asked, address, close: () => context.close() };
}
