/** Bars of a series as one SVG path in a box of the given size; pure. */

import { fixed } from '../dom/format.ts';

export const barsWidth = 1000;
export const barsHeight = 100;
/** Bars at most; more than these would be thinner than a pixel. */
const most = 400;

export function barsPath(values: ArrayLike<number>): string {
  const count = values.length;
  if (count === 0) return '';
  const bars = Math.min(count, most);
  const binned = Array.from({ length: bars }, (_, i) =>
    extreme(values, Math.floor((i * count) / bars), Math.floor(((i + 1) * count) / bars)),
  );
  const high = Math.max(0, ...binned);
  const low = Math.min(0, ...binned);
  const scale = high > low ? barsHeight / (high - low) : 0;
  const zero = high * scale;
  const slot = barsWidth / bars;
  const gap = bars > 150 ? 0 : Math.min(slot * 0.24, 6);
  return binned
    .map(
      (value, i) =>
        `M${round(i * slot + gap / 2)} ${round(zero)}h${round(slot - gap)}v${round(-value * scale)}h${round(gap - slot)}z`,
    )
    .join('');
}

/** The value furthest from zero: a spike must not vanish in a bin. */
function extreme(values: ArrayLike<number>, from: number, to: number): number {
  let found = 0;
  for (let i = from; i < to; i++) {
    if (Number.isFinite(values[i]) && Math.abs(values[i]) > Math.abs(found)) found = values[i];
  }
  return found;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Round times along a ruler; pure. */
export function ticks(from: number, to: number, most: number): { readonly at: number; readonly text: string }[] {
  const length = to - from;
  if (!(length > 0)) return [];
  const rough = length / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999) ?? rough;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const [first, last] = [Math.ceil(from / step - 1e-9), Math.floor(to / step + 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    at: (first + i) * step,
    text: first + i === 0 ? '0 s' : fixed((first + i) * step, digits),
  }));
}
