import { fixed } from './format.ts';

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
