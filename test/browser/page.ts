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

/** The calls of WebGL that draw, as text for a page. */
export const drawCalls = `['drawElements', 'drawArrays', 'drawElementsInstanced', 'drawArraysInstanced']`;

/** Draw calls return at once. */
const undrawn = `for (const name of ${drawCalls}) WebGL2RenderingContext.prototype[name] = () => {};`;

/** Frames run when `runFrame` is called in the page. */
export const framesByHand = `
  const frames = [];
  window.requestAnimationFrame = (callback) => frames.push(callback);
  window.runFrame = () => { for (const callback of frames.splice(0)) callback(performance.now()); };
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
