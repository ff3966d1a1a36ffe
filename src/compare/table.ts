import { count, percent, seconds } from '../report/format.ts';
import type { Cell, Table } from '../report/page.ts';
import type { AlgorithmResults, Estimate, Results, WallTimes } from './results.ts';

/** A figure, with its 95 % interval. */
type Figure = Exclude<Cell, string>;

/** The comparison as a table with a row for each algorithm, for the terminal and the report. */
export function tableOf(results: Results, wall: WallTimes): Table<Figure> {
  const goals = results.has_goals;
  const columns = ['algorithm', ...(goals ? ['solved', 'steps to solved', 'success'] : []), 'return', 'wall time'];
  const rows = results.algorithms.map((algorithm, i) => [
    { text: algorithm.name },
    ...(goals ? goalCells(algorithm, results) : []),
    cell(algorithm.return, (value) => value.toFixed(3)),
    { text: seconds(wall.algorithms[i].median) },
  ]);
  return { columns, rows };
}

function goalCells(algorithm: AlgorithmResults, { seeds }: Results): Figure[] {
  const { solved, steps_to_solved: steps, success_rate: success } = algorithm;
  const whole = (value: number) => count(Math.round(value));
  return [
    { text: `${solved} of ${seeds.length}` },
    stepsCell(steps as Estimate, seeds.length - solved, seeds.length, whole),
    cell(success as Estimate, percent),
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

/** What one has to know to read the table: a sentence or two each. */
export function notesOf({ seeds, steps, goals, algorithms, has_goals }: Results, jobs: number): string[] {
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
    `Wall time: median of the training runs, ${jobs === 1 ? 'one' : jobs} at a time.`,
  ];
}
