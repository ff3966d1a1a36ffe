import { arms } from '../../envs/arms/index.ts';
import { rangesText } from '../../envs/dynamics/ranges.ts';
import { tasks } from '../../envs/tasks/index.ts';
import type { Chart, Series } from '../report/chart.ts';
import { count, percent } from '../report/format.ts';
import type { Cell, Report, Section, Table } from '../report/page.ts';
import { picturesOf } from '../robots/picture.ts';
import { curveSeries } from './curve-series.ts';
import type { Curve } from './curves.ts';
import { runName } from './job.ts';
import { type AlgorithmResults, type Figure, figures, type Results } from './results.ts';
import { notesOf, tableOf } from './table.ts';

/** What made a report, as far as that changes nothing in it: what else there is to say is in the file of the times. */
export interface Provenance {
  readonly command: string;
  readonly software: string;
  /** The plotting library that draws the page's charts, with its version. */
  readonly plotting: string;
}

/** The address at which a run's rollouts are replayed. */
export type ReplayOf = (algorithm: string, seed: number) => string;

/** @param replayOf where every run opens; nothing is opened where it is not given */
export function comparisonPage(results: Results, provenance: Provenance, replayOf?: ReplayOf): Report {
  const { env, algorithms } = results;
  const plots = chartsOf(results, replayOf);
  const summary = tableOf(results);
  const rows = summary.rows.map(([first, ...others], i): Cell[] => {
    const { name, runs } = algorithms[i];
    return [{ ...first, ...(replayOf && { href: replayOf(name, runs[0].seed) }) }, ...others];
  });
  const table = { ...summary, rows, series: plots[0].series };
  const reading =
    'Line: interquartile mean over the seeds. Band: its 95 % interval over the seeds, on the held-out episodes that they share. Faint: single seeds. Select an algorithm to see it alone; drag over a plot to zoom in, double-click to see all of it.';
  const opening = replayOf ? ' Press a faint line to replay its run.' : '';

  return {
    title: `${env.env}: ${algorithms.map(({ name }) => name).join(', ')}`,
    about: settings(results),
    sections: [
      { name: 'results', title: 'Results', tables: [table], notes: notesOf(results) },
      { name: 'curves', title: 'Learning curves', plots, notes: [reading + opening] },
      { name: 'runs', title: 'Runs', tables: [runsTable(results, replayOf)], notes: replayOf ? [replayNote] : [] },
      {
        name: 'made',
        title: 'How it was made',
        command: provenance.command,
        pictures: pictureOf(env),
        notes: [circumstances(provenance)],
        folded: { summary: 'All options', tables: optionTables(results) },
      },
    ],
  };
}

function chartsOf({ algorithms, grid, has_goals }: Results, replayOf?: ReplayOf): Chart[] {
  const x = { label: 'training steps', unit: 'steps', range: [0, grid[grid.length - 1]] as const };
  const series = (figure: Figure, curveIn: (own: AlgorithmResults['curves']) => Curve | null | undefined) =>
    algorithms.map(({ name, curves, runs }, i): Series => {
      const opens = replayOf && runs.map(({ seed }) => ({ name: runName({ name }, seed), href: replayOf(name, seed) }));
      return curveSeries({ label: name, curve: curveIn(curves) as Curve, runs, figure, opens }, grid, i);
    });
  const held = `of the mean action on held-out ${has_goals ? 'goals' : 'episodes'}`;
  const returns: Chart = {
    title: 'Return',
    subtitle: held,
    group: 'curves',
    x,
    y: { label: '' },
    series: series(figures.return, (own) => own.return),
  };
  const terms = Object.keys(algorithms[0]?.curves.terms ?? {}).map((name): Chart => {
    const title = `Term ${name.replaceAll('_', ' ')}`;
    return {
      ...returns,
      title,
      subtitle: `what it adds to the return, ${held}`,
      series: series(figures.term(name), (own) => own.terms?.[name]),
    };
  });
  if (!has_goals) return [returns, ...terms];
  const success: Chart = {
    ...returns,
    title: 'Success rate',
    y: { label: '', percent: true, range: [-0.02, 1.02] },
    series: series(figures.successRate, (own) => own.success_rate),
  };
  return [success, returns, ...terms];
}

/** What is said where runs can be opened. */
export const replayNote =
  'A run opens in replay.html beside this page, where another can be put beside it: both play the same episodes side by side.';

/** A row for each run. */
function runsTable({ algorithms, has_goals }: Results, replayOf?: ReplayOf): Table<Cell> {
  const columns = ['run', ...(has_goals ? ['solved at', 'success'] : []), 'return'];
  const rows = algorithms.flatMap(({ name, runs }) =>
    runs.map((run): Cell[] => [
      { text: runName({ name }, run.seed), ...(replayOf && { href: replayOf(name, run.seed) }) },
      ...(has_goals
        ? [run.solved_at === null ? 'never' : `${count(run.solved_at)} steps`, percent(run.success_rate ?? 0)]
        : []),
      run.return.toFixed(3),
    ]),
  );
  return { columns, rows };
}

/** What sets this comparison apart: how much of what, and the options that are not as usual. */
function settings({ env, seeds, steps }: Results): string {
  // What is usual in a task of a user's own, its module says, which a report does not open.
  const usual = Object.hasOwn(tasks, env.env) ? tasks[env.env].options : {};
  const changed = Object.entries(env.options).filter(
    ([name, value]) => name === 'reward' || value !== usual[name]?.default,
  );
  const many = seeds.length === 1 ? `seed ${seeds[0]}` : `${seeds.length} seeds from ${seeds[0]} on`;
  const facts = [`${many}, ${count(steps)} training steps each`, `arm ${env.arm}`];
  const drawn = env.dynamics ? [`drawn for every episode: ${rangesText(env.dynamics)}`] : [];
  return [...facts, ...drawn, ...changed.map(([name, value]) => `${name} ${value}`)].join(' · ');
}

/** The arm that learned, as far as the page knows it: a module's own is not opened for it. */
function pictureOf({ arm, robot }: Results['env']): NonNullable<Section['pictures']> {
  const shown = robot ?? (Object.hasOwn(arms, arm) ? arms[arm] : undefined);
  if (!shown) return [];
  const [side] = picturesOf(shown);
  return [{ title: `The arm ${arm}, ${side.title}`, svg: side.svg }];
}

/** What stands at the end of a report. */
export function circumstances({ software, plotting }: Provenance): string {
  return `${software}; plots by ${plotting}. All numbers are in results.json beside this page; when, where and how long the runs were made is in timing.json; the runs, with their policies and rollouts, are in runs/.`;
}

function optionTables({ env, algorithms }: Results): Table[] {
  const names = [...new Set(algorithms.flatMap(({ options }) => Object.keys(options)))];
  return [
    {
      columns: ['training option', ...algorithms.map(({ name }) => name)],
      rows: names.map((name) => [name, ...algorithms.map(({ options }) => String(options[name] ?? '–'))]),
    },
    {
      columns: ['environment option', env.env],
      rows: Object.entries(env.options).map(([name, value]) => [name, String(value)]),
    },
  ];
}
