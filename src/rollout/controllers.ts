import { jointFields, observedJoints } from '../../envs/control/observe-joints.ts';
import type { Env, EnvConfig } from '../../envs/env.ts';
import { fromAxes } from '../../envs/math/axes.ts';
import { stream } from '../../envs/math/random.ts';
import { cross, type Quat, type Vec3 } from '../../envs/math/rotation.ts';
import { inverseKinematics } from '../../envs/model/kinematics.ts';
import { treeOf } from '../../envs/model/tree.ts';
import { reachOf } from '../../envs/model/workspace.ts';
import { UsageError } from '../../envs/options.ts';
import { type Field, offsetOf, scaleOf, width } from '../../envs/spec.ts';
import { configureEnv, type EnvRegistry, envOf, givenIn } from '../../envs/tasks/index.ts';
import type { Actor } from '../policy/actor.ts';
import { programs } from './programs.ts';

/** A controller in the environment it is at home in: the one it was asked for, observing what the controller needs. */
export interface Controlled {
  readonly env: Env;
  readonly actor: Actor;
}

/** Controllers that need no learning: what a policy is to be measured against. */
export const controllers: Readonly<Record<string, (config: EnvConfig, registry?: EnvRegistry) => Controlled>> = {
  proportional,
  scripted,
};

/** Iterations of inverse kinematics for a whole way to the goal. */
const ikIterations = 20;

/**
 * Asks for the whole way to the goal in every control step, of which the action's box leaves a part: a = (goal - end
 * effector) / scale where actions move the end effector, and a = (q* - q) / scale where they move the joints, with q* joint
 * angles near q that put the end effector at the goal, by inverse kinematics.
 * @throws UsageError for a task whose actions do neither, or that does not observe goals and what moves
 */
function proportional(config: EnvConfig, registry?: EnvRegistry): Controlled {
  const env = envOf(config, registry);
  const { kind, scale } = env.spec.controller;
  if (env.scene.objects.length) {
    throw new UsageError(
      `the proportional controller moves the end effector, not an object; ${config.env} has scripted`,
    );
  }
  if (kind === 'joint-torque') {
    throw new UsageError(
      `the proportional controller needs actions that move the arm by a step; those of ${config.env} do not`,
    );
  }
  if (kind === 'end-effector-step') {
    const [readGoal, readTip] = [goalNames, tipNames].map((names) => readerOf(env, config, names));
    const way = (obs: Float32Array) => {
      const [goal, tip] = [readGoal(obs), readTip(obs)];
      return goal.map((x, i) => (x - tip[i]) / scale);
    };
    return { env, actor: deterministic(env, way) };
  }
  return alongJoints(config, registry);
}

/** The same by the joints, which have to be observed. */
function alongJoints(config: EnvConfig, registry?: EnvRegistry): Controlled {
  const env = seeingJoints(config, registry);
  const { controller, obs: fields } = env.spec;
  const { arm } = env.scene;
  const joints = offsetOf(fields, jointFields(arm.model)[0].name);
  const readGoal = readerOf(env, config, goalNames);
  const axesAt = fields.some((one) => isField(one, 'goal_axes', 6)) ? offsetOf(fields, 'goal_axes') : -1;
  const { driven } = treeOf(arm.model);
  const way = (obs: Float32Array) => {
    const q = observedJoints(arm.model, obs, joints);
    const there = inverseKinematics(arm, q, readGoal(obs), axesAt < 0 ? null : rotationAt(obs, axesAt), ikIterations);
    return driven.map((i, k) => (there[i] - q[i]) / scaleOf(controller, k));
  };
  return { env, actor: deterministic(env, way) };
}

/**
 * The environment as it is where it observes the joints, else as it does by its option.
 * @throws UsageError where it does neither
 */
function seeingJoints(config: EnvConfig, registry?: EnvRegistry): Env {
  const seeing = Object.hasOwn(config.options, 'observeJoints') ? { observeJoints: true } : {};
  const given = { ...givenIn(config), options: { ...config.options, ...seeing } };
  const seen = envOf(configureEnv(config.env, given, registry), registry);
  const needed = jointFields(seen.scene.arm.model);
  const first = seen.spec.obs.findIndex(({ name }) => name === needed[0].name);
  if (needed.every(({ name, size }, i) => isField(seen.spec.obs[first + i], name, size))) return seen;
  throw new UsageError(
    `the proportional controller needs joint angles observed, as jointFields has them; ${config.env} has none`,
  );
}

/** What goals and end effectors are called in observations. */
const goalNames = ['desired_goal', 'goal'];
const tipNames = ['achieved_goal', 'tip'];

/**
 * Reads a position from an observation that has it in m, or over the arm's reach in unit 1.
 * @throws UsageError where it has neither
 */
function readerOf({ spec: { obs: fields }, scene }: Env, config: EnvConfig, names: readonly string[]) {
  const found = fields.find((field) => names.includes(field.name) && isField(field, field.name, 3));
  if (!found || (found.unit !== 'm' && found.unit !== '1')) {
    const wanted = `${names.join(' or ')}, in m or over the arm's reach, as panda-reach and reach have it`;
    throw new UsageError(`the proportional controller needs the observation ${wanted}; ${config.env} has none`);
  }
  const at = offsetOf(fields, found.name);
  const length = found.unit === 'm' ? 1 : reachOf(scene.arm.model);
  return (obs: Float32Array): Vec3 => [length * obs[at], length * obs[at + 1], length * obs[at + 2]];
}

/** The rotation whose x and y axis an observation has from the place `at` on. */
function rotationAt(obs: Float32Array, at: number): Quat {
  const [x, y] = [at, at + 3].map((from): Vec3 => [obs[from], obs[from + 1], obs[from + 2]]);
  return fromAxes(x, y, cross(x, y));
}

function isField(field: Field | undefined, name: string, size: number): boolean {
  return field?.name === name && field.size === size;
}

/**
 * Pushes or strikes an object to its goal, or picks it up and carries it there, as a program would that sees where both are. Its actions
 * move the end effector, also where those that it is measured against move the joints.
 * @throws UsageError for a task that has no program
 */
function scripted(config: EnvConfig, registry?: EnvRegistry): Controlled {
  const program = Object.hasOwn(programs, config.env) ? programs[config.env] : undefined;
  if (!program) {
    throw new UsageError(`the scripted controller knows ${Object.keys(programs).join(', ')}, not ${config.env}`);
  }
  const options = { ...config.options, control: 'end-effector' };
  const env = envOf(configureEnv(config.env, { ...givenIn(config), options }, registry), registry);
  const { scale } = env.spec.controller;
  return { env, actor: deterministic(env, (obs) => program(obs, scale)) };
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

/** An actor that does nothing, or the same all the while. */
export function constantActor(env: Env, action: readonly number[] = new Array(width(env.spec.act)).fill(0)): Actor {
  return deterministic(env, () => action);
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
