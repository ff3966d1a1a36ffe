/** Pictures as one animated WebP, of what the browser encodes of each. */
import type { Encoded, EncodeOptions, FrameSource } from './frames.ts';
import { type AnimationFrame, animation, changed, type Rectangle } from './riff.ts';

/** Of the browser's encoder, up to 1: beyond the best files grow, and nothing is seen of it. */
const qualities = { best: 0.92, small: 0.8 } as const;

/**
 * @param loops how often it is shown; 0 for without end
 * @throws Error where the browser writes no WebP, and the signal's reason when it ends the work
 */
export async function encodeWebp(
  { canvas, rate, frames, paint }: FrameSource,
  loops: number,
  { progress, signal, small }: EncodeOptions,
): Promise<Encoded> {
  const context = contextOf(canvas);
  const { width, height } = canvas;
  const made: AnimationFrame[] = [];
  let before: Uint32Array | undefined;
  for (let frame = 0; frame < frames; frame++) {
    signal.throwIfAborted();
    paint(frame);
    const now = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
    const at = before ? changed(before, now, width) : { x: 0, y: 0, width, height };
    const ms = Math.round(((frame + 1) * 1000) / rate) - Math.round((frame * 1000) / rate);
    if (at) made.push({ ...at, pixels: await pixelsOf(canvas, at, small), ms });
    else made[made.length - 1].ms += ms;
    before = now;
    progress(frame + 1, frames);
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { blob: new Blob([animation(made, canvas, loops)], { type: 'image/webp' }), extension: 'webp' };
}

/** A single picture. @throws Error where the browser writes no WebP */
export async function stillWebp(canvas: OffscreenCanvas, small = false): Promise<Blob> {
  const quality = small ? qualities.small : qualities.best;
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality });
  // What a browser cannot write it writes as PNG.
  if (blob.type !== 'image/webp') throw new Error('this browser writes no WebP pictures: use Chrome, Edge or Firefox');
  return blob;
}

/** Whether the browser writes WebP. */
export async function canWriteWebp(): Promise<boolean> {
  const canvas = new OffscreenCanvas(1, 1);
  contextOf(canvas);
  return stillWebp(canvas).then(
    () => true,
    () => false,
  );
}

/** Without transparency, which would be stored as well. */
function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (!context) throw new Error('this browser gives no canvas to paint on');
  return context;
}

async function pixelsOf(
  canvas: OffscreenCanvas,
  { x, y, width, height }: Rectangle,
  small?: boolean,
): Promise<Uint8Array> {
  const part = new OffscreenCanvas(width, height);
  contextOf(part).drawImage(canvas, x, y, width, height, 0, 0, width, height);
  return pixelChunk(new Uint8Array(await (await stillWebp(part, small)).arrayBuffer()));
}

/** The chunk of a still that holds its pixels, with its padding. */
function pixelChunk(webp: Uint8Array): Uint8Array {
  const view = new DataView(webp.buffer, webp.byteOffset, webp.byteLength);
  for (let at = 12; at + 8 <= webp.length; ) {
    const size = view.getUint32(at + 4, true);
    const end = at + 8 + size + (size % 2);
    if (['VP8 ', 'VP8L'].includes(String.fromCharCode(...webp.subarray(at, at + 4)))) return webp.subarray(at, end);
    at = end;
  }
  throw new Error('the browser wrote a WebP picture without pixels');
}
