import { beforeAll, describe, expect, it } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import type { Batch } from '../../src/algorithms/types.ts';
import { baselines } from '../../src/baselines/index.ts';
import { baselineTargets } from '../../src/estimators/advantages.ts';
import { actorOf } from '../../src/rollout/acting-policy.ts';
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

  it('are judged by a baseline and statistics that have not seen them; those take them in afterwards', () => {
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
    expect(Array.from(seen[0].x.slice(0, 6))).toEqual(Array.from(episodes[0].obs.slice(0, 6)));
    expect(seen[1].x.reduce((sum, z) => sum + z, 0)).toBeCloseTo(0, 6);
    expect(learner.normalizer.count).toBe(10);
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

  it('reports the effective sample size as a share of the steps, all of them at first', () => {
    const { history } = iterations({ reuse: 1 });
    const shares = history.map(({ figures }) => figures.effectiveSamples);
    expect(shares[0]).toBe(1);
    for (const share of shares.slice(1)) {
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
