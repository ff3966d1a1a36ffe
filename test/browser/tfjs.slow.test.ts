import { afterAll, beforeAll, expect, it } from 'vitest';
import { openModule } from './module-page.ts';
import type { TfjsPage } from './tfjs-page.ts';

declare global {
  var tfjs: TfjsPage;
}

let opened: Awaited<ReturnType<typeof openModule>>;

beforeAll(async () => {
  opened = await openModule('tfjs-page.ts');
}, 60_000);

afterAll(() => opened?.close());

it('takes gradients on WebGL that agree with float64', async () => {
  expect(await opened.page.evaluate(() => globalThis.tfjs.engine())).toBe('webgl');
  for (const n of [1, 64, 500]) {
    const errors = await opened.page.evaluate((rows) => globalThis.tfjs.errors([20, 64, 64, 7], rows), n);
    for (const error of errors) expect(error).toBeLessThan(1e-5);
  }
});

it('trains in the page, and leaves no tensors behind', async () => {
  const { returns, leaked } = await opened.page.evaluate(() => globalThis.tfjs.train(4));
  expect(returns).toHaveLength(4);
  expect(returns.every(Number.isFinite)).toBe(true);
  expect(returns[3]).toBeGreaterThan(returns[0]);
  expect(leaked).toBe(0);
});
