import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const script = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** A context in which axe can be put into a page, as a script of its own. */
export const withAxe = { bypassCSP: true } as const;

/** The rules of accessibility that a page breaks, each with what breaks it. */
export async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: script });
  return page.evaluate<string[]>(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`);
}
