/**
 * Fixed-seed tests for vitest: what an environment or an algorithm comes to, down to the last bit, against digests that
 * are stored beside the test and brought up to date by `vitest -u`. Importing this adds the matcher, and loads the physics.
 *
 *     import { trained } from '@armature-rl/armature/testing';
 *
 *     it('learns as it always did', async () => {
 *       expect(await trained({ env: 'panda-reach', algorithm: 'ppo', seed: 0, steps: 2000 })).toMatchDigest();
 *     });
 */

import { createHash } from 'node:crypto';
import { expect, Snapshots } from 'vitest';
import type { Env } from '../envs/env.ts';
import { episodeSeed } from '../envs/math/random.ts';
import type { OptionValue } from '../envs/options.ts';
import { loadPhysics } from '../envs/sim/rapier.ts';
import { makeEnv } from '../envs/tasks/index.ts';
import { algorithms } from './algorithms/index.ts';
import type { AlgorithmFactory } from './algorithms/types.ts';
import { collect } from './rollout/collect.ts';
import { randomActor } from './rollout/controllers.ts';
import { configFor, learnerOf } from './train/config.ts';
import { arraysOf } from './train/learner.ts';
import { trainOn } from './train/train.ts';

export { checkEnv, type Problem } from './check/check-env.ts';

// A test may open an environment at once.
await loadPhysics();

/** Arrays by name: what digests are taken of. */
export type Outcome = Readonly<Record<string, Float32Array | Float64Array>>;

export interface EnvChoice {
  /** The name of an environment, or one of your own. */
  readonly env: string | Env;
  /** Of an environment that is named. */
  readonly arm?: string;
  readonly envOptions?: Readonly<Record<string, OptionValue>>;
  /** What its dynamics are drawn from, as `--randomize` has that. */
  readonly dynamics?: string;
  /** 0 if not given. */
  readonly seed?: number;
}

export interface RunChoice extends EnvChoice {
  /** Training steps. */
  readonly steps: number;
  /** The name of an algorithm, or one of your own; reinforce if not given. */
  readonly algorithm?: string | AlgorithmFactory;
  /** Options of training and of the algorithm. */
  readonly options?: Readonly<Record<string, OptionValue>>;
}

/** Everything that a training run learns: parameters, observation statistics, baseline and optimiser. */
export async function trained({ algorithm = 'reinforce', steps, options, ...choice }: RunChoice): Promise<Outcome> {
  const env = environment(choice);
  const entry = typeof algorithm === 'string' ? algorithms[algorithm] : algorithm;
  if (!entry) throw new Error(`unknown algorithm "${algorithm}"; there are: ${Object.keys(algorithms).join(', ')}`);
  const config = configFor(env, entry, { seed: choice.seed, steps, options });
  const learner = learnerOf(config, { env, algorithm: entry });
  for (const _ of trainOn(learner, { untilSolved: false }));
  return arraysOf(learner);
}

/** What a few episodes of random actions are like: the columns that the environment determines. */
export async function rolledOut({
  episodes = 4,
  ...choice
}: EnvChoice & { readonly episodes?: number }): Promise<Outcome> {
  const env = environment(choice);
  const trajectories = collect(env, randomActor(env), {
    seedOf: (episode) => episodeSeed(choice.seed ?? 0, 'recording', 0, episode),
    until: { episodes },
    deterministic: false,
  });
  const named = trajectories.flatMap(({ params, obs, act, reward, terms, pose }, e) =>
    Object.entries({ params, obs, act, reward, terms, pose }).map(([name, data]) => [`episode ${e} ${name}`, data]),
  );
  return Object.fromEntries(named);
}

function environment({ env, arm, envOptions, dynamics }: EnvChoice): Env {
  return typeof env === 'string' ? makeEnv(env, { arm, options: envOptions, dynamics }) : env;
}

/** SHA-256 of the bytes of each array, cut to 16 hex digits. */
function digests(outcome: Outcome): Record<string, string> {
  const digest = (data: Float32Array | Float64Array) => createHash('sha256').update(data).digest('hex').slice(0, 16);
  return Object.fromEntries(Object.entries(outcome).map(([name, data]) => [name, digest(data)]));
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: what vitest declares has to be declared again
  interface Matchers<T = any> {
    /** Compares the digest of each array with the stored one; `vitest -u` stores them anew. */
    toMatchDigest(): T;
  }
}

expect.extend({
  toMatchDigest(received: Outcome) {
    return Snapshots.toMatchSnapshot.call(this, digests(received));
  },
});
