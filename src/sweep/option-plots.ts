import type { OptionValue } from '../../envs/options.ts';
import { type Chart, dashes, type Series } from '../report/chart.ts';
import { percent } from '../report/format.ts';
import type { Section } from '../report/page.ts';
import { type ParallelAxis, parallelSvg } from '../report/parallel.ts';
import type { Estimate } from './results.ts';
import type { RunPage, SweepResults, VariantResults } from './sweep-results.ts';
import { type Axis, shareIn } from './values.ts';

/** How a figure depends on the options: one of numbers is drawn as a curve, several as parallel coordinates. */

interface Measure {
  readonly title: string;
  readonly percent?: boolean;
  readonly of: (variant: VariantResults) => Estimate | null;
}

/** More series nobody tells apart. */
const mostSeries = 8;

export function optionPlots(results: SweepResults, openRun: RunPage): Section[] {
  const varied = results.axes.filter(({ key }) => new Set(results.variants.map(({ values }) => values[key])).size > 1);
  const shown = results.variants.filter(({ runs }) => runs.length);
  if (!varied.length || shown.length < 2) return [];
  const numeric = varied.filter((axis) => isNumeric(axis, shown));
  const others = varied.filter((axis) => !numeric.includes(axis));
  const kinds = new Set(shown.map((variant) => nameIn(variant, others)));
  const charts = measuresOf(results);
  const section = {
    name: 'options',
    title: varied.length === 1 ? `What ${varied[0].key} does` : 'What the options do',
  };
  if (numeric.length === 1 && kinds.size <= mostSeries) {
    const plots = charts.map((measure) => overNumbers(measure, numeric[0], others, shown, openRun));
    return [{ ...section, plots, notes: [pointNote] }];
  }
  if (varied.length === 1) {
    const plots = charts.map((measure) => overNames(measure, varied[0], shown, openRun));
    return [{ ...section, plots, notes: [pointNote] }];
  }
  return [
    { ...section, drawing: parallel(varied, charts[0], shown, openRun), notes: [parallelNote(results, charts[0])] },
  ];
}

const pointNote =
  'Mark: interquartile mean over the seeds, with its 95 % interval. A press on a mark replays a run of the variant.';

function parallelNote({ stages }: SweepResults, { title }: Measure): string {
  const dashed = stages > 1 ? ' Dashed: stopped before the end, and judged as it was then.' : '';
  return `A line for each variant, from its options to its ${title.toLowerCase()}; the stronger its colour, the better.${dashed} Point at a line for its name; a press replays a run of it.`;
}

function measuresOf({ has_goals }: SweepResults): Measure[] {
  const success: Measure = { title: 'Success rate', percent: true, of: (variant) => variant.success_rate };
  const mean: Measure = { title: 'Return', of: (variant) => variant.return };
  return has_goals ? [success, mean] : [mean];
}

function isNumeric({ key }: Axis, variants: readonly VariantResults[]): boolean {
  return variants.every(({ values }) => values[key] === undefined || typeof values[key] === 'number');
}

/** Numbers that are far apart are drawn by their logarithm. */
function isLog({ key, range }: Axis, variants: readonly VariantResults[]): boolean {
  const numbers = numbersOf(key, variants);
  if (range) return range.scale === 'log';
  return Math.min(...numbers) > 0 && Math.max(...numbers) / Math.min(...numbers) >= 50;
}

function numbersOf(key: string, variants: readonly VariantResults[]): number[] {
  return variants.flatMap(({ values }) => (typeof values[key] === 'number' ? [values[key]] : []));
}

function nameIn({ values }: VariantResults, axes: readonly Axis[]): string {
  return axes.map(({ key }) => String(values[key] ?? '–')).join(' ');
}

function linkOf(variant: VariantResults, openRun: RunPage) {
  const href = openRun(variant.name, variant.runs[0].seed);
  return href === null ? null : { name: variant.label, href };
}

function overNumbers(
  { title, percent: isPercent, of }: Measure,
  axis: Axis,
  others: readonly Axis[],
  variants: readonly VariantResults[],
  openRun: RunPage,
): Chart {
  const having = variants.filter(({ values }) => values[axis.key] !== undefined);
  const kinds = [...new Set(having.map((variant) => nameIn(variant, others)))].sort();
  const series = kinds.map((kind, i): Series => {
    const own = having
      .filter((variant) => nameIn(variant, others) === kind)
      .sort((a, b) => Number(a.values[axis.key]) - Number(b.values[axis.key]));
    const found = own.map(of);
    return {
      label: kind || axis.key,
      x: own.map(({ values }) => Number(values[axis.key])),
      y: found.map((estimate) => estimate?.value ?? null),
      ...bars(found),
      links: own.map((variant) => linkOf(variant, openRun)),
      line: true,
      points: true,
      dash: dashes[i % dashes.length],
    };
  });
  return {
    title,
    subtitle: 'after training, on fresh goals',
    x: { label: axis.key, log: isLog(axis, having) },
    y: isPercent ? { label: '', percent: true, range: [-0.02, 1.02] } : { label: '' },
    series,
  };
}

/** Intervals, where there are any. */
function bars(found: readonly (Estimate | null)[]): Pick<Series, 'low' | 'high'> {
  if (!found.some((estimate) => estimate?.interval)) return {};
  const edge = (side: 0 | 1) => found.map((estimate) => estimate?.interval?.[side] ?? estimate?.value ?? null);
  return { low: edge(0), high: edge(1) };
}

function overNames(
  { title, percent: isPercent, of }: Measure,
  { key }: Axis,
  variants: readonly VariantResults[],
  openRun: RunPage,
): Chart {
  const found = variants.map(of);
  return {
    title,
    x: { label: '', names: variants.map(({ values }) => String(values[key])) },
    y: isPercent ? { label: '', percent: true, range: [-0.02, 1.02] } : { label: '' },
    series: [
      {
        label: title,
        x: variants.map((_, i) => i),
        y: found.map((estimate) => estimate?.value ?? null),
        ...bars(found),
        links: variants.map((variant) => linkOf(variant, openRun)),
        points: true,
      },
    ],
  };
}

interface Scale {
  readonly axis: ParallelAxis;
  readonly place: (value: OptionValue | undefined) => number | null;
}

function parallel(axes: readonly Axis[], measure: Measure, variants: readonly VariantResults[], openRun: RunPage) {
  const scales = axes.map((axis) =>
    isNumeric(axis, variants) ? numberScale(axis, variants) : nameScale(axis, variants),
  );
  const values = variants.map((variant) => measure.of(variant)?.value ?? 0);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const share = (value: number) => shareIn({ low, high, scale: 'lin' }, value);
  const show = (value: number) => (measure.percent ? percent(value) : value.toFixed(2));
  const ticks = [...new Set([low, (low + high) / 2, high])].map((value) => ({ at: share(value), text: show(value) }));
  const lines = variants.map((variant, i) => ({
    title: `${variant.label}: ${show(values[i])}`,
    places: [...axes.map(({ key }, k) => scales[k].place(variant.values[key])), share(values[i])],
    strength: share(values[i]),
    isStopped: variant.stopped_at !== null,
    href: linkOf(variant, openRun)?.href,
  }));
  const title = `${axes.map(({ key }) => key).join(', ')} and the ${measure.title.toLowerCase()} of every variant`;
  return {
    title,
    svg: parallelSvg({ axes: [...scales.map(({ axis }) => axis), { title: measure.title, ticks }], lines }),
  };
}

function numberScale(axis: Axis, variants: readonly VariantResults[]): Scale {
  const numbers = [...new Set(numbersOf(axis.key, variants))].sort((a, b) => a - b);
  const range = {
    low: numbers[0],
    high: numbers[numbers.length - 1],
    scale: isLog(axis, variants) ? 'log' : 'lin',
  } as const;
  const at = (value: number) => shareIn(range, value);
  // The ends first: they are those that stay where there is not room for all.
  const named = [...new Set([range.low, range.high, ...(axis.values.length ? numbers : [])])];
  return {
    axis: { title: axis.key, ticks: named.map((value) => ({ at: at(value), text: String(value) })) },
    place: (value) => (typeof value === 'number' ? at(value) : null),
  };
}

function nameScale({ key }: Axis, variants: readonly VariantResults[]): Scale {
  const names = [
    ...new Set(variants.flatMap(({ values }) => (values[key] === undefined ? [] : [String(values[key])]))),
  ].sort();
  const at = (name: string) => (names.length === 1 ? 0.5 : names.indexOf(name) / (names.length - 1));
  return {
    axis: { title: key, ticks: names.map((name) => ({ at: at(name), text: name })) },
    place: (value) => (value === undefined ? null : at(String(value))),
  };
}
