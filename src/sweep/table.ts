import { count, percent, seconds } from '../report/format.ts';
import type { Cell, Table } from '../report/page.ts';
import type { Estimate, Results, WallTimes } from './results.ts';

/** A figure, with its 95 % interval. */
type Figure = Exclude<Cell, string>;

/**
 * The comparison as a table with a row for each algorithm.
 * @param wall for the terminal: a report has no clock in it
 */
export function tableOf(results: Results, wall?: WallTimes): Table<Figure> {
  const columns = ['algorithm', ...figureColumns(results.has_goals), ...(wall ? ['wall time'] : [])];
  const rows = results.algorithms.map((algorithm, i) => [
    { text: algorithm.name },
    ...figureCells(algorithm, results.has_goals, results.seeds.length),
    ...(wall ? [{ text: seconds(wall.algorithms[i].median) }] : []),
  ]);
  return { columns, rows };
}

/** What several runs came to: as of an algorithm, or of a variant of a sweep, where there may be none. */
export interface Figures {
  readonly solved: number;
  readonly steps_to_solved: Estimate | null;
  readonly return: Estimate | null;
  readonly success_rate: Estimate | null;
}

export function figureColumns(hasGoals: boolean): string[] {
  return [...(hasGoals ? ['solved', 'steps to solved', 'success'] : []), 'return'];
}

/** @param runs how many the figures are of */
export function figureCells(figures: Figures, hasGoals: boolean, runs: number): Figure[] {
  const { solved, steps_to_solved: steps, success_rate: success, return: mean } = figures;
  const whole = (value: number) => count(Math.round(value));
  const none = { text: '–' };
  return [
    ...(hasGoals
      ? [
          { text: `${solved} of ${runs}` },
          steps ? stepsCell(steps, runs - solved, runs, whole) : none,
          success ? cell(success, percent) : none,
        ]
      : []),
    mean ? cell(mean, (value) => value.toFixed(3)) : none,
  ];
}

/** Steps to solved are a lower bound where a seed that was not solved counts in the interquartile mean. */
function stepsCell(steps: Estimate, unsolved: number, seeds: number, show: (value: number) => string): Figure {
  if (unsolved === seeds) return { text: 'never' };
  const { text, interval } = cell(steps, show);
  return { text: unsolved > seeds / 4 ? `≥ ${text}` : text, interval };
}

function cell({ value, interval }: Estimate, show: (value: number) => string): Figure {
  const [text, low, high] = [value, ...(interval ?? [value, value])].map(show);
  return low === text && high === text ? { text } : { text, interval: `${low} to ${high}` };
}

/**
 * What one has to know to read the table: a sentence or two each.
 * @param jobs runs at a time, where the table has wall times
 */
export function notesOf({ seeds, steps, goals, algorithms, has_goals }: Results, jobs?: number): string[] {
  const measured = `of the mean action on ${count(goals.episodes)} fresh ${has_goals ? 'goals' : 'episodes'} of each seed's own after ${count(steps)} steps`;
  const means = has_goals
    ? `Steps to solved and return: interquartile mean over the seeds; success: mean. Success and return are those ${measured}.`
    : `Return: interquartile mean over the seeds, ${measured}.`;
  const unsolved = algorithms
    .filter(({ solved }) => has_goals && solved < seeds.length)
    .map(({ name, solved }) => `${seeds.length - solved} of ${name}`);
  return [
    ...(has_goals
      ? ['Solved: at least 98 % of the held-out goals reached by the mean action at three evaluations in a row.']
      : []),
    ...(unsolved.length
      ? [
          `Seeds not solved: ${unsolved.join(', ')}. Each counts as ${count(steps)} steps, the budget, so the figure is a lower bound.`,
        ]
      : []),
    means,
    seeds.length === 1
      ? 'One seed says nothing of how others come out: there are no intervals.'
      : `Intervals: 95 %, over the seeds and ${has_goals ? 'goals' : 'episodes'} together, by Student's t and bootstrap; none where the last digit shown does not change.`,
    ...(jobs === undefined ? [] : [`Wall time: median of the training runs, ${jobs === 1 ? 'one' : jobs} at a time.`]),
  ];
}
