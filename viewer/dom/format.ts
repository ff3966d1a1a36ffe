import { countSuccesses } from '../../envs/trajectory.ts';

/** Numbers as text: a true minus sign, and no negative zero. */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : '−∞';
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** About four digits that matter, whatever the size. */
export function compact(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6 && size < Infinity) return value.toExponential(2).replace('-', '−').replace('e+', 'e');
  return fixed(value, size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

export function integer(value: number): string {
  return value.toLocaleString('en');
}

/** `0.4×` */
export function speedText(speed: number): string {
  return `${Number(speed.toPrecision(2))}×`;
}

export function reachedText(episodes: readonly { readonly success: boolean }[]): string {
  return `${countSuccesses(episodes)} of ${episodes.length} reached`;
}
