import { expect, it } from 'vitest';
import { encodeRecording } from '../../envs/recording/recording.ts';
import type { ViewerApi } from '../../viewer/api.ts';
import { damagedFiles } from '../recording/damaged.ts';
import { sampleRecording } from '../recording/sample.ts';
import { launch } from './chromium.ts';
import { newPage } from './page.ts';
import { serve } from './serve.ts';

declare const window: { readonly armature: ViewerApi };

it('says on the page what is wrong with fifty files, and keeps what was open', async () => {
  const bytes = await encodeRecording(sampleRecording([50, 30, 8]));
  const { address, close } = await serve([{ name: 'good.safetensors', bytes }]);
  const browser = await launch();
  try {
    const { page, errors } = await newPage(browser, { reducedMotion: 'reduce' });
    await page.goto(address);
    await page.evaluate(() => window.armature.ready);
    await page.evaluate(() => window.armature.seek(1, 7));
    const files = await damagedFiles(bytes);
    for (const { name, bytes: content } of files) {
      const file = `${name}<i>.safetensors`;
      await page.setInputFiles('#picker', { name: file, mimeType: '', buffer: Buffer.from(content) });
      const alert = page.getByRole('alert').filter({ hasText: file });
      await alert.waitFor();
      const text = (await alert.textContent()) ?? '';
      // A policy would act, if it could.
      if (name === 'policy') expect(text).toMatch(/cannot act here.+inconsistent/);
      else {
        expect(text).toMatch(/is damaged|is not a rollout file|is too new|contradicts itself/);
        expect(text).toContain('Still showing good.safetensors');
      }
      expect(text.length).toBeLessThan(600);
      expect(await page.evaluate(() => [window.armature.episode, window.armature.step])).toEqual([1, 7]);
    }
    expect(files.length).toBe(50);
    expect(await page.locator('.notice i').count()).toBe(0);
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
    close();
  }
});
