import { availableParallelism } from 'node:os';
import { createGradientThreads } from '../../src/policy/network/threads/gradient-threads.ts';
import type { RollOut } from '../../src/rollout/rollout.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import type { Learner } from '../../src/train/learner.ts';
import { trainOn } from '../../src/train/train.ts';
import { spread, timed } from './measure.ts';
import { readyPool, timingRollOuts } from './pools.ts';
import type { Figure, Grid } from './report.ts';

/** An iteration where the gradient is at its largest: the epochs of PPO on a large batch of a task with an object. */
const [env, algorithm, batch] = ['panda-push', 'ppo', 8192] as const;
const what = `${algorithm} on ${env}, batch ${batch.toLocaleString('en-US')}`;

/** What of an iteration is the gradient, on one thread and on all. */
export async function pushIterations(rounds: number): Promise<{ readonly figure: Figure; readonly grid: Grid }> {
  const counts = [...new Set([1, availableParallelism()])];
  const measured: Cost[][] = [];
  for (const threads of counts) measured.push(await onThreads(threads, rounds));
  const shares = measured.map((costs) =>
    costs.map(({ rollout, gradient, rest }) => gradient / (rollout + gradient + rest)),
  );
  const median = (costs: readonly Cost[], of: keyof Cost) => spread(costs.map((cost) => cost[of])).median;
  return {
    figure: {
      name: `the gradient in an iteration of ${what}, ${counts.at(-1)} threads`,
      unit: 'of it',
      samples: shares.at(-1) ?? [],
      bar: { of: 'value', is: 'at most', limit: 0.3 },
    },
    grid: {
      title: `An iteration of ${what}, ms`,
      heads: ['threads', 'rollouts', 'gradient', 'baseline and the rest', 'share of the gradient'],
      rows: counts.map((threads, i) => [
        String(threads),
        median(measured[i], 'rollout'),
        median(measured[i], 'gradient'),
        median(measured[i], 'rest'),
        `${(100 * spread(shares[i]).median).toFixed(1)} %`,
      ]),
    },
  };
}

/** ms of an iteration without evaluation. */
interface Cost {
  readonly rollout: number;
  /** The algorithm's update. */
  readonly gradient: number;
  readonly rest: number;
}

async function onThreads(threads: number, rounds: number): Promise<Cost[]> {
  const config = configureTraining({ env, algorithm, steps: 1e7, options: { batch, evalEpisodes: 20 } });
  const gradients = createGradientThreads(threads);
  const learner = learnerOf(config, { backend: gradients.backend });
  const pool = await readyPool(learner, threads);
  // The first iteration compiles.
  const costs = Array.from({ length: rounds + 1 }, () => iterationCost(learner, pool.rollOut));
  pool.close();
  gradients.close();
  return costs.slice(1);
}

function iterationCost(learner: Learner, rollOut: RollOut): Cost {
  const { roll, spent } = timingRollOuts(rollOut);
  let gradient = 0;
  const { update } = learner.algorithm;
  const algorithm = {
    ...learner.algorithm,
    update(...given: Parameters<typeof update>) {
      let figures: Record<string, number> = {};
      gradient += timed(() => {
        figures = update(...given);
      });
      return figures;
    },
  };
  const limits = { iterations: learner.progress.iteration + 1, untilSolved: false };
  const took = timed(() => {
    for (const _ of trainOn({ ...learner, algorithm }, limits, roll));
  });
  const { training, evaluation } = spent;
  return { rollout: training, gradient, rest: took - training - evaluation - gradient };
}
