import { episodeSeed } from '../../envs/math/random.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { armsOf, configureEnv, envOf, tasks } from '../../envs/tasks/index.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import { baselines } from '../../src/baselines/index.ts';
import { distributions } from '../../src/policy/distributions/index.ts';
import { actorOf } from '../../src/rollout/acting-policy.ts';
import { collect } from '../../src/rollout/collect.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { learn } from '../../src/train/learner.ts';

/**
 * Digests of everything that must come out with the same bits in Node and in a browser, on any machine. The module runs in
 * both, so it may use neither fs nor DOM.
 */
export async function goldenDigests(): Promise<Record<string, string>> {
  await loadPhysics();
  const digests: Record<string, string> = {};
  for (const [name, task] of Object.entries(tasks)) {
    for (const arm of armsOf(task)) {
      digests[`trajectories ${name} ${arm}`] = await digestOf(trajectoriesOf(name, arm).flatMap(columns));
    }
  }
  for (const algorithm of Object.keys(algorithms)) {
    for (const env of Object.keys(tasks))
      digests[`theta ${algorithm} ${env}`] = await digestOf([thetaAfter(algorithm, env)]);
  }
  for (const baseline of Object.keys(baselines)) {
    digests[`theta reinforce panda-reach-joints ${baseline}`] = await digestOf([
      thetaAfter('reinforce', 'panda-reach-joints', { baseline }),
    ]);
  }
  for (const policy of Object.keys(distributions)) {
    digests[`theta trpo panda-reach-joints ${policy}`] = await digestOf([
      thetaAfter('trpo', 'panda-reach-joints', { policy }),
    ]);
  }
  return digests;
}

/** Two episodes of noise: every transcendental of the simulation and of the sampling is in their bits. */
export function trajectoriesOf(name: string, arm: string): Trajectory[] {
  const env = envOf(configureEnv(name, { arm }));
  return collect(env, randomActor(env), {
    seedOf: (episode) => 1000 + episode,
    until: { episodes: 2 },
    slots: 2,
    deterministic: false,
  });
}

/** The same two episodes as a recording. */
export function recordingOf(name: string, arm: string): Recording {
  const { config, spec, scene } = envOf(configureEnv(name, { arm }));
  const policy = { name: 'noise', kind: 'controller', trainedSteps: 0 };
  return { header: { env: config, spec, scene, gamma: 1, lambda: 1, policy }, episodes: trajectoriesOf(name, arm) };
}

/** Theta after three iterations, without the evaluations that training puts between them. */
function thetaAfter(algorithm: string, env: string, options: Record<string, string> = {}): Float64Array {
  const learner = learnerOf(configureTraining({ env, algorithm, seed: 7, options: { ...options, batch: 200 } }));
  for (let iteration = 0; iteration < 3; iteration++) {
    const seedOf = (episode: number) => episodeSeed(7, 'training', iteration, episode);
    const plan = { seedOf, until: { steps: 200 }, slots: 64, deterministic: false };
    learn(learner, collect(learner.env, actorOf(learner), plan), iteration / 100);
  }
  return learner.theta;
}

function columns({ params, obs, act, reward, terms, pose }: Trajectory): (Float32Array | Float64Array)[] {
  return [params, obs, act, reward, terms, pose];
}

async function digestOf(arrays: readonly (Float32Array | Float64Array)[]): Promise<string> {
  const bytes = new Uint8Array(arrays.reduce((sum, array) => sum + array.byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
