import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openView } from './live.ts';
import type { PageOptions } from './page.ts';

/** Helps tests that train in the page, by its own fields and buttons. */

export interface Form {
  readonly algorithm?: string;
  readonly seed?: number;
  readonly steps?: number;
  readonly workers?: number;
  readonly untilSolved?: boolean;
}

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Where nothing moves by itself: a processor that draws has less time to train. */
export async function openStill(browser: Browser, address: string, options: PageOptions = {}) {
  const still = { reducedMotion: 'reduce', viewport: { width: 900, height: 700 } } as const;
  const opened = await openView(browser, address, { ...still, ...options });
  opened.page.setDefaultTimeout(120_000);
  return opened;
}

/** Goes to where policies are trained. */
export async function openTraining(page: Page): Promise<void> {
  await button(page, 'Live').click();
  await page.getByRole('group', { name: 'What to do' }).getByRole('button', { name: 'Train' }).click();
}

/** Fills the form, and begins. */
export async function train(page: Page, { algorithm, seed, steps, workers = 2, untilSolved = false }: Form) {
  if (algorithm !== undefined) {
    await page.getByLabel('Algorithm', { exact: true }).selectOption(algorithm);
  }
  for (const [label, value] of Object.entries({ Seed: seed, Steps: steps, Workers: workers })) {
    if (value === undefined) continue;
    await page.getByLabel(label, { exact: true }).fill(String(value));
    await page.getByLabel(label, { exact: true }).press('Tab');
  }
  await page.getByLabel('Stop once it is solved').setChecked(untilSolved);
  await page.locator('.train-panel .start .primary').click();
}

/** Waits for the end of the training. */
export async function ended(page: Page): Promise<void> {
  await page.getByText(/^(All steps are spent|Solved after)/).waitFor({ timeout: 240_000 });
}

/** Waits until so many steps are spent. */
export async function spent(page: Page, steps: number): Promise<void> {
  const spent = () =>
    page.locator('.train-panel progress').evaluate((bar) => (bar as unknown as { value: number }).value);
  await expect.poll(spent, { timeout: 120_000 }).toBeGreaterThanOrEqual(steps);
}

/** Pauses after the first iterations. */
export async function pauseAfter(page: Page, steps: number): Promise<void> {
  await spent(page, steps);
  await button(page, 'Pause training').click();
  await page.getByText('Paused', { exact: true }).waitFor();
}

/** What the page saves when a button is pressed. */
export async function saved(page: Page, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const coming = page.waitForEvent('download');
  await button(page, name).click();
  return new Uint8Array(readFileSync(await (await coming).path()));
}

/** Unpacks a zipped run. @returns its folder */
export function unzipInto(folder: string, bytes: Uint8Array): string {
  const files = Object.entries(unzipSync(bytes));
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return join(folder, files[0][0].split('/')[0]);
}

/** A folder of files as a zip file, packed as other programs do. */
export function zipped(files: Readonly<Record<string, Uint8Array>>): Buffer {
  return Buffer.from(zipSync({ ...files }));
}
