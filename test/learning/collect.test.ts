import { beforeAll, describe, expect, it } from 'vitest';
import { cutShort } from '../../envs/cut-short.ts';
import type { Env } from '../../envs/env.ts';
import { episodeSeed, stream } from '../../envs/math/random.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { configureEnv, envOf } from '../../envs/tasks/index.ts';
import { sampledIn } from '../../envs/trajectory.ts';
import { baselines } from '../../src/baselines/index.ts';
import { distributions } from '../../src/policy/distributions/index.ts';
import { actorOf } from '../../src/rollout/acting-policy.ts';
import { collect, type EpisodePlan } from '../../src/rollout/collect.ts';
import { findPolicyDifference } from '../../src/rollout/policy-replay.ts';
import { learnerOf } from '../../src/train/config.ts';
import { trainOn } from '../../src/train/train.ts';
import { numbers } from '../network/reference.ts';
import { probeEnv, randomLengths } from './probes.ts';
import { bytesOf, configOf, hex, largestError, logDensity } from './support.ts';

beforeAll(loadPhysics);

const seedOf = (episode: number) => episodeSeed(4, 'training', 2, episode);
const plan = (until: EpisodePlan['until'], more: Partial<EpisodePlan> = {}): EpisodePlan => ({
  seedOf,
  until,
  slots: 5,
  deterministic: false,
  ...more,
});

/** A learner whose every parameter matters: not the near-zero means and values of a fresh one. */
function learnerIn(env: Env, options: Readonly<Record<string, unknown>> = {}) {
  const learner = learnerOf(configOf({ env: env.config }, { baseline: 'linear', ...options }), { env });
  learner.theta.set(numbers(1, learner.theta.length, 0.5));
  const obs = Float32Array.from(numbers(2, 100 * learner.normalizer.mean.length));
  const x = Float64Array.from(obs);
  learner.baseline.fit(x, new Int32Array(100), numbers(3, 100));
  return learner;
}

const worlds: [string, () => Env, { episodes: number; steps: number }][] = [
  ['a probe with episodes of random lengths', () => probeEnv(randomLengths), { episodes: 40, steps: 200 }],
  [
    'panda-reach-joints',
    () => envOf(configureEnv('panda-reach-joints', { options: { horizon: 12, goalRadius: 0.15 } })),
    { episodes: 8, steps: 60 },
  ],
];

describe.each(worlds)('in %s', (_, create, counts) => {
  it.each([{ episodes: counts.episodes }, { steps: counts.steps }])(
    'trajectories have the same bytes in 1, 3, 7 and 64 slots (%j)',
    (until) => {
      const env = create();
      const actor = actorOf(learnerIn(env));
      const [alone, ...others] = [1, 3, 7, 64].map((slots) => collect(env, actor, plan(until, { slots })));
      // Unlike lengths, or slots that are taken over would not be told from slots that begin anew together.
      expect(new Set(alone.map((episode) => episode.steps)).size).toBeGreaterThan(1);
      for (const trajectories of others) expect(trajectories.map(bytesOf)).toEqual(alone.map(bytesOf));
    },
  );

  it('an episode is the same whatever ran before it', () => {
    const env = create();
    const actor = actorOf(learnerIn(env));
    const all = collect(env, actor, plan({ episodes: 4 }));
    const [alone] = collect(env, actor, plan({ episodes: 1 }, { seedOf: () => seedOf(3) }));
    expect(bytesOf(alone)).toEqual(bytesOf(all[3]));
  });
});

describe('episodes that are cut short', () => {
  const whole = envOf(configureEnv('panda-reach-joints', { options: { horizon: 12, goalRadius: 0.15 } }));
  const probe = probeEnv(randomLengths);

  it.each([
    ['of the Panda', whole, 5],
    ['of a probe that cannot be stopped', { ...probe, open: unstoppable(probe) }, 3],
  ])('%s are the first steps of whole ones, in any number of slots', (_, env, steps) => {
    const actor = actorOf(learnerIn(env));
    const full = collect(env, actor, plan({ episodes: 20 }));
    for (const slots of [1, 3, 64]) {
      const cut = collect(cutShort(env, steps), actor, plan({ episodes: 20 }, { slots }));
      expect(cut.some((episode, i) => episode.steps < full[i].steps)).toBe(true);
      cut.forEach((episode, i) => {
        expect(episode.steps).toBe(Math.min(steps, full[i].steps));
        for (const name of ['obs', 'act', 'reward', 'value'] as const) {
          expect(episode[name]).toEqual(full[i][name].slice(0, episode[name].length));
        }
        expect(episode.end).toBe(episode.steps < full[i].steps ? 'truncated' : full[i].end);
      });
    }
  });

  it('are whole where they are no longer', () => {
    for (const steps of [0, 12, 13]) expect(cutShort(whole, steps)).toBe(whole);
    expect(cutShort(whole, 11).spec).toEqual({ ...whole.spec, horizon: 11 });
  });

  it('are those that training sees, and never an evaluation', () => {
    const config = configOf({ env: whole.config, steps: 200 }, { batch: 60, cutAfter: 5, evalEvery: 60 });
    const seen: number[][] = [];
    const history = [...trainOn(learnerOf(config), { untilSolved: false })];
    for (const { training, evaluated } of history)
      seen.push([training.meanLength, ...evaluated.map(({ steps }) => steps)]);
    expect(Math.max(...seen.map(([training]) => training))).toBeLessThanOrEqual(5);
    expect(Math.max(...seen.flatMap(([, ...evaluated]) => evaluated))).toBe(12);
  });
});

/** Opens batches that have no `stop`. */
function unstoppable(env: Env): Env['open'] {
  return (slots) => ({ ...env.open(slots), stop: undefined });
}

describe('a plan', () => {
  const env = probeEnv(randomLengths);
  const actor = actorOf(learnerIn(env));

  it('by episodes holds as many, each with its own seed, in order', () => {
    const trajectories = collect(env, actor, plan({ episodes: 6 }));
    expect(trajectories.map((episode) => episode.seed)).toEqual([0, 1, 2, 3, 4, 5].map(seedOf));
    expect(collect(env, actor, plan({ episodes: 0 }))).toEqual([]);
  });

  it.each([1, 9, 10, 57, 200])('by steps holds the fewest whole episodes with at least %i', (steps) => {
    const trajectories = collect(env, actor, plan({ steps }));
    const lengths = trajectories.map((episode) => episode.steps);
    const sum = lengths.reduce((total, length) => total + length, 0);
    expect(sum).toBeGreaterThanOrEqual(steps);
    expect(sum - lengths[lengths.length - 1]).toBeLessThan(steps);
    const inOrder = collect(env, actor, plan({ episodes: lengths.length }));
    expect(trajectories.map(bytesOf)).toEqual(inOrder.map(bytesOf));
  });

  it.each([1, 3, 64])('by steps simulates nothing in vain (%i slots)', (slots) => {
    const own = probeEnv(randomLengths);
    const trajectories = collect(own, actor, plan({ steps: 200 }, { slots }));
    expect(own.counted.steps).toBe(trajectories.reduce((total, episode) => total + episode.steps, 0));
  });

  it('closes its batch, also when something throws', () => {
    let open = 0;
    const counting: Env = {
      ...env,
      open: (slots) => {
        open++;
        return { ...env.open(slots), close: () => open-- };
      },
    };
    collect(counting, actor, plan({ episodes: 2 }));
    const failing = { ...actor, forward: () => expect.fail('on purpose') };
    expect(() => collect(counting, failing, plan({ episodes: 2 }))).toThrow('on purpose');
    expect(open).toBe(0);
  });
});

describe('what is recorded', () => {
  const env = probeEnv(randomLengths);
  const learner = learnerIn(env);
  const actor = actorOf(learner);
  const trajectories = collect(env, actor, plan({ episodes: 30 }));

  it('replays in the environment: observations, rewards and ends', () => {
    const batch = env.open(1);
    const at = (obs: Float32Array, t: number) => Array.from(obs.subarray(t * 2, t * 2 + 2));
    for (const { seed, steps, obs, act, reward, terms, end } of trajectories) {
      batch.start(0, seed);
      for (let t = 0; t < steps; t++) {
        expect(at(batch.obs, 0)).toEqual(at(obs, t));
        expect(batch.last[0]).toBe(0);
        batch.step(act.subarray(t, t + 1));
        expect([reward[t], terms[t]]).toEqual([batch.reward[0], batch.reward[0]]);
      }
      expect(at(batch.obs, 0)).toEqual(at(obs, steps));
      expect([batch.last[0], end]).toEqual([1, batch.discount[0] ? 'truncated' : 'terminated']);
    }
    expect(new Set(trajectories.map(({ end }) => end)).size).toBe(2);
  });

  it("is a = mu + sigma epsilon, with noise from the episode's own stream", () => {
    for (const { seed, act, mean, scale } of trajectories) {
      const noise = stream(seed, 'noise');
      expect(hex(act)).toBe(hex(Float32Array.from(mean, (mu, t) => mu + scale[t] * noise.normal())));
    }
  });

  it('is the mean itself when the actor is deterministic', () => {
    for (const { act, mean } of collect(env, actor, plan({ episodes: 3 }, { deterministic: true }))) {
      expect(hex(act)).toBe(hex(Float32Array.from(mean)));
    }
    expect(trajectories.every(({ act, mean }) => hex(act) !== hex(Float32Array.from(mean)))).toBe(true);
  });

  it("has the policy's mean, sigma, log-probability and value at every observation", () => {
    for (const { obs, act, steps, mean, scale, logp, value } of trajectories) {
      const found = actor.forward(obs, steps + 1);
      // The last state has no action; any will do.
      const acts = new Float32Array(steps + 1);
      acts.set(act);
      expect(hex(mean)).toBe(hex(found.mean.slice(0, steps)));
      expect(hex(value)).toBe(hex(found.value));
      expect(hex(scale)).toBe(hex(found.scale.slice(0, steps)));
      expect(hex(logp)).toBe(hex(found.logProbability(acts).slice(0, steps)));
      expect(scale.every((sigma) => sigma === scale[0])).toBe(true);
      expect(
        largestError(
          logp,
          act.map((a, t) => logDensity(a, mean[t], scale[t])),
        ),
      ).toBeLessThan(1e-5);
    }
  });

  it.each(Object.keys(baselines))('has values where baseline %s knows them, and NaN elsewhere', (baseline) => {
    const own = learnerIn(env, { baseline });
    const known = own.baseline.isStateValue;
    for (const { value, steps } of collect(env, actorOf(own), plan({ episodes: 3 }))) {
      expect(value).toHaveLength(steps + 1);
      expect(value.every((v) => Number.isFinite(v) === known)).toBe(true);
    }
  });
});

describe.each(Object.keys(distributions))('a %s policy of panda-reach-joints', (policy) => {
  const env = envOf(configureEnv('panda-reach-joints', { options: { horizon: 6, goalRadius: 0.15 } }));
  const learner = learnerIn(env, { policy });
  const actor = actorOf(learner);
  const run = (slots: number) => collect(env, actor, plan({ episodes: 6 }, { slots }));

  it('gives trajectories of the same bytes in 1, 3 and 64 slots', () => {
    const [alone, ...others] = [1, 3, 64].map(run);
    expect(new Set(alone.map((episode) => episode.steps)).size).toBeGreaterThan(1);
    for (const trajectories of others) expect(trajectories.map(bytesOf)).toEqual(alone.map(bytesOf));
  });

  it("notes what it says again at every observation, and samples by the episode's own noise", () => {
    const { distribution } = learner.policy;
    expect(actor.scaleSize).toBe(distribution.scaleSize);
    const episodes = run(4);
    const { config, spec, scene } = env;
    const header = { env: config, spec, scene, gamma: 1, lambda: 1, policy: { name: '', kind: '', trainedSteps: 0 } };
    expect(findPolicyDifference({ header, episodes }, actor)).toBeNull();
    for (const one of episodes) {
      const { seed, obs, act, mean, scale, steps } = one;
      expect([mean.length, scale.length]).toEqual([steps * 7, steps * distribution.scaleSize]);
      const random = stream(seed, 'noise');
      const noise = Float64Array.from({ length: steps * 7 }, () => random.normal());
      const states = obs.slice(0, (obs.length / (steps + 1)) * steps);
      const found = actor.forward(states, steps);
      const sampled = found.sample(noise);
      expect(hex(sampled)).toBe(hex(sampledIn(one)));
      expect(hex(found.actionsOf(sampled))).toBe(hex(act));
    }
  });

  it('shows its sigma on average: of a Cholesky factor, the norms of its rows', () => {
    const own = learnerIn(env, { policy, batch: 30 });
    own.theta.set(learner.theta);
    const { y, phi } = own.policy.outputs(own.theta, new Float64Array(own.normalizer.mean.length), 1);
    const scale = own.policy.distribution.scale(y, phi, 1);
    const columns = scale.length / 7;
    const sigmas = [0, 1, 2, 3, 4, 5, 6].map((j) => Math.hypot(...scale.subarray(j * columns, (j + 1) * columns)));
    const [{ sigma }] = trainOn(own, { iterations: 1, untilSolved: false });
    const mean = sigmas.reduce((sum, value) => sum + value, 0) / 7;
    // The same in all states but for the one family.
    if (policy !== 'state-diagonal') expect(sigma).toBeCloseTo(mean, 12);
    else expect(sigma).toBeGreaterThan(0);
  });
});
