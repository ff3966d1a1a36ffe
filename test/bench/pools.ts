import type { RollOut } from '../../src/rollout/rollout.ts';
import { createWorkerPool, type WorkerPool } from '../../src/rollout/workers/pool.ts';
import { type Learner, policyPartsOf } from '../../src/train/learner.ts';
import { timed } from './measure.ts';

/** A pool whose workers have all loaded: until then, a rollout does not wait for them. */
export async function readyPool(learner: Learner, threads: number): Promise<WorkerPool> {
  let results = 0;
  const pool = createWorkerPool(policyPartsOf(learner.training), threads, {
    onResult(episodes) {
      if (episodes) results++;
    },
  });
  for (let turn = 0; turn < 300 && results < 3 * (threads - 1); turn++) {
    rollWith(pool, learner, 100, 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return pool;
}

/** Rolls out, and takes the ms of training and evaluation, and counts their episodes. One after the other: each has a time of its own. */
export function timingRollOuts(rollOut: RollOut) {
  const [spent, episodes] = [
    { training: 0, evaluation: 0 },
    { training: 0, evaluation: 0 },
  ];
  const roll: RollOut = (policy, { next: _, ...request }) => {
    const start = performance.now();
    const done = rollOut(policy, request);
    const purpose = request.purpose as keyof typeof spent;
    spent[purpose] += performance.now() - start;
    episodes[purpose] += done.length;
    return done;
  };
  return { roll, spent, episodes };
}

/** Microseconds per control step of a rollout on all threads of a pool. */
export function poolCost(pool: WorkerPool, learner: Learner, episodes: number, index: number): number {
  let steps = 0;
  const took = timed(() => {
    steps = rollWith(pool, learner, episodes, index);
  });
  return (took * 1000) / steps;
}

function rollWith({ rollOut }: WorkerPool, learner: Learner, episodes: number, index: number): number {
  const request = { seed: 0, purpose: 'training', index, until: { episodes }, deterministic: false } as const;
  return rollOut(learner, request).reduce((sum, { steps }) => sum + steps, 0);
}
