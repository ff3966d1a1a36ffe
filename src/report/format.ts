import { printable } from '../../envs/text.ts';
import type { Interval } from '../statistics/intervals.ts';

/** Text for people: numbers, times, bars and lines of eighths. */

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Three digits; powers of ten where a number is far from 1. */
export function figures(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size >= 1e5 || size < 1e-3) {
    return Number(value.toPrecision(2)).toExponential().replace('+', '');
  }
  return size >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** A share in percent; what is only rounding counts as none. */
export function share(value: number): string {
  return value < 1e-11 ? '≈ 0' : `${figures(100 * value)} %`;
}

/** A probability, to the size that matters. */
export function chance(p: number): string {
  return p < 1e-15 ? '< 1e-15' : figures(p);
}

/** "1 estimator", "2 estimators" */
export function plural(many: number, noun: string): string {
  return `${count(many)} ${noun}${many === 1 ? '' : 's'}`;
}

export function percent(rate: number): string {
  return `${(100 * rate).toFixed(rate === 1 || rate === 0 ? 0 : 1)} %`;
}

export function seconds(value: number): string {
  const whole = Math.floor(value);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Of a file: 1.2 MB */
export function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A value with its unit. */
export function measure(value: number, unit: string): string {
  return `${value.toFixed(3)} ${unit}`;
}

/** A dash where there is none. */
export function interval(found: Interval | null, show: (value: number) => string): string {
  return found ? `${show(found[0])} to ${show(found[1])}` : '–';
}

/** A share of `width` cells, to the eighth of a cell. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(Math.max(share, 0), 1) * width * 8);
  const full = '█'.repeat(Math.floor(eighths / 8));
  const part = eighths % 8 ? ' ▏▎▍▌▋▊▉'[eighths % 8] : '';
  return (full + part).padEnd(width, '·');
}

/** The last `width` values between low and high as a line of blocks. */
export function sparkline(values: readonly number[], low: number, high: number, width: number): string {
  const blocks = '▁▂▃▄▅▆▇█';
  return values
    .slice(-width)
    .map((value) => blocks[Math.min(7, Math.max(0, Math.floor(((value - low) / (high - low || 1)) * 8)))])
    .join('');
}

/** Rows of cells in columns that line up, as lines. */
export function table(rows: readonly (readonly string[])[], indent = '  '): string[] {
  const cells = rows.map((row) => row.map(printable));
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map((row) => (indent + row.map((cell, column) => cell.padEnd(widths[column])).join('  ')).trimEnd());
}

/** A command of this command line, to be pasted into a shell. */
export function commandLine(...args: readonly string[]): string {
  return ['npx armature', ...args.map(quoted)].join(' ');
}

/** An option's name as a command line has it: learningRate -> learning-rate */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A word of a command line. Double quotes, where they do, are understood by every shell. */
export function quoted(text: string): string {
  if (/^[\p{L}\p{N}_@%+=:,./-]+$/u.test(text)) return text;
  return /["$`!]|\\\\|\\$|\p{Cc}/u.test(text) ? `'${text.replaceAll("'", `'\\''`)}'` : `"${text}"`;
}

/** As text of an HTML page, or of an attribute. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** The same with subscripts, such as that of s_T or P_new: what follows a single symbol and an underscore. */
export function math(text: string): string {
  return escaped(text).replace(/(?<![\p{L}\d])([\p{L}∇])_([\p{L}′]+)/gu, '$1<sub>$2</sub>');
}
