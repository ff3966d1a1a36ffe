/** Rows of numbers for a chart, a number for each state of the clock; pure. */
import type { StepRange } from '../state/player.ts';
import type { Series } from './plot.ts';

/** Points of a line, at most: more would be finer than the pixels. */
const maxPoints = 1600;

/** A number for every state of the clock, read at its control step. */
export function overSpan({ from, to }: StepRange, read: (position: number) => number): Float64Array {
  const out = new Float64Array(to - from + 1);
  for (let i = 0; i < out.length; i++) out[i] = read(from + i);
  return out;
}

/**
 * Reads a series by the time of its episode, NaN before its start and after its end. A step's number holds until the next, so the
 * last number is repeated.
 */
export function sampler({ values, at }: Pick<Series, 'values' | 'at'>): (time: number) => number {
  const last = values.length - 1;
  const end = at === 'step' ? last + 1 : last;
  return (time) => {
    const t = Math.round(time);
    return t < 0 || t > end ? Number.NaN : values[Math.min(t, last)];
  };
}

/** Areas on top of one another: for each series its lower and its upper edge. What is below zero stacks downwards. */
export function stack(rows: readonly Float64Array[]): { readonly base: Float64Array; readonly top: Float64Array }[] {
  const length = rows[0]?.length ?? 0;
  const above = new Float64Array(length);
  const below = new Float64Array(length);
  return rows.map((row) => {
    const base = new Float64Array(length);
    const top = new Float64Array(length);
    for (let t = 0; t < length; t++) {
      const pile = row[t] < 0 ? below : above;
      base[t] = pile[t];
      pile[t] += row[t];
      top[t] = pile[t];
    }
    return { base, top };
  });
}

/** Fewer points that look the same: of every bin of states the least and the greatest, at its ends. */
export function downsample(rows: readonly Float64Array[], { from, to }: StepRange, most = maxPoints): Float64Array[] {
  const states = to - from + 1;
  if (states <= most) return [overSpan({ from, to }, (t) => t), ...rows];
  const bins = Math.floor(most / 2);
  const edge = (b: number) => Math.floor((b * states) / bins);
  const x = Float64Array.from({ length: bins * 2 }, (_, k) => {
    const b = k >> 1;
    return from + (k % 2 === 0 ? edge(b) : edge(b + 1) - 1);
  });
  return [x, ...rows.map((row) => extremes(row, bins, edge))];
}

function extremes(row: Float64Array, bins: number, edge: (b: number) => number): Float64Array {
  const out = new Float64Array(bins * 2);
  for (let b = 0; b < bins; b++) {
    let [low, high] = [edge(b), edge(b)];
    for (let t = edge(b); t < edge(b + 1); t++) {
      if (row[t] < row[low] || Number.isNaN(row[low])) low = t;
      if (row[t] > row[high] || Number.isNaN(row[high])) high = t;
    }
    out[2 * b] = row[Math.min(low, high)];
    out[2 * b + 1] = row[Math.max(low, high)];
  }
  return out;
}

/** Bounds of all finite numbers in rows and of further numbers, with a margin. */
export function rangeOf(rows: readonly ArrayLike<number>[], more: readonly number[] = []): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const row of [...rows, more]) {
    for (let i = 0; i < row.length; i++) {
      if (!Number.isFinite(row[i])) continue;
      low = Math.min(low, row[i]);
      high = Math.max(high, row[i]);
    }
  }
  if (low > high) return [0, 1];
  // Numbers that differ in their last bits only are drawn as one level.
  const flat = high - low < 1e-6 * Math.max(Math.abs(low), Math.abs(high), 1e-6);
  const margin = flat ? Math.abs(high) * 0.1 || 0.5 : (high - low) * 0.08;
  return [low - margin, high + margin];
}
