import type { Browser, Page } from 'playwright-core';
import type { ViewerApi } from '../../viewer/api.ts';
import { newPage, type PageOptions } from './page.ts';

declare const window: { readonly armature: ViewerApi };

/** A page that has opened what is served. */
export interface Visit {
  readonly page: Page;
  /** Errors and warnings of its console. */
  readonly errors: string[];
  /** Paths of what it asked for. */
  readonly loaded: string[];
  close(): Promise<void>;
}

/** Opens a page at rest: motion is unwelcome if not said otherwise. */
export async function visit(browser: Browser, address: string, options: PageOptions = {}): Promise<Visit> {
  const { page, context, errors } = await newPage(browser, { reducedMotion: 'reduce', ...options });
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto(address);
  await page.evaluate(() => window.armature.ready);
  return { page, errors, loaded, close: () => context.close() };
}
