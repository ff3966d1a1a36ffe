/**
 * Pictures as one animated WebP: a RIFF file of chunks, with what the browser encodes of each picture in a frame of its own
 * (https://developers.google.com/speed/webp/docs/riff_container). A frame holds only the rectangle in which it differs from the
 * frame before.
 */
import type { Encoded, EncodeOptions, FrameSource } from './frames.ts';

/** Of the browser's encoder, up to 1: beyond the best files grow, and nothing is seen of it. */
const qualities = { best: 0.92, small: 0.8 } as const;

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A picture, where it is put over the one before, and how long that stays. */
interface AnimationFrame extends Rectangle {
  /** The chunk of a still WebP that holds its pixels. */
  readonly pixels: Uint8Array;
  ms: number;
}

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

/** The smallest rectangle that holds all differences, its corner at even numbers as the format has it; undefined where there are none. */
export function changed(before: Uint32Array, now: Uint32Array, width: number): Rectangle | undefined {
  let [left, right, top, bottom] = [width, -1, -1, -1];
  for (let y = 0; y * width < now.length; y++) {
    const row = y * width;
    let first = 0;
    while (first < width && before[row + first] === now[row + first]) first++;
    if (first === width) continue;
    let last = width - 1;
    while (before[row + last] === now[row + last]) last--;
    if (top < 0) top = y;
    bottom = y;
    left = Math.min(left, first);
    right = Math.max(right, last);
  }
  if (bottom < 0) return undefined;
  const [x, y] = [left - (left % 2), top - (top % 2)];
  return { x, y, width: right + 1 - x, height: bottom + 1 - y };
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

/** Of the frame's flags: that it replaces what was there, instead of being blended with it. */
const replaces = 0x02;
const isAnimated = 0x02;

/** @param loops how often it is shown; 0 for without end */
export function animation(
  frames: readonly AnimationFrame[],
  { width, height }: Pick<Rectangle, 'width' | 'height'>,
  loops: number,
): Uint8Array<ArrayBuffer> {
  const canvas = [...uint(width - 1, 3), ...uint(height - 1, 3)];
  const chunks = [
    chunk('VP8X', Uint8Array.from([isAnimated, 0, 0, 0, ...canvas])),
    chunk('ANIM', Uint8Array.from([0, 0, 0, 0, ...uint(loops, 2)])),
    ...frames.map((frame) => {
      const { x, y, ms, pixels } = frame;
      const place = [x / 2, y / 2, frame.width - 1, frame.height - 1, ms].flatMap((value) => uint(value, 3));
      return chunk('ANMF', joined([Uint8Array.from([...place, replaces]), pixels]));
    }),
  ];
  const form = joined([text('WEBP'), ...chunks]);
  return chunk('RIFF', form);
}

function chunk(name: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = content;
  return joined([text(name), Uint8Array.from(uint(length, 4)), content, new Uint8Array(length % 2)]);
}

/** Little-endian. */
function uint(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);
}

function text(letters: string): Uint8Array {
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
