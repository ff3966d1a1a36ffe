import { episodeSeed, type Random } from '../../envs/math/random.ts';
import { loadPhysics } from '../../envs/sim/physics.ts';
import type { Trajectory } from '../../envs/types.ts';
import { discounts, fullReturns, rewardsToGo } from '../estimators/returns.ts';
import { normalize } from '../policy/normalizer.ts';
import { weightedScore } from '../policy/policy.ts';
import type { Interval } from '../report/statistics.ts';
import { collect } from '../rollout/collect.ts';
import { timeSteps } from '../train/batch.ts';
import { configureTraining } from '../train/config.ts';
import { actorOf, createLearner, type Learner, learn } from '../train/learner.ts';
import { fitted, fittedBaselines } from './baselines.ts';
import { type Finding, figures, integer, type Plot, type Table } from './section.ts';
import { traceOf } from './statistics.ts';

const env = 'panda-reach-joints';
/** Iterations of training before the variances are looked at: neither a first policy nor a last one. */
const iterations = 6;
/** Episodes that baselines are fitted to, and other episodes that estimators are compared on. */
const counts = { fit: 200, compare: 600 };
const repetitions = 200;

/** Variances of the gradient of a real arm's policy, of all estimators on the same rollouts. */
export async function armVariances(
  seed: number,
  random: Random,
): Promise<{ findings: Finding[]; table: Table; plot: Plot }> {
  await loadPhysics();
  const learner = createLearner(configureTraining({ env, seed, options: { hiddenWidth: 16 } }));
  for (let k = 0; k < iterations; k++) learn(learner, rollouts(learner, k, { steps: 1000 }), k / 20);
  const earlier = rollouts(learner, iterations, { episodes: counts.fit });
  const episodes = rollouts(learner, iterations + 1, { episodes: counts.compare });
  const gamma = learner.config.options.gamma as number;
  const estimators = weightings(learner, earlier, gamma);
  const gradients = estimators.map(({ weights }) =>
    episodes.map((episode) =>
      weightedScore(learner.policy, learner.theta, seen(learner, episode), episode.act, weights(episode)),
    ),
  );

  const every = Int32Array.from(episodes, (_, i) => i);
  const measured = gradients.map((vectors) => traceOf(vectors, every));
  const drawn = Array.from({ length: repetitions }, () => {
    const indices = every.map(() => random.below(episodes.length));
    return gradients.map((vectors) => traceOf(vectors, indices));
  });
  const intervals = estimators.map((_, i) => percentiles(drawn.map((traces) => traces[i])));
  const shares = estimators.map((_, i) => percentiles(drawn.map((traces) => traces[i] / traces[0])));
  const names = estimators.map(({ name }) => name);
  const order = names.toSorted((a, b) => measured[names.indexOf(b)] - measured[names.indexOf(a)]);
  return {
    findings: [
      {
        text: `on ${env}, all on the same ${integer(counts.compare)} rollouts, every other estimator varies less than the full return (the 95 % interval of each ratio ends below 1); from most to least: ${order.join('; ')}`,
        holds: shares.slice(1).every(([, high]) => high < 1),
      },
    ],
    table: {
      title: `${env}: ${integer(learner.policy.size)} parameters, after ${iterations} iterations of training`,
      columns: ['estimator', 'tr Cov', '95 % interval', 'of the full return', '95 % interval of the ratio'],
      rows: names.map((name, i) => [
        name,
        figures(measured[i]),
        `${figures(intervals[i][0])} to ${figures(intervals[i][1])}`,
        percent(measured[i] / measured[0]),
        i ? `${percent(shares[i][0])} to ${percent(shares[i][1])}` : '',
      ]),
      note: `All from the same ${integer(counts.compare)} rollouts, with γᵗ so that all have the same mean; baselines fitted to ${integer(counts.fit)} earlier ones. Intervals by a bootstrap over rollouts, ratios from the same draws.`,
    },
    plot: {
      title: `Variance on ${env}`,
      x: { label: '', names },
      y: { label: 'tr Cov of an estimate', log: true },
      series: [
        {
          label: `measured, ${integer(counts.compare)} rollouts, 95 %`,
          x: names.map((_, i) => i),
          y: measured,
          low: intervals.map(([low]) => low),
          high: intervals.map(([, high]) => high),
          points: true,
        },
      ],
    },
  };
}

function rollouts(learner: Learner, iteration: number, until: { steps: number } | { episodes: number }): Trajectory[] {
  const seedOf = (episode: number) => episodeSeed(learner.config.seed, 'training', iteration, episode);
  return collect(learner.env, actorOf(learner), { seedOf, until, deterministic: false });
}

/** The normalised observations in which the episode acted [T, O]. */
function seen({ normalizer }: Learner, { obs, steps }: Trajectory): Float64Array {
  const acted = obs.subarray(0, (obs.length / (steps + 1)) * steps);
  return normalize(normalizer, acted, new Float64Array(acted.length));
}

interface Weighting {
  readonly name: string;
  /** w_t [T] of the scores of an episode. */
  weights(episode: Trajectory): Float64Array;
}

/** Full return, reward-to-go, and reward-to-go less each baseline of training. */
function weightings(learner: Learner, earlier: readonly Trajectory[], gamma: number): Weighting[] {
  const { horizon } = learner.env.spec;
  const pairs = earlier.map((episode) => ({ features: seen(learner, episode), reward: episode.reward }));
  const discounted = (weights: Float64Array) => {
    const later = discounts(gamma, weights.length);
    return weights.map((value, t) => later[t] * value);
  };
  return [
    { name: 'full return', weights: ({ reward }) => fullReturns(reward, gamma, 0) },
    { name: 'reward-to-go', weights: ({ reward }) => discounted(rewardsToGo(reward, gamma, 0)) },
    ...fittedBaselines.map((name) => {
      const baseline = fitted(name, pairs, gamma, horizon, 10);
      return {
        name: `to-go, ${name} baseline`,
        weights: (episode: Trajectory) => {
          const expected = baseline.predict(seen(learner, episode), timeSteps(episode.steps));
          return discounted(rewardsToGo(episode.reward, gamma, 0).map((g, t) => g - expected[t]));
        },
      };
    }),
  ];
}

function percentiles(values: readonly number[]): Interval {
  const sorted = values.toSorted((a, b) => a - b);
  return [sorted[Math.floor(0.025 * sorted.length)], sorted[Math.ceil(0.975 * sorted.length) - 1]];
}

function percent(value: number): string {
  return `${figures(100 * value)} %`;
}
