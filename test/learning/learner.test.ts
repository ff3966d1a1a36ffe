import { beforeAll, describe, expect, it } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import type { Batch } from '../../src/algorithms/types.ts';
import { baselines } from '../../src/baselines/index.ts';
import { baselineTargets } from '../../src/estimators/advantages.ts';
import { normalize } from '../../src/policy/normalizer.ts';
import { actorOf } from '../../src/rollout/acting-policy.ts';
import { collect } from '../../src/rollout/collect.ts';
import { type RollOut, rollOut } from '../../src/rollout/rollout.ts';
import { batchOf } from '../../src/train/batch.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { arraysOf, type Learner, learn } from '../../src/train/learner.ts';
import { trainOn } from '../../src/train/train.ts';
import type { TrainConfig } from '../../src/train/training.ts';
import { probeEnv, randomLengths } from './probes.ts';
import { configOf, episode, hex, largestError, withBaseline } from './support.ts';

beforeAll(loadPhysics);

function learnerWith(options: Readonly<Record<string, unknown>>): Learner {
  return learnerOf(configOf({}, options), { env: probeEnv(randomLengths) });
}

/** The batch of fresh episodes, and what the baseline is then fitted to. */
function judged(learner: Learner, episodes: readonly Trajectory[]) {
  const { options } = learner.training;
  const returns = episodes.flatMap((one) => Array.from(baselineTargets(one, learner.baseline.isStateValue, options)));
  return { ...batchOf({ ...learner, options }, episodes, []).batch, returns };
}

describe('advantages', () => {
  const episodes = [episode([1, 2, 4], 'terminated', 100), episode([3, -1], 'truncated', 8)];
  const plain = { gamma: 0.5, standardize: false };

  it('are G_t - b, computed by hand', () => {
    const learner = learnerWith({ ...plain, baseline: 'mean' });
    learner.baseline.state.mean[0] = 1.5;
    const { advantage, returns } = judged(learner, episodes);
    // 1 + (2 + 4 / 2) / 2, 2 + 4 / 2, 4; 3 - 1 / 2, -1
    expect(Array.from(returns)).toEqual([3, 4, 4, 2.5, -1]);
    expect(Array.from(advantage)).toEqual([1.5, 2.5, 2.5, 1, -2.5]);
  });

  it.each(Object.keys(baselines))(
    'continue a cut off episode by its last value if baseline %s knows it',
    (baseline) => {
      const continued = learnerWith({ ...plain, baseline });
      // -1 + 8 / 2, 3 + 3 / 2: the value of the state the episode was cut off in; 100 followed an end, and counts nowhere.
      const expected = continued.baseline.isStateValue ? [3, 4, 4, 4.5, 3] : [3, 4, 4, 2.5, -1];
      expect(Array.from(judged(continued, episodes).returns)).toEqual(expected);
      const ended = learnerWith({ ...plain, baseline, bootstrap: false });
      expect(Array.from(judged(ended, episodes).returns)).toEqual([3, 4, 4, 2.5, -1]);
    },
  );

  it('are standardised over the whole batch if the options say so', () => {
    const { advantage } = judged(learnerWith({ gamma: 0.5, standardize: true, baseline: 'none' }), episodes);
    const mean = 12.5 / 5;
    const deviation = Math.sqrt([3, 4, 4, 2.5, -1].reduce((sum, g) => sum + (g - mean) ** 2, 0) / 5);
    expect(
      largestError(
        advantage,
        [3, 4, 4, 2.5, -1].map((g) => (g - mean) / deviation),
      ),
    ).toBeLessThan(1e-7);
  });

  it('stand beside the observations acted in, without the last one, and the actions and their log-probabilities', () => {
    const { x, act, logp } = judged(learnerWith(plain), episodes);
    const [a, b] = episodes;
    // Nothing was taken in yet, so that normalising changes nothing.
    expect(Array.from(x)).toEqual([...a.obs.slice(0, 6), ...b.obs.slice(0, 4)]);
    expect(Array.from(act)).toEqual([...a.act, ...b.act]);
    expect(Array.from(logp)).toEqual([...a.logp, ...b.logp]);
  });

  it('are judged by a baseline and, but for the first batch, statistics that have not seen them', () => {
    const learner = learnerWith({ ...plain, baseline: 'mean' });
    const seen: Batch[] = [];
    const update = (_theta: Float64Array, batch: Batch) => {
      seen.push(batch);
      return {};
    };
    const watching = { ...learner, algorithm: { ...learner.algorithm, update } };
    learn(watching, episodes, 0);
    learn(watching, episodes, 0.5);
    expect(Array.from(seen[0].advantage)).toEqual([3, 4, 4, 2.5, -1]);
    expect(Array.from(seen[1].advantage)).toEqual([0.5, 1.5, 1.5, 0, -3.5]);
    // Both times by the statistics of the first batch alone.
    expect(Array.from(seen[1].x)).toEqual(Array.from(seen[0].x));
    expect(seen[0].x.reduce((sum, z) => sum + z, 0)).toBeCloseTo(0, 6);
    expect(learner.normalizer.count).toBe(10);
  });
});

describe('the first batch', () => {
  const collectFor = (learner: Learner, first = 0) =>
    collect(learner.env, actorOf(learner), {
      seedOf: (episode) => first + episode,
      until: { steps: learner.training.options.batch },
      deterministic: false,
    });

  /** What the acting policy says in the states of the episodes. */
  function outputsIn(learner: Learner, episodes: readonly Trajectory[]) {
    const obs = Float32Array.from(episodes.flatMap((one) => [...one.obs.subarray(0, rowsOf(one) * one.steps)]));
    const n = episodes.reduce((sum, { steps }) => sum + steps, 0);
    const x = normalize(learner.normalizer, obs, new Float64Array(obs.length));
    const { y, phi } = learner.acting.outputs(learner.theta, x, n);
    return { y: y.slice(), phi: phi.slice(), n };
  }
  const rowsOf = ({ obs, steps }: Trajectory) => obs.length / (steps + 1);

  it.each(['panda-reach', 'panda-reach-joints', 'reacher'])(
    'moves the policy that acts as far as the trust region says: %s',
    (env) => {
      const learner = learnerOf(configureTraining({ env, algorithm: 'trpo' }));
      for (const first of [0, 1000, 2000]) {
        const episodes = collectFor(learner, first);
        const before = outputsIn(learner, episodes);
        const { divergence } = learn(learner, episodes, 0);
        const after = outputsIn(learner, episodes);
        const moved = learner.acting.distribution.divergence(before, after, before.n);
        const measured = moved.reduce((sum, each) => sum + each, 0) / before.n;
        expect(divergence).toBeGreaterThan(0.01);
        expect(Math.abs(measured / divergence - 1)).toBeLessThan(0.2);
      }
    },
  );

  it('is that of the policy that saw observations as they are, weighed by how likely its actions are now', () => {
    const learner = learnerWith({ baseline: 'none', standardize: false, batch: 100 });
    const episodes = collectFor(learner);
    const seen: Batch[] = [];
    const update = (_theta: Float64Array, batch: Batch) => {
      seen.push(batch);
      return {};
    };
    learn({ ...learner, algorithm: { ...learner.algorithm, update } }, episodes, 0);
    const { logp, weight } = seen[0];
    const found = outputsIn(learner, episodes);
    const act = Float32Array.from(episodes.flatMap((one) => [...one.act]));
    expect(Array.from(logp)).toEqual([...learner.acting.distribution.logProbability(act, found.y, found.phi, found.n)]);
    const recorded = episodes.flatMap((one) => [...one.logp]);
    expect(weight.every((w, i) => Math.abs(w * found.n - Math.exp(logp[i] - recorded[i])) < 1e-12)).toBe(true);
    expect(weight.some((w) => w * found.n !== 1)).toBe(true);
  });
});

describe('reuse', () => {
  /** What the algorithm is given, and the figures, over six iterations. */
  function iterations(options: Readonly<Record<string, unknown>>) {
    const learner = learnerOf(configOf({}, { batchEpisodes: 3, ...options }), { env: probeEnv(randomLengths) });
    const seen: Batch[] = [];
    const algorithm = {
      ...learner.algorithm,
      update(theta: Float64Array, batch: Batch, progress: number) {
        seen.push(batch);
        return learner.algorithm.update(theta, batch, progress);
      },
    };
    const history = [...trainOn({ ...learner, algorithm }, { iterations: 6, untilSolved: false })];
    return { seen, history, learner, steps: history.map(({ training }) => training.steps) };
  }

  it.each([0, 1, 2])('feeds the last %i batches to the algorithm along with the new one', (reuse) => {
    const { seen, steps, learner } = iterations({ reuse });
    const expected = steps.map((_, k) => steps.slice(Math.max(0, k - reuse), k + 1).reduce((sum, n) => sum + n, 0));
    expect(seen.map(({ weight }) => weight.length)).toEqual(expected);
    expect(learner.history.length).toBe(reuse);
    // The new ones come first, and those before follow from the oldest on.
    if (reuse < 2) return;
    const [newest, before, oldest] = [seen[4], seen[3], seen[2]].map(({ act }, k) => act.slice(0, steps[4 - k]));
    expect(Array.from(seen[4].act)).toEqual([...newest, ...oldest, ...before]);
  });

  it('reports the effective sample size as a share of the steps, nearly all of them at first', () => {
    const { history } = iterations({ reuse: 1 });
    const shares = history.map(({ figures }) => figures.effectiveSamples);
    expect(shares[0]).toBeCloseTo(1, 3);
    for (const share of shares) {
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThan(1);
    }
    expect(iterations({ reuse: 0 }).history[0].figures).not.toHaveProperty('effectiveSamples');
  });

  it.each(['trajectory', 'per-decision', 'truncated'])('trains on with the %s ratio', (importance) => {
    const { learner } = iterations({ reuse: 2, importance });
    expect(learner.theta.every(Number.isFinite)).toBe(true);
  });

  it('fits the baseline to the new episodes alone', () => {
    const { learner } = iterations({ reuse: 2, baseline: 'mean' });
    const newest = learner.history[1];
    const { options } = learner.training;
    const targets = newest.flatMap((one) => Array.from(baselineTargets(one, learner.baseline.isStateValue, options)));
    expect(learner.baseline.state.mean[0]).toBeCloseTo(targets.reduce((sum, g) => sum + g, 0) / targets.length, 12);
  });
});

/** All that two iterations leave behind. */
function afterTwo(learner: Learner): Record<string, string> {
  for (const progress of trainOn(learner, { iterations: 2, untilSolved: false })) {
    expect(Number.isFinite(progress.sigma)).toBe(true);
  }
  const { theta, normalizer, baseline, algorithm } = learner;
  const { mean, squares } = normalizer;
  const states = Object.entries({ theta, mean, squares, ...baseline.state, ...algorithm.state });
  return Object.fromEntries(states.map(([name, array]) => [name, hex(array)]));
}

const combinations = Object.keys(algorithms).flatMap((algorithm) =>
  Object.keys(baselines).map((baseline): [string, string] => [algorithm, baseline]),
);

describe.each(combinations)('two iterations of %s with baseline %s', (algorithm, baseline) => {
  const trained = (seed: number) =>
    afterTwo(learnerOf(configOf({ algorithm, seed }, withBaseline(baseline)), { env: probeEnv(randomLengths) }));

  it('are a function of configuration and seed', () => {
    const first = trained(1);
    expect(trained(2).theta).not.toBe(first.theta);
    expect(trained(1)).toEqual(first);
  });

  it('change the policy and leave it whole', () => {
    const learner = learnerOf(configOf({ algorithm }, withBaseline(baseline)), { env: probeEnv(randomLengths) });
    const before = hex(learner.theta);
    expect(afterTwo(learner).theta).not.toBe(before);
    expect(learner.theta.every(Number.isFinite)).toBe(true);
    expect(actorOf(learner).forward(Float32Array.of(0, 1), 1).mean.every(Number.isFinite)).toBe(true);
  });
});

describe('on panda-reach-joints', () => {
  const config = (seed: number, hiddenWidth = 16): TrainConfig =>
    configureTraining({
      env: 'panda-reach-joints',
      envOptions: { horizon: 8 },
      seed,
      options: { batch: 100, hiddenWidth, evalEvery: 1e9 },
    });

  it('nothing that ran before in the process matters, nor what runs between', () => {
    const first = afterTwo(learnerOf(config(1)));
    afterTwo(learnerOf(config(1, 5)));
    const steps = trainOn(learnerOf(config(1)), { iterations: 2, untilSolved: false });
    const others = trainOn(learnerOf(config(2)), { iterations: 2, untilSolved: false });
    steps.next();
    others.next();
    const again = learnerOf(config(1));
    const run = trainOn(again, { iterations: 2, untilSolved: false });
    run.next();
    steps.next();
    others.next();
    run.next();
    expect(hex(again.theta)).toBe(first.theta);
    expect(afterTwo(learnerOf(config(2))).theta).not.toBe(first.theta);
  });
});

describe('an iteration that does not come to its end', () => {
  it.each(['training', 'evaluation'] as const)('in the episodes of %s, leaves the learner as it was', (purpose) => {
    const own = learnerWith({ batch: 20, evalEvery: 1, reuse: 2, baseline: 'value' });
    const state = () => JSON.stringify([own.progress, own.normalizer.count, own.history, arraysOf(own)]);
    let asked = 0;
    const roll: RollOut = (policy, request) => {
      if (request.purpose === purpose && ++asked === 3) throw new Error('stopped');
      return rollOut(policy, request);
    };
    const training = trainOn(own, { untilSolved: false }, roll);
    training.next();
    training.next();
    const before = state();
    expect(() => training.next()).toThrow('stopped');
    expect(state()).toBe(before);
    // It goes on as if nothing had been.
    const other = learnerWith({ batch: 20, evalEvery: 1, reuse: 2, baseline: 'value' });
    for (const _ of trainOn(own, { untilSolved: false, iterations: 4 }));
    for (const _ of trainOn(other, { untilSolved: false, iterations: 4 }));
    expect(state()).toBe(JSON.stringify([other.progress, other.normalizer.count, other.history, arraysOf(other)]));
  });
});
