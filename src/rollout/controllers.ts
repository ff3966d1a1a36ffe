import { arms } from '../../envs/arms/index.ts';
import { inverseKinematics } from '../../envs/model/kinematics.ts';
import { UsageError } from '../../envs/options.ts';
import { configureEnv, createEnv, width } from '../../envs/sim/env.ts';
import type { Env, EnvConfig, Vec3 } from '../../envs/types.ts';
import type { Actor } from '../policy/actor.ts';

/** A controller in the environment it is at home in: the one it was asked for, observing what the controller needs. */
export interface Controlled {
  readonly env: Env;
  readonly actor: Actor;
}

/** Controllers that need no learning: what a policy is to be measured against. */
export const controllers: Readonly<Record<string, (config: EnvConfig) => Controlled>> = { proportional };

/** Iterations of inverse kinematics for a whole way to the goal. */
const ikIterations = 20;

/**
 * Asks for the whole way to the goal in every control step, of which the action's box leaves a part: a = (goal - end
 * effector) / scale where actions move the end effector, and a = (q* - q) / scale where they move the joints, with q* joint
 * angles near q that put the end effector at the goal, by inverse kinematics.
 * @throws UsageError for a task whose actions do neither
 */
function proportional({ env, arm, options }: EnvConfig): Controlled {
  const { kind, scale } = createEnv({ env, arm, options }).scene.action;
  if (kind === 'end-effector-step') {
    const plain = createEnv({ env, arm, options });
    const [achieved, desired] = [offsetOf(plain, 'achieved_goal'), offsetOf(plain, 'desired_goal')];
    const way = (obs: Float32Array) => [0, 1, 2].map((i) => (obs[desired + i] - obs[achieved + i]) / scale);
    return { env: plain, actor: deterministic(plain, way) };
  }
  if (kind === 'joint-step') {
    const seeing = createEnv(configureEnv(env, { arm, options: { ...options, observeJoints: true } }));
    const [joints, desired] = [offsetOf(seeing, 'q'), offsetOf(seeing, 'desired_goal')];
    const way = (obs: Float32Array) => {
      const q = obs.subarray(joints, joints + arms[arm].joints.length);
      const goal: Vec3 = [obs[desired], obs[desired + 1], obs[desired + 2]];
      const there = inverseKinematics(arms[arm], q, goal, null, ikIterations);
      return Array.from(there, (angle, i) => (angle - q[i]) / scale);
    };
    return { env: seeing, actor: deterministic(seeing, way) };
  }
  throw new UsageError(`the proportional controller needs actions that move the arm by a step; those of ${env} do not`);
}

/** An actor without noise or values, from the action for one observation. */
function deterministic({ spec }: Env, actionOf: (obs: Float32Array) => readonly number[]): Actor {
  const [obsSize, actions] = [width(spec.obs), width(spec.act)];
  return {
    scaleSize: actions,
    forward(obs, n) {
      const rows = Array.from({ length: n }, (_, i) => actionOf(obs.subarray(i * obsSize, (i + 1) * obsSize)));
      const mean = Float64Array.from(rows.flat());
      return {
        mean,
        scale: new Float64Array(mean.length),
        value: new Float64Array(n).fill(Number.NaN),
        sample: () => Float32Array.from(mean),
        logProbability: () => new Float64Array(n),
      };
    },
  };
}

function offsetOf({ spec }: Env, name: string): number {
  const index = spec.obs.findIndex((field) => field.name === name);
  return width(spec.obs.slice(0, index));
}
