import type { Progress } from '../train.ts';

/** An iteration as columns; no clock among them, so that the same run gives the same file. */
export function metricsOf(progress: Progress) {
  const { iteration, envSteps, evalSteps, training, evaluation, sigma, figures } = progress;
  return {
    iteration,
    env_steps: envSteps,
    eval_steps: evalSteps,
    train_success_rate: training.successRate,
    train_return: training.meanReturn,
    train_length: training.meanLength,
    train_final_distance: training.meanFinalDistance,
    eval_success_rate: evaluation?.successRate ?? null,
    eval_return: evaluation?.meanReturn ?? null,
    eval_length: evaluation?.meanLength ?? null,
    eval_final_distance: evaluation?.meanFinalDistance ?? null,
    faults: training.faults + (evaluation?.faults ?? 0),
    sigma,
    ...figures,
  };
}

/** The lines that an iteration adds to the table: its own, and the heading before the first. */
export function metricsLines(progress: Progress): string[] {
  const row = metricsOf(progress);
  const line = Object.values(row).map((value) => value ?? '');
  return [...(progress.iteration === 1 ? [Object.keys(row).join(',')] : []), line.join(',')];
}

/**
 * The lines of a table up to an iteration: training that was killed may have gone on after it, or left its last line torn.
 * Null where lines are missing.
 */
export function linesUpTo(iteration: number, text: string): string[] | null {
  if (iteration === 0) return [];
  const all = text.split('\n');
  const [heading, ...rows] = all.slice(0, iteration + 1);
  const columns = heading.split(',').length;
  const isRow = (line: string, i: number) =>
    line.startsWith(`${i + 1},`) && line.split(',').length === columns && /^[\d.,e+-]+$/.test(line);
  // A line counts once its end is written.
  const isWhole = all.length > iteration + 1 && rows.every(isRow);
  return isWhole ? [heading, ...rows] : null;
}
