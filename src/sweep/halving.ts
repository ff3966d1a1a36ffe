import { interquartileMean } from '../statistics/intervals.ts';

/** Successive halving: all variants are trained for a part of their budget, the better half for twice as much, and so on to the end. */

/** What is known of a variant at a stage: its runs on several seeds. */
export interface Score {
  readonly runs: readonly { readonly meanReturn: number; readonly successRate: number | null }[];
  /** Runs that failed. */
  readonly failed: number;
}

/** Training steps at which a run stands still at a stage, from 0 on; null at the last, which ends where the run does. */
export function pauseAt(stage: number, stages: number, steps: number): number | null {
  return stage + 1 < stages ? Math.max(1, Math.ceil(steps / 2 ** (stages - 1 - stage))) : null;
}

/** How many of so many variants go on after a stage. */
export function survivors(variants: number): number {
  return Math.ceil(variants / 2);
}

/**
 * The variants by rank, the best first, as places in the list: those in which no run failed before others; then by success, where all have
 * goals to reach, and by return, both the interquartile mean over the seeds. Of equals the first stays first.
 */
export function ranked(scores: readonly Score[]): number[] {
  const hasGoals = scores.every(({ runs }) => runs.every(({ successRate }) => successRate !== null));
  const keys = scores.map(({ runs, failed }) => [
    -failed,
    runs.length ? 1 : 0,
    hasGoals && runs.length ? interquartileMean(runs.map(({ successRate }) => successRate ?? 0)) : 0,
    runs.length ? interquartileMean(runs.map(({ meanReturn }) => meanReturn)) : 0,
  ]);
  const better = (a: number, b: number) => {
    const differing = keys[a].findIndex((value, k) => value !== keys[b][k]);
    return differing < 0 ? a - b : keys[b][differing] - keys[a][differing];
  };
  return scores.map((_, i) => i).sort(better);
}

/** Runs and training steps of a sweep, from how many variants there are. */
export function extentOf(variants: number, stages: number): { readonly runs: number; readonly budgets: number } {
  let [alive, runs, budgets] = [variants, 0, 0];
  for (let stage = 0, before = 0; stage < stages; stage++) {
    const share = 1 / 2 ** (stages - 1 - stage);
    runs += alive;
    budgets += alive * (share - before);
    [before, alive] = [share, survivors(alive)];
  }
  return { runs, budgets };
}
