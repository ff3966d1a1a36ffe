import type { Interval } from './statistics.ts';

/** Text for people: numbers, times, bars and lines of eighths. */

export function count(value: number): string {
  return value.toLocaleString('en-US');
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

export function meters(value: number): string {
  return `${value.toFixed(3)} m`;
}

export function interval([low, high]: Interval, show: (value: number) => string): string {
  return `${show(low)} to ${show(high)}`;
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

/** Rows of cells in columns that line up. */
export function table(rows: readonly (readonly string[])[], indent = '  '): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) => (indent + row.map((cell, column) => cell.padEnd(widths[column])).join('  ')).trimEnd())
    .join('\n');
}
