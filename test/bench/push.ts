import { availableParallelism } from 'node:os';
import type { RollOut } from '../../src/rollout/rollout.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import type { Learner } from '../../src/train/learner.ts';
import { trainOn } from '../../src/train/train.ts';
import { spread, timed } from './measure.ts';
import { readyPool } from './pools.ts';
import type { Figure, Grid } from './report.ts';

/** An iteration where the gradient is at its largest: ten epochs of PPO on a large batch of a task with an object. */
const [env, algorithm, batch] = ['panda-push', 'ppo', 8192] as const;

/** What of an iteration is learning, on one thread and on all. */
export async function pushIterations(rounds: number): Promise<{ readonly figure: Figure; readonly grid: Grid }> {
  const counts = [...new Set([1, availableParallelism()])];
  const measured = await Promise.all(counts.map((threads) => onThreads(threads, rounds)));
  const shares = measured.map((costs) => costs.map(({ rollout, learning }) => learning / (rollout + learning)));
  const median = (costs: readonly Cost[], of: keyof Cost) => spread(costs.map((cost) => cost[of])).median;
  return {
    figure: {
      name: `learning in an iteration of ${algorithm} on ${env}, batch ${batch.toLocaleString('en-US')}, ${counts.at(-1)} threads`,
      unit: 'of it',
      samples: shares.at(-1) ?? [],
      bar: { of: 'value', is: 'at most', limit: 0.3 },
    },
    grid: {
      title: `An iteration of ${algorithm} on ${env}, batch ${batch.toLocaleString('en-US')}, ms`,
      heads: ['threads', 'rollouts', 'learning', 'share of learning'],
      rows: counts.map((threads, i) => [
        String(threads),
        median(measured[i], 'rollout'),
        median(measured[i], 'learning'),
        `${(100 * spread(shares[i]).median).toFixed(1)} %`,
      ]),
    },
  };
}

/** ms of an iteration without evaluation. */
interface Cost {
  readonly rollout: number;
  readonly learning: number;
}

async function onThreads(threads: number, rounds: number): Promise<Cost[]> {
  const learner = learnerOf(configureTraining({ env, algorithm, steps: 1e7, options: { batch, evalEpisodes: 20 } }));
  const pool = await readyPool(learner, threads);
  // The first iteration compiles.
  const costs = Array.from({ length: rounds + 1 }, () => iterationCost(learner, pool.rollOut));
  pool.close();
  return costs.slice(1);
}

function iterationCost(learner: Learner, rollOut: RollOut): Cost {
  const spent = { training: 0, evaluation: 0 };
  const roll: RollOut = (policy, request) => {
    const start = performance.now();
    const episodes = rollOut(policy, request);
    spent[request.purpose as keyof typeof spent] += performance.now() - start;
    return episodes;
  };
  const limits = { iterations: learner.progress.iteration + 1, untilSolved: false };
  const took = timed(() => {
    for (const _ of trainOn(learner, limits, roll));
  });
  return { rollout: spent.training, learning: took - spent.training - spent.evaluation };
}
