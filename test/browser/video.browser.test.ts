import { expect, it } from 'vitest';
import { openModule } from './module-page.ts';

/** What video-page.ts offers. */
declare const video: {
  roundTrip(
    format: 'mp4' | 'webm',
    frames: number,
    rate: number,
  ): Promise<{
    readonly extension: string;
    readonly bytes: number;
    readonly reports: readonly number[];
    readonly decoded: {
      readonly width: number;
      readonly height: number;
      readonly frames: readonly { readonly time: number; readonly grey: number }[];
    };
  }>;
  interrupted(): Promise<string>;
};

it('encodes every frame at its time, and ends when it is told to', async () => {
  const { page, close } = await openModule('video-page.ts');
  try {
    for (const format of ['mp4', 'webm'] as const) {
      const { extension, bytes, reports, decoded } = await page.evaluate(
        (chosen) => video.roundTrip(chosen, 20, 50),
        format,
      );
      expect(extension).toBe(format);
      expect(bytes).toBeGreaterThan(1000);
      expect(reports).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
      expect([decoded.width, decoded.height, decoded.frames.length]).toEqual([320, 180, 20]);
      for (const [i, { time, grey }] of decoded.frames.entries()) {
        expect(time).toBeCloseTo(i / 50, 3);
        expect(Math.abs(grey - (40 + 10 * i))).toBeLessThan(4);
      }
    }
    expect(await page.evaluate(() => video.interrupted())).toBe('AbortError');
  } finally {
    await close();
  }
});
