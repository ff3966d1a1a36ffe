/**
 * The container of an animated WebP: a RIFF file of chunks, with the picture data of each frame in a chunk of its own
 * (https://developers.google.com/speed/webp/docs/riff_container). A frame holds only the rectangle in which it differs from the
 * frame before. Pure.
 */

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A picture, where it is put over the one before, and how long that stays. */
export interface AnimationFrame extends Rectangle {
  /** The chunk of a still WebP that holds its pixels. */
  readonly pixels: Uint8Array;
  ms: number;
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
