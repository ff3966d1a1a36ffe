import type { Iteration } from '../train/train.ts';

/** An iteration as columns; no clock among them, so that the same run gives the same file. */
export function metricsOf(done: Iteration): Record<string, number | null> {
  const { iteration, envSteps, evalSteps, training, evaluation, sigma, figures } = done;
  return {
    iteration,
    env_steps: envSteps,
    eval_steps: evalSteps,
    train_success_rate: training.successRate,
    train_return: training.meanReturn,
    train_length: training.meanLength,
    ...prefixed('train_term_', training.terms),
    ...prefixed('train_', training.metrics),
    eval_episodes: evaluation?.episodes ?? null,
    eval_success_rate: evaluation?.successRate ?? null,
    eval_return: evaluation?.meanReturn ?? null,
    eval_length: evaluation?.meanLength ?? null,
    ...prefixed('eval_term_', evaluation ? evaluation.terms : unknown(training.terms)),
    ...prefixed('eval_', evaluation ? evaluation.metrics : unknown(training.metrics)),
    faults: training.faults + (evaluation?.faults ?? 0),
    sigma,
    ...figures,
  };
}

function unknown(values: Readonly<Record<string, number>>): Record<string, null> {
  return Object.fromEntries(Object.keys(values).map((name) => [name, null]));
}

function prefixed(prefix: string, values: Readonly<Record<string, number | null>>): Record<string, number | null> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}

/**
 * The lines that an iteration adds to a table: its own, and the heading where there is none yet. A table that an earlier version
 * began keeps to the columns that it has.
 */
export function metricsLines(iteration: Iteration, heading?: string): string[] {
  const row = metricsOf(iteration);
  const columns = heading?.split(',') ?? Object.keys(row);
  const line = columns.map((name) => row[name] ?? '').join(',');
  return heading === undefined ? [columns.join(','), line] : [line];
}

/** The lines of a table up to that of an iteration: training that was killed may have gone on after it. None where it is not there. */
export function linesUpTo(iteration: number, text: string): string[] {
  // What follows the last line break is a line that was torn, or nothing.
  const lines = text.split('\n').slice(0, -1);
  return lines.slice(0, lines.findIndex((line) => line.startsWith(`${iteration},`)) + 1);
}

/** The iterations of a table that were evaluated. */
export function evaluatedIn([heading = '', ...rows]: readonly string[]): number[] {
  const at = heading.split(',').indexOf('eval_return');
  return rows.map((row) => row.split(',')).flatMap((cells) => (cells[at] ? [Number(cells[0])] : []));
}

/** The success rate of each iteration of a table that was evaluated on a task with a goal to reach. */
export function successesIn([heading = '', ...rows]: readonly string[]): ReadonlyMap<number, number> {
  const at = heading.split(',').indexOf('eval_success_rate');
  const cells = rows.map((row) => row.split(',')).filter((row) => row[at]);
  return new Map(cells.map((row) => [Number(row[0]), Number(row[at])]));
}

/** The file's text. */
export function csvOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
