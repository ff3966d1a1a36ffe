import { log } from '../../envs/math/kernels.ts';
import type { Random } from '../../envs/math/random.ts';
import { type OptionValue, UsageError } from '../../envs/options.ts';

/** What is tried of one option: `gamma=0.9,0.99`, `learningRate=1e-4:1e-2:log:6`. */
export interface Axis {
  /** The option as plans and reports call it: `learningRate`, `set.horizon`, `arm`. */
  readonly key: string;
  /** Every value; of a range without a number of steps none, as values are drawn from it. */
  readonly values: readonly OptionValue[];
  /** Where the values are those of a range. */
  readonly range?: Range;
}

export interface Range {
  readonly low: number;
  readonly high: number;
  readonly scale: Scale;
  readonly isInteger: boolean;
}

export type Scale = 'log' | 'lin';

/** More are no steps of a range that somebody means. */
const mostSteps = 10_000;

/**
 * The values of an option as a command line has them: a list with commas between, or semicolons where values have commas; or a range.
 * @param isInteger whether the values of a range are to be whole
 * @throws UsageError that names the option
 */
export function parseAxis(key: string, text: string, isInteger = false): Axis {
  const parts = text.split(':');
  const isRange = parts.length >= 3 && parts.length <= 4 && (parts[2] === 'log' || parts[2] === 'lin');
  if (isRange) return rangeAxis(key, text, isInteger);
  const values = text.split(text.includes(';') ? ';' : ',').map((part) => read(part.trim()));
  const again = values.find((value, i) => values.indexOf(value) < i);
  if (values.includes('')) throw new UsageError(`--vary ${key}: expected values with commas between, found "${text}"`);
  if (again !== undefined) throw new UsageError(`--vary ${key}: ${again} is expected once, found twice in "${text}"`);
  return { key, values };
}

function read(text: string): OptionValue {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function rangeAxis(key: string, text: string, isInteger: boolean): Axis {
  const [low, high, scale, steps] = text.split(':');
  const range = { low: numberIn(low), high: numberIn(high), scale: scale as Scale, isInteger };
  if (!(range.low < range.high) || (scale === 'log' && range.low <= 0)) {
    const bounds = scale === 'log' ? '0 < low < high' : 'low < high';
    throw new UsageError(`--vary ${key}: expected low:high:${scale}:n with ${bounds}, found "${text}"`);
  }
  if (steps === undefined) return { key, values: [], range };
  const n = /^\d+$/.test(steps) ? Number(steps) : 0;
  if (n < 2 || n > mostSteps) {
    throw new UsageError(`--vary ${key}: expected from 2 to ${mostSteps} values in a range, found "${steps}"`);
  }
  const values = Array.from({ length: n }, (_, i) => within(range, i / (n - 1)));
  return { key, values: [...new Set(values)], range };
}

function numberIn(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** Digits of a number between the ends of a range: more are noise in a table, and differ from one machine's logarithm to another's. */
const digits = 4;

/** The number at a share of the way through a range, from 0 to 1. */
export function within({ low, high, scale, isInteger }: Range, share: number): number {
  if (share === 0 || share === 1) return share ? high : low;
  const found = scale === 'log' ? low * (high / low) ** share : low + share * (high - low);
  return isInteger ? Math.round(found) : Number(found.toPrecision(digits));
}

/** Where a number lies in a range, from 0 to 1. */
export function shareIn({ low, high, scale }: Pick<Range, 'low' | 'high' | 'scale'>, value: number): number {
  if (low === high) return 0.5;
  return scale === 'log' ? log(value / low) / log(high / low) : (value - low) / (high - low);
}

/** A value by chance: each one of a list, and each part of a range, alike. */
export function drawn({ values, range }: Axis, random: Random): OptionValue {
  return values.length ? values[random.below(values.length)] : within(range as Range, random.uniform());
}
