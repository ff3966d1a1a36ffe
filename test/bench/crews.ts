import { createWorkerPool, type WorkerPool } from '../../src/rollout/workers/pool.ts';
import type { Learner } from '../../src/train/learner.ts';
import { timed } from './measure.ts';

/** A crew whose threads have all loaded: before, nobody waits for them. */
export async function readyCrew(learner: Learner, workers: number): Promise<WorkerPool> {
  let joined = 0;
  const crew = createWorkerPool(learner.config, workers, { onShare: (episodes) => (joined += episodes > 0 ? 1 : 0) });
  for (let turn = 0; turn < 300 && joined < 3 * (workers - 1); turn++) {
    rollWith(crew, learner, 100, 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return crew;
}

/** Microseconds per control step of a rollout that a crew shares. */
export function crewCost(crew: WorkerPool, learner: Learner, episodes: number, index: number): number {
  let steps = 0;
  const took = timed(() => {
    steps = rollWith(crew, learner, episodes, index);
  });
  return (took * 1000) / steps;
}

function rollWith({ rollOut }: WorkerPool, learner: Learner, episodes: number, index: number): number {
  const plan = { seed: 0, purpose: 'training', index, until: { episodes }, deterministic: false } as const;
  return rollOut(learner, plan).reduce((sum, { steps }) => sum + steps, 0);
}
