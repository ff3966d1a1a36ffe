import { episodeSeed } from '../../envs/math/random.ts';
import type { Arm } from '../../envs/model/types.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { configureEnv, envOf } from '../../envs/tasks/index.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { actorOf } from '../rollout/acting-policy.ts';
import { collect } from '../rollout/collect.ts';
import { randomActor } from '../rollout/controllers.ts';
import { configureTraining, learnerOf } from '../train/config.ts';
import { learn } from '../train/learner.ts';
import { expectedDigests } from './golden.ts';

/** Whether this machine comes to the bits that every other one comes to: some of the golden digests, in about a second. */

/** What differs on this machine; nothing where its runs are as good as any other's. */
export async function selfCheck(expected = expectedDigests): Promise<string[]> {
  await loadPhysics();
  const found = await ownDigests();
  return Object.keys(expected).filter((name) => found[name] !== expected[name]);
}

async function ownDigests(): Promise<Record<string, string>> {
  return {
    'trajectories panda-reach panda': await digestOf(trajectoriesOf('panda-reach', 'panda').flatMap(columns)),
    'trajectories panda-push panda': await digestOf(trajectoriesOf('panda-push', 'panda').flatMap(columns)),
    'theta trpo panda-reach-joints': await digestOf([thetaAfter('trpo', 'panda-reach-joints')]),
  };
}

/** Two episodes of noise: every transcendental of the simulation and of the sampling is in their bits. */
export function trajectoriesOf(name: string, arm: string | Arm, dynamics?: string): Trajectory[] {
  const env = envOf(configureEnv(name, { arm, dynamics }));
  return collect(env, randomActor(env), {
    seedOf: (episode) => 1000 + episode,
    until: { episodes: 2 },
    slots: 2,
    deterministic: false,
  });
}

/** Theta after three iterations, without the evaluations that training puts between them. */
export function thetaAfter(algorithm: string, env: string, options: Record<string, string> = {}): Float64Array {
  const learner = learnerOf(configureTraining({ env, algorithm, seed: 7, options: { ...options, batch: 200 } }));
  for (let iteration = 0; iteration < 3; iteration++) {
    const seedOf = (episode: number) => episodeSeed(7, 'training', iteration, episode);
    const plan = { seedOf, until: { steps: 200 }, slots: 64, deterministic: false };
    learn(learner, collect(learner.env, actorOf(learner), plan), iteration / 100);
  }
  return learner.theta;
}

export function columns({ params, obs, act, reward, terms, pose }: Trajectory): (Float32Array | Float64Array)[] {
  return [params, obs, act, reward, terms, pose];
}

export async function digestOf(arrays: readonly (Float32Array | Float64Array)[]): Promise<string> {
  const bytes = new Uint8Array(arrays.reduce((sum, array) => sum + array.byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
