import type { OptionValue } from '../../envs/options.ts';
import type { Chart, Series } from '../report/chart.ts';
import { count, percent, plural } from '../report/format.ts';
import type { Cell, Report, Section, Table } from '../report/page.ts';
import { circumstances, type Provenance, replayNote } from './comparison-report.ts';
import { curveSeries } from './curve-series.ts';
import { runName } from './job.ts';
import { optionPlots } from './option-plots.ts';
import { type Figure, figures } from './results.ts';
import {
  mostCurves,
  type RunPage,
  type SweepResults,
  type VariantCurves,
  type VariantResults,
} from './sweep-results.ts';
import { figureCells, figureColumns } from './table.ts';

/** @param titled what was trained where, for the head of the page */
export function sweepPage(
  results: SweepResults,
  provenance: Provenance,
  { title, about, openRun }: { readonly title: string; readonly about: string; readonly openRun: RunPage },
): Report {
  const { variants, failed } = results;
  return {
    title,
    about,
    sections: [
      variantsSection(results, openRun),
      ...optionPlots(results, openRun),
      ...curvesSection(results, openRun),
      ...(failed.length ? [failedSection(results)] : []),
      runsSection(results, openRun),
      {
        name: 'made',
        title: 'How it was made',
        command: provenance.command,
        notes: [circumstances(provenance)],
        folded: { summary: `What was varied, in ${plural(variants.length, 'variant')}`, tables: [axesTable(results)] },
      },
    ],
  };
}

/** A link, where there is something to open. */
function linked(text: string, href: string | null | undefined): Cell {
  return href ? { text, href } : text;
}

/** More rows are folded away. */
const manyRows = 20;

function variantsSection(results: SweepResults, openRun: RunPage): Section {
  const { columns, rows } = variantTable(results, openRun);
  const isLong = rows.length > manyRows;
  const rest = { columns, rows: rows.slice(manyRows) };
  return {
    name: 'results',
    title: 'Variants',
    tables: [{ columns, rows: rows.slice(0, manyRows) }],
    notes: notesOf(results),
    ...(isLong && { folded: { summary: `${count(rest.rows.length)} more variants`, tables: [rest] } }),
  };
}

/** A row for each variant, the best first. */
export function variantTable(results: SweepResults, openRun: RunPage = () => null): Table<Cell> {
  const { axes, variants, has_goals: hasGoals, seeds, stages } = results;
  const rows = variants.map((variant, i): Cell[] => {
    const [first] = variant.runs;
    return [
      linked(`${i + 1}`, first && openRun(variant.name, first.seed)),
      ...axes.map(({ key }) => shownValue(variant.values[key])),
      ...(stages > 1 ? [stopped(variant)] : []),
      ...figureCells(variant, hasGoals, variant.runs.length || seeds.length),
    ];
  });
  return {
    columns: [
      'rank',
      ...axes.map(({ key }) => key),
      ...(stages > 1 ? ['trained for'] : []),
      ...figureColumns(hasGoals),
    ],
    rows,
  };
}

export function shownValue(value: OptionValue | undefined): string {
  return value === undefined ? '–' : String(value);
}

function stopped({ stopped_at: at, steps, runs }: VariantResults): string {
  if (!runs.length) return '–';
  return at === null ? `${count(steps)} steps` : `stopped at ${count(at)} of ${count(steps)}`;
}

/** What one has to know to read the table. */
export function notesOf({ has_goals, goals, seeds, stages, failed }: SweepResults): string[] {
  const what = has_goals ? 'success, then by return' : 'return';
  return [
    `Sorted by ${what}: interquartile means over ${plural(seeds.length, 'seed')}, of the mean action on ${count(goals.episodes)} fresh ${has_goals ? 'goals' : 'episodes'} of each seed's own.`,
    ...(has_goals
      ? [
          'Solved: at least 98 % of the held-out goals reached at three evaluations in a row. A seed that was not solved counts as its budget in the steps to solved, which is then a lower bound.',
        ]
      : []),
    ...(stages > 1
      ? [
          `Successive halving: the better half went on after ${halvings(stages)} of the steps. A variant that was stopped is judged as it was then, and stands after those that went on.`,
        ]
      : []),
    seeds.length === 1
      ? 'One seed says nothing of how others come out: there are no intervals.'
      : "Intervals: 95 %, over the seeds, by Student's t and bootstrap. The best of many variants looks better than it is: seeds of its own tell how it does.",
    ...(failed.length ? [`${plural(failed.length, 'run')} failed: see below why. They are in no figure.`] : []),
  ];
}

function halvings(stages: number): string {
  const shares = Array.from({ length: stages - 1 }, (_, stage) => `1/${2 ** (stages - 1 - stage)}`);
  return shares.join(' and ');
}

function curvesSection({ curves, variants, has_goals: hasGoals }: SweepResults, openRun: RunPage): Section[] {
  const { grid, variants: shown } = curves;
  if (!shown.length) return [];
  const labels = new Map(variants.map(({ name, label }) => [name, label]));
  const x = { label: 'training steps', unit: 'steps', range: [0, grid[grid.length - 1]] as const };
  const chart = (
    title: string,
    figure: Figure,
    curveIn: (one: VariantCurves) => VariantCurves['success_rate'],
  ): Chart => ({
    title,
    subtitle: `of the mean action on held-out ${hasGoals ? 'goals' : 'episodes'}`,
    group: 'curves',
    x,
    y: { label: '' },
    series: shown.flatMap((one, i): Series[] => {
      const curve = curveIn(one);
      if (!curve) return [];
      const opens = one.runs.map(({ seed }) => ({ name: runName(one, seed), href: openRun(one.name, seed) }));
      const canOpen = opens.every((open): open is { name: string; href: string } => open.href !== null);
      const label = labels.get(one.name) ?? one.name;
      return [curveSeries({ label, curve, runs: one.runs, figure, ...(canOpen && { opens }) }, grid, i)];
    }),
  });
  const success = chart('Success rate', figures.successRate, (one) => one.success_rate);
  const plots = [
    ...(hasGoals ? [{ ...success, y: { label: '', percent: true, range: [-0.02, 1.02] as const } }] : []),
    chart('Return', figures.return, (one) => one.return),
  ];
  const all = variants.filter(({ stopped_at: at, runs }) => at === null && runs.length).length;
  const which = all > mostCurves ? `The best ${mostCurves} of ${all} variants. ` : '';
  const note = `${which}Line: interquartile mean over the seeds, with its 95 % interval. Faint: single seeds; a press replays one. Select a variant to see it alone; drag over a plot to zoom in, double-click to see all of it.`;
  return [{ name: 'curves', title: 'Learning curves', plots, notes: [note] }];
}

function failedSection({ failed }: SweepResults): Section {
  const rows = failed.map(({ run, reason }) => [run, reason]);
  return { name: 'failed', title: 'Runs that failed', tables: [{ columns: ['run', 'why'], rows }] };
}

function runsSection({ variants, has_goals: hasGoals }: SweepResults, openRun: RunPage): Section {
  const rows = variants.flatMap((variant) =>
    variant.runs.map((run): Cell[] => [
      linked(runName(variant, run.seed), openRun(variant.name, run.seed)),
      `${count(run.steps)} steps`,
      ...(hasGoals
        ? [run.solved_at === null ? 'never' : `${count(run.solved_at)} steps`, percent(run.success_rate ?? 0)]
        : []),
      run.return.toFixed(3),
    ]),
  );
  const columns = ['run', 'trained for', ...(hasGoals ? ['solved at', 'success'] : []), 'return'];
  const tables = [{ columns, rows }];
  const canOpen = variants.some(({ name, runs }) => runs.some(({ seed }) => openRun(name, seed)));
  const notes = canOpen ? [replayNote] : [];
  const isLong = rows.length > manyRows;
  return {
    name: 'runs',
    title: 'Runs',
    notes,
    ...(isLong ? { folded: { summary: `All ${count(rows.length)} runs`, tables } } : { tables }),
  };
}

function axesTable({ axes }: SweepResults): Table {
  const rows = axes.map(({ key, values, range }) => {
    const drawn =
      range && `${range.low} to ${range.high}, ${range.scale === 'log' ? 'evenly in the logarithm' : 'evenly'}`;
    return [key, values.length ? values.join(', ') : (drawn ?? '')];
  });
  return { columns: ['option', 'values'], rows };
}
