import { jointFields, observedJoints } from '../../envs/control/observe-joints.ts';
import type { Env, EnvConfig } from '../../envs/env.ts';
import { stream } from '../../envs/math/random.ts';
import type { Vec3 } from '../../envs/math/rotation.ts';
import { inverseKinematics } from '../../envs/model/kinematics.ts';
import { treeOf } from '../../envs/model/tree.ts';
import { UsageError } from '../../envs/options.ts';
import { offsetOf, width } from '../../envs/spec.ts';
import { configureEnv, type EnvRegistry, envOf } from '../../envs/tasks/index.ts';
import type { Actor } from '../policy/actor.ts';

/** A controller in the environment it is at home in: the one it was asked for, observing what the controller needs. */
export interface Controlled {
  readonly env: Env;
  readonly actor: Actor;
}

/** Controllers that need no learning: what a policy is to be measured against. */
export const controllers: Readonly<Record<string, (config: EnvConfig, registry?: EnvRegistry) => Controlled>> = {
  proportional,
};

/** Iterations of inverse kinematics for a whole way to the goal. */
const ikIterations = 20;

/**
 * Asks for the whole way to the goal in every control step, of which the action's box leaves a part: a = (goal - end
 * effector) / scale where actions move the end effector, and a = (q* - q) / scale where they move the joints, with q* joint
 * angles near q that put the end effector at the goal, by inverse kinematics.
 * @throws UsageError for a task whose actions do neither, or that does not observe goals in metres
 */
function proportional(config: EnvConfig, registry?: EnvRegistry): Controlled {
  const env = envOf(config, registry);
  const { kind, scale } = env.spec.controller;
  if (kind !== 'joint-torque' && !env.spec.obs.some(({ name }) => name === 'desired_goal')) {
    throw new UsageError(
      `the proportional controller needs the observation desired_goal, in m, as panda-reach has it; ${config.env} has none`,
    );
  }
  if (kind === 'end-effector-step') {
    const { obs: fields } = env.spec;
    const [achieved, desired] = [offsetOf(fields, 'achieved_goal'), offsetOf(fields, 'desired_goal')];
    const way = (obs: Float32Array) => [0, 1, 2].map((i) => (obs[desired + i] - obs[achieved + i]) / scale);
    return { env, actor: deterministic(env, way) };
  }
  if (kind === 'joint-step') {
    const options = { ...config.options, observeJoints: true };
    const seeing = envOf(configureEnv(config.env, { arm: config.robot ?? config.arm, options }, registry), registry);
    const { obs: fields } = seeing.spec;
    const { arm } = seeing.scene;
    const [joints, desired] = [offsetOf(fields, jointFields(arm.model)[0].name), offsetOf(fields, 'desired_goal')];
    const way = (obs: Float32Array) => {
      const q = observedJoints(arm.model, obs, joints);
      const goal: Vec3 = [obs[desired], obs[desired + 1], obs[desired + 2]];
      const there = inverseKinematics(arm, q, goal, null, ikIterations);
      return treeOf(arm.model).driven.map((i) => (there[i] - q[i]) / scale);
    };
    return { env: seeing, actor: deterministic(seeing, way) };
  }
  throw new UsageError(
    `the proportional controller needs actions that move the arm by a step; those of ${config.env} do not`,
  );
}

/** An actor without noise or values, from the action for one observation. */
function deterministic({ spec }: Env, actionOf: (obs: Float32Array) => readonly number[]): Actor {
  const [obsSize, actions] = [width(spec.obs), width(spec.act)];
  return {
    scaleSize: actions,
    squashed: false,
    forward(obs, n) {
      const rows = Array.from({ length: n }, (_, i) => actionOf(obs.subarray(i * obsSize, (i + 1) * obsSize)));
      const mean = Float64Array.from(rows.flat());
      return {
        mean,
        scale: new Float64Array(mean.length),
        value: new Float64Array(n).fill(Number.NaN),
        sample: () => Float32Array.from(mean),
        actionsOf: (sampled) => sampled,
        logProbability: () => new Float64Array(n),
      };
    },
  };
}

/** A fixed random mean with noise around it: an actor that moves an arm about, and knows nothing. */
export function randomActor(env: Env): Actor {
  const size = width(env.spec.act);
  const bias = stream(42, 'policyInit');
  const mean = Float64Array.from({ length: size }, () => bias.between(-0.5, 0.5));
  return {
    scaleSize: size,
    squashed: false,
    forward: (_obs, n) => ({
      mean: Float64Array.from({ length: n * size }, (_, k) => mean[k % size]),
      scale: new Float64Array(n * size).fill(0.8),
      value: new Float64Array(n).fill(Number.NaN),
      sample: (noise) => Float32Array.from(noise, (e, k) => mean[k % size] + 0.8 * e),
      actionsOf: (sampled) => sampled,
      logProbability: () => new Float64Array(n),
    }),
  };
}
