import { episodeSeed, type Random } from '../../../../envs/math/random.ts';
import { loadPhysics } from '../../../../envs/sim/rapier.ts';
import { sampledIn, type Trajectory } from '../../../../envs/trajectory.ts';
import type { Baseline } from '../../../baselines/types.ts';
import { normalize } from '../../../policy/normalizer.ts';
import { weightedScore } from '../../../policy/policy.ts';
import { count, figures, interval, share } from '../../../report/format.ts';
import { actorOf } from '../../../rollout/acting-policy.ts';
import { collect } from '../../../rollout/collect.ts';
import { bootstrap, middle } from '../../../statistics/intervals.ts';
import { traceOf } from '../../../statistics/moments.ts';
import { configureTraining, learnerOf } from '../../../train/config.ts';
import { type Learner, learn } from '../../../train/learner.ts';
import { fitBaselines, fittedBaselines, predicted } from '../../baselines.ts';
import { type Episode, onPolicy, pick } from '../../estimators.ts';
import type { Evidence } from '../../experiment.ts';

const env = 'panda-reach-joints';
/** Iterations of training before the variances are looked at: neither a first policy nor a last one. */
const iterations = 6;
/** Episodes that baselines are fitted to, and other episodes that estimators are compared on. */
const counts = { fit: 200, compare: 600 };
const repetitions = 200;

/** Variances of the gradient of a real arm's policy, of all estimators on the same rollouts. */
export async function onArm(seed: number, random: Random): Promise<Evidence> {
  const { learner, names, measured, intervals, shares } = await measure(seed, random);
  const order = names.toSorted((a, b) => measured[names.indexOf(b)] - measured[names.indexOf(a)]);
  return {
    findings: [
      {
        text: `on ${env}, all on the same ${count(counts.compare)} rollouts, every other estimator varies less than the full return (the 95 % interval of each ratio ends below 1); from most to least: ${order.join('; ')}`,
        holds: shares.slice(1).every(([, high]) => high < 1),
      },
    ],
    tables: [
      {
        title: `${env}: ${count(learner.policy.size)} parameters, after ${iterations} iterations of training`,
        columns: ['estimator', 'tr Cov', '95 % interval', 'of the full return', '95 % interval of the ratio'],
        rows: names.map((name, i) => [
          name,
          figures(measured[i]),
          interval(intervals[i], figures),
          share(measured[i] / measured[0]),
          i ? interval(shares[i], share) : '',
        ]),
        note: `All from the same ${count(counts.compare)} rollouts, with γᵗ so that all have the same mean; baselines fitted to ${count(counts.fit)} earlier ones. Intervals by a bootstrap over rollouts, ratios from the same draws.`,
      },
    ],
    plots: [
      {
        title: `Variance on ${env}`,
        x: { label: '', names },
        y: { label: 'tr Cov of an estimate', log: true },
        series: [
          {
            label: `measured, ${count(counts.compare)} rollouts, 95 %`,
            x: names.map((_, i) => i),
            y: measured,
            low: intervals.map(([low]) => low),
            high: intervals.map(([, high]) => high),
            points: true,
          },
        ],
      },
    ],
  };
}

/** Traces of the covariance, with bootstrap intervals of the traces and of their shares of the first. */
async function measure(seed: number, random: Random) {
  await loadPhysics();
  const learner = learnerOf(configureTraining({ env, seed, options: { hiddenWidth: 16 } }));
  for (let k = 0; k < iterations; k++) learn(learner, rollouts(learner, k, { steps: 1000 }), k / 20);
  const earlier = rollouts(learner, iterations, { episodes: counts.fit });
  const episodes = rollouts(learner, iterations + 1, { episodes: counts.compare });
  const gamma = learner.training.options.gamma;
  const pairs = earlier.map((episode) => ({ features: seen(learner, episode), reward: episode.reward }));
  const fitted = fitBaselines(pairs, gamma, learner.env.spec.horizon, 10);
  const names = ['full return', 'reward-to-go', ...fittedBaselines.map((name) => `to-go, ${name} baseline`)];
  const gradients = pick(onPolicy(gamma, fittedBaselines), ...names).map((estimator) =>
    episodes.map((episode) => {
      const [weights] = estimator.weights([episodeOf(learner, fitted, episode)]);
      return weightedScore(learner.policy, learner.theta, seen(learner, episode), sampledIn(episode), weights);
    }),
  );
  const every = Int32Array.from(episodes, (_, i) => i);
  const measured = gradients.map((vectors) => traceOf(vectors, every));
  const drawn = (indices: Int32Array) => {
    const traces = gradients.map((vectors) => traceOf(vectors, indices));
    return [...traces, ...traces.map((trace) => trace / traces[0])];
  };
  const found = bootstrap(episodes.length, drawn, random, repetitions).map(middle);
  const [intervals, shares] = [found.slice(0, names.length), found.slice(names.length)];
  return { learner, names, measured, intervals, shares };
}

function rollouts(learner: Learner, iteration: number, until: { steps: number } | { episodes: number }): Trajectory[] {
  const seedOf = (episode: number) => episodeSeed(learner.training.config.seed, 'training', iteration, episode);
  return collect(learner.env, actorOf(learner), { seedOf, until, deterministic: false });
}

/** The normalised observations in which the episode acted [T, O]. */
function seen({ normalizer }: Learner, { obs, steps }: Trajectory): Float64Array {
  const acted = obs.subarray(0, (obs.length / (steps + 1)) * steps);
  return normalize(normalizer, acted, new Float64Array(acted.length));
}

/** The episode as estimators without a critic see it. */
function episodeOf(learner: Learner, fitted: Record<string, Baseline>, trajectory: Trajectory): Episode {
  const { reward, logp, steps } = trajectory;
  const features = seen(learner, trajectory);
  const none = new Float64Array(0);
  return {
    reward,
    logp,
    logpOld: logp,
    features,
    baseline: (name) => predicted(fitted[name], features, steps),
    critic: none,
    exact: { value: none, q: none },
    truncated: true,
  };
}
