import { styleText } from 'node:util';
import { type Samples, spread } from './measure.ts';

/** One measured quantity, beside its floor where it has one. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly samples: Samples;
  /** What it is measured against, in the same unit and the same rounds. */
  readonly floor?: { readonly name: string; readonly samples: Samples };
  /** The figure and its floor as one number, round by round. */
  readonly ratio?: Samples;
  readonly bar?: Bar;
}

/** What the figure or its ratio is to reach. */
export interface Bar {
  readonly of: 'value' | 'ratio';
  readonly is: 'at least' | 'at most';
  readonly limit: number;
}

/** Rows of cells, the first of them the heads. */
export interface Grid {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface Section {
  readonly name: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  readonly grids: readonly Grid[];
  readonly notes: readonly string[];
}

const dim = (text: string) => (process.stdout.isTTY ? styleText('dim', text) : text);
const bold = (text: string) => (process.stdout.isTTY ? styleText('bold', text) : text);

export function showSection({ title, figures, grids, notes }: Section): string {
  const parts = [`\n${bold(title)}\n`];
  if (figures.length) parts.push(aligned([figureHeads, ...figures.map(cellsOf)]));
  for (const { title: name, heads, rows } of grids) {
    parts.push(`\n${dim(name)}\n`, aligned([heads, ...rows.map((row) => row.map(cell))]));
  }
  if (notes.length) parts.push(`\n${notes.map((note) => dim(`  ${note}`)).join('\n')}`);
  return `${parts.join('\n').replaceAll('\n\n\n', '\n\n')}\n`;
}

const figureHeads = ['', 'median', 'quartiles', 'unit', 'floor', 'median', 'ratio', 'bar', ''];

function cellsOf(figure: Figure): string[] {
  const { name, unit, samples, floor, ratio, bar } = figure;
  const { median, low, high } = spread(samples);
  const met = verdict(figure);
  return [
    name,
    digits(median),
    `${digits(low)} .. ${digits(high)}`,
    unit,
    floor?.name ?? '',
    floor ? digits(spread(floor.samples).median) : '',
    ratio ? digits(spread(ratio).median) : '',
    bar ? `${bar.of} ${bar.is} ${digits(bar.limit)}` : '',
    met === null ? '' : met ? 'met' : 'missed',
  ];
}

/** Whether the median keeps to the bar; null where there is none. */
export function verdict({ samples, ratio, bar }: Figure): boolean | null {
  if (!bar) return null;
  const { median } = spread(bar.of === 'ratio' ? (ratio ?? []) : samples);
  return bar.is === 'at least' ? median >= bar.limit : median <= bar.limit;
}

/** The first column to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const numeric = (column: number) => rows.slice(1).some((row) => /^[-+\d.,]+( %| x)?$/.test(row[column]));
  const lines = rows.map((row) =>
    row.map((text, column) => (numeric(column) ? text.padStart(widths[column]) : text.padEnd(widths[column]))),
  );
  return lines.map((line, i) => (i ? `  ${line.join('  ')}` : dim(`  ${line.join('  ')}`)).trimEnd()).join('\n');
}

function cell(value: string | number): string {
  return typeof value === 'number' ? digits(value) : value;
}

/** Three digits that count. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value === 0 ? '0' : value.toFixed(Math.max(0, Math.min(5, 2 - Math.floor(Math.log10(Math.abs(value))))));
}

/** For programs: the samples, and what a person would make of them. */
export function jsonOf(section: Section): object {
  const figures = section.figures.map((figure) => ({
    ...figure,
    ...spread(figure.samples),
    ...(figure.floor && { floor: { ...figure.floor, ...spread(figure.floor.samples) } }),
    ...(figure.ratio && { ratio: { samples: figure.ratio, ...spread(figure.ratio) } }),
    ...(figure.bar && { met: verdict(figure) }),
  }));
  return { ...section, figures };
}
