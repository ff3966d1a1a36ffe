import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

export interface PageOptions extends BrowserContextOptions {
  /** Whether WebGL draws, which the processor takes most of a test's time for; without it all else is as it would be. */
  readonly isDrawn?: boolean;
}

export interface OpenedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and warnings of its console, and what its scripts throw, as they come. */
  readonly errors: string[];
}

/** A page of its own. As it stands it draws nothing: tests that look at pictures say so. */
export async function newPage(
  browser: Browser,
  { isDrawn = false, ...options }: PageOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const errors = complaintsOf(page);
  if (!isDrawn) await page.addInitScript(undrawn);
  return { page, context, errors };
}

/** Draw calls return at once. As text, because it runs in the page. */
export const undrawn = `
  for (const name of ['drawElements', 'drawArrays', 'drawElementsInstanced', 'drawArraysInstanced']) {
    WebGL2RenderingContext.prototype[name] = () => {};
  }
`;

/** A page around what the processor draws reads every frame back, which the driver of WebGL remarks on. */
const ofDriver = /GPU stall due to ReadPixels/;

function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !ofDriver.test(message.text()))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}
