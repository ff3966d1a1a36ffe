import type { EnvConfig } from '../../envs/env.ts';
import type { Chart, Series } from '../report/chart.ts';
import { count, percent, plural } from '../report/format.ts';
import type { Cell, Report, Table } from '../report/page.ts';
import type { Judged, Measured, Scores } from './measure.ts';

/** All that a table and a picture of robustness show. */
export interface Robustness {
  readonly env: EnvConfig;
  /** What simulated: rapier, or another engine. */
  readonly engine: string;
  /** Names of the runs, or of the one controller that is judged in their place. */
  readonly runs: readonly string[];
  /** Name of the controller beside them; null where there is none. */
  readonly controller: string | null;
  /** Goals of each cell, and the seed that they are drawn from. */
  readonly goals: { readonly seed: number; readonly episodes: number };
  readonly measured: readonly Measured[];
}

type Figure = Exclude<Cell, string>;

const fixed = (value: number) => value.toFixed(3);
const signed = (value: number) => `${value < 0 ? '−' : '+'}${fixed(Math.abs(value))}`;

/** A row for each change, for the terminal and the report. */
export function tableOf({ measured, runs, controller }: Robustness): Table<Figure> {
  const hasGoals = measured[0].policy.success !== null;
  const isMany = runs.length > 1;
  const columns = [
    'change',
    ...(hasGoals ? ['success', ...(isMany ? ['worst run'] : [])] : []),
    'return',
    ...(controller
      ? [...(hasGoals ? [controller] : []), hasGoals ? 'its return' : `return of ${controller}`, 'difference']
      : []),
  ];
  const rows = measured.map(({ label, policy, controller: theirs, difference }) => [
    { text: label },
    ...cellsOf(policy, isMany),
    ...(theirs ? cellsOf(theirs, false) : []),
    ...(difference ? [mean(difference, signed)] : []),
  ]);
  return { columns, rows };
}

function cellsOf({ success, return: total }: Scores, isMany: boolean): Figure[] {
  const worst = success && isMany ? [{ text: percent(Math.min(...success.runs)) }] : [];
  return [...(success ? [rate(success)] : []), ...worst, mean(total, fixed)];
}

function rate({ mean, interval: found }: Judged): Figure {
  return { text: percent(mean), ...(found && { interval: `${(100 * found[0]).toFixed(1)} to ${percent(found[1])}` }) };
}

/** Its interval is as far to either side. */
function mean({ mean: value, interval: found }: Judged, show: (value: number) => string): Figure {
  return { text: show(value), ...(found && { interval: `± ${fixed((found[1] - found[0]) / 2)}` }) };
}

/** What one has to know to read the table. */
export function notesOf({ measured, runs, goals, controller, engine }: Robustness): string[] {
  const faults = measured.reduce(
    (sum, { policy, controller: theirs }) => sum + policy.faults + (theirs?.faults ?? 0),
    0,
  );
  const over =
    runs.length > 1 ? 'over goals and runs together: for other goals, and other seeds of training' : 'over the goals';
  return [
    `Every cell: the same ${plural(goals.episodes, 'goal')} of seed ${goals.seed}, by the mean action${engine === 'rapier' ? '' : `, simulated by ${engine}`}.`,
    `Intervals: 95 %, ${over}.`,
    ...(controller ? [`Difference: the return less the ${controller} controller's, goal by goal.`] : []),
    ...(faults ? [`Episodes in which the simulation diverged: ${count(faults)}. They are no success.`] : []),
  ];
}

/** The page: a picture of success and return, and the table. */
export function robustnessPage(found: Robustness, software: string, command: string): Report {
  const { env, runs, controller, measured, engine } = found;
  const charts = chartsOf(found);
  const marks: Table<Cell> = tableOf(found);
  const usual = Object.entries(env.options).map(([name, value]) => [name, String(value)]);
  return {
    title: `${env.env}: robustness`,
    about: `${software} · ${engine} · ${runs.join(', ')}${controller ? `, beside the ${controller} controller` : ''}`,
    sections: [
      {
        name: 'robustness',
        title: `What ${plural(measured.length - 1, 'change')} of the world make of it`,
        plots: charts,
        tables: [marks],
        notes: notesOf(found),
      },
      {
        name: 'made',
        title: 'How it was made',
        command,
        folded: { summary: 'All options of the environment', tables: [{ columns: ['option', env.arm], rows: usual }] },
      },
    ],
  };
}

/** Of a place on the picture's side. */
const apart = 0.14;

function chartsOf({ measured, runs, controller }: Robustness): Chart[] {
  const names = measured.map(({ label }) => label);
  const series = (pick: (scores: Scores) => Judged | null): Series[] => {
    // One above the other, where they would hide each other.
    const one = (label: string, of: (row: Measured) => Scores | null, aside: number): Series => {
      const values = measured.map((row) => pick(of(row) as Scores));
      return {
        label,
        x: names.map((_, i) => i + aside),
        y: values.map((value) => value?.mean ?? null),
        low: values.map((value) => value?.interval?.[0] ?? null),
        high: values.map((value) => value?.interval?.[1] ?? null),
        points: true,
      };
    };
    const own = one(
      runs.length > 1 ? plural(runs.length, 'run') : 'policy',
      (row) => row.policy,
      controller ? -apart : 0,
    );
    return controller ? [own, one(controller, (row) => row.controller, apart)] : [own];
  };
  const look = { group: 'robustness', x: { label: '', names } } as const;
  const hasGoals = measured[0].policy.success !== null;
  const returns: Chart = { ...look, title: 'Return', y: { label: '' }, series: series((scores) => scores.return) };
  if (!hasGoals) return [returns];
  const success = series((scores) => scores.success);
  const lowest = Math.min(...success.flatMap(({ low = [] }) => low.map((value) => value ?? 1)));
  return [
    {
      ...look,
      title: 'Success',
      y: { label: '', percent: true, range: [Math.min(lowest, 0.9) - 0.01, 1.01] },
      series: success,
    },
    returns,
  ];
}
