import { arms } from '../../envs/arms/index.ts';
import type { Env, EnvBatch } from '../../envs/env.ts';
import { type Random, stream } from '../../envs/math/random.ts';
import { conjugate, multiply, subtract, type Vec3 } from '../../envs/math/rotation.ts';
import { freeBodiesOf } from '../../envs/model/free-body.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { degreesOf, treeOf } from '../../envs/model/tree.ts';
import type { Arm, Joint, Motor, Placed, Scene } from '../../envs/model/types.ts';
import { type OptionValue, resolveOptions } from '../../envs/options.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { Simulation } from '../../envs/sim/simulation.ts';
import { width } from '../../envs/spec.ts';
import { makeTask, type PhysicsSettings, type Start, type State, type Task } from '../../envs/task.ts';
import { armsOf, configureEnv, envOf, tasks } from '../../envs/tasks/index.ts';
import type { Actor } from '../../src/policy/actor.ts';
import { collect, type EpisodePlan } from '../../src/rollout/collect.ts';

export const everyArm: readonly Arm[] = Object.values(arms);

/** Every registered task on every arm it runs on. */
export const everyCase = Object.values(tasks).flatMap((entry) =>
  armsOf(entry).map((arm) => ({ task: entry.name, arm })),
);

/** A recording of an actor's episodes, as a controller's are recorded. */
export function recorded(env: Env, actor: Actor, plan: EpisodePlan): Recording {
  const { config, spec, scene } = env;
  const policy = { name: 'random', kind: 'random', trainedSteps: 0 };
  return { header: { env: config, spec, scene, gamma: 0.99, lambda: 1, policy }, episodes: collect(env, actor, plan) };
}

export function openEnv(name: string, arm?: string, options: Record<string, OptionValue> = {}): Env {
  return envOf(configureEnv(name, { arm, options }));
}

/** A task as it is by default, with some options changed. */
export function taskOf(name: string, arm: Arm, options: Record<string, OptionValue> = {}): Task {
  return makeTask(tasks[name], arm, resolveOptions(tasks[name].options, options, name));
}

/** Where the episode of a seed starts. */
export function startOf({ scene, params, reset }: Task, seed: number): Start {
  const q = Float64Array.from(scene.arm.model.home);
  const pose = freeBodiesOf(scene).flatMap(({ frame }) => [...frame.position, ...frame.rotation]);
  const free = { pose: Float64Array.from(pose), velocity: new Float64Array(6 * scene.objects.length) };
  const start = { q, dq: new Float64Array(q.length), ...free };
  reset(stream(seed, 'start'), start, new Float32Array(width(params)));
  return start;
}

/** An arm in its task's place as the task sees it: at rest at joint positions q [J], but for what is changed. */
export function stateAt(arm: Placed<Arm>, q: ArrayLike<number>, change: Partial<State> = {}): State {
  const { bodies, tip } = forwardKinematics(arm, q);
  return {
    t: 0,
    previousAction: new Float64Array(treeOf(arm.model).driven.length),
    actionBefore: new Float64Array(treeOf(arm.model).driven.length),
    q: Float64Array.from(q),
    dq: new Float64Array(q.length),
    pose: Float32Array.from(bodies.flatMap(({ position, rotation }) => [...position, ...rotation])),
    velocity: new Float64Array(bodies.length * 6),
    site: () => ({ position: Float64Array.from(tip.position), velocity: new Float64Array(3) }),
    contact: () => 0,
    contactSum: () => 0,
    contactForce: () => [0, 0, 0],
    ...change,
  };
}

/** Joint targets or torques [J] that a task makes of an action. */
export function controlOf(task: Task, state: State, action: Float64Array): Float64Array {
  const out = new Float64Array(state.q.length);
  task.controller.command(state, action, out);
  return out;
}

/** The arm where the reach tasks place it, and their position-driven physics. */
/** By panda-gym's task where it runs on the arm, else by the one that any arm has. */
export const reachTaskOf = ({ name }: Arm) =>
  armsOf(tasks['panda-reach-joints']).includes(name) ? 'panda-reach-joints' : 'reach';

export function reachScene(arm: Arm): Scene {
  return taskOf(reachTaskOf(arm), arm).scene;
}

export function reachPhysics(arm: Arm, change: Partial<PhysicsSettings> = {}): PhysicsSettings {
  return { ...taskOf(reachTaskOf(arm), arm).physics, ...change };
}

/** The arm in that scene, with room for so many, moved by its motors. */
export function simulate(arm: Arm, settings = reachPhysics(arm), slots = 1): Simulation {
  return new Simulation(reachScene(arm), settings, { drive: 'position' }, slots);
}

/** A task's scene with room for one arm. */
export function simulateTask({ scene, physics, controller }: Task): Simulation {
  return new Simulation(scene, physics, controller, 1);
}

/** The box that a reach task draws its goals from, m: its corners are where all random numbers are least, and greatest. */
export function goalBoxOf(task: Task): { readonly low: Vec3; readonly high: Vec3 } {
  const goalAt = (between: Random['between']) => {
    const goal = new Float32Array(3);
    task.reset({ ...stream(0, 'start'), between }, startOf(task, 0), goal);
    return vec3(goal);
  };
  return { low: goalAt((low) => low), high: goalAt((_, high) => high) };
}

/** Limits of a joint, infinite where it has none. */
export function limitsOf({ low = -Infinity, high = Infinity }: Joint): readonly [number, number] {
  return [low, high];
}

export function motorOf({ name, motor }: Joint): Motor {
  if (!motor) throw new Error(`${name} has no motor`);
  return motor;
}

/** Angles within the limits; within half a turn of zero where there are none. `part` shrinks the range about its middle. */
export function randomAngles(arm: Arm, random: Random, part = 1): number[] {
  return degreesOf(arm).map(({ low = -Math.PI, high = Math.PI }) => {
    const [middle, half] = [(low + high) / 2, (part * (high - low)) / 2];
    return random.between(middle - half, middle + half);
  });
}

/** Linear and angular velocity of the tip per unit of each joint [J], by central differences. */
export function differencesOf(arm: Placed<Arm>, q: readonly number[]): { velocity: number[]; spin: number[] }[] {
  // An error of the order of eps^2 for arms of a metre, and rounding of 1e-16 / eps.
  const eps = 1e-5;
  return q.map((_, j) => {
    const at = (shift: number) => {
      const shifted = q.map((value, k) => (k === j ? value + shift : value));
      return forwardKinematics(arm, shifted).tip;
    };
    const [ahead, behind] = [at(eps), at(-eps)];
    const turned = multiply(ahead.rotation, conjugate(behind.rotation));
    return {
      velocity: subtract(ahead.position, behind.position).map((d) => d / (2 * eps)),
      spin: turned.map((d) => d / eps),
    };
  });
}

/** Uniform actions, a fifth beyond the box so that clipping takes part. */
export function randomAction(size: number, random: Random): Float32Array {
  return Float32Array.from({ length: size }, () => random.between(-1.2, 1.2));
}

export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

export function vec3(a: ArrayLike<number>, at = 0): Vec3 {
  return [a[at], a[at + 1], a[at + 2]];
}

/** What a slot's arrays hold, as bytes. */
export function slotBytes(batch: EnvBatch, slot: number): Buffer {
  const arrays = [
    batch.obs,
    batch.reward,
    batch.terms,
    batch.discount,
    batch.last,
    batch.success,
    batch.params,
    batch.dynamics,
    batch.pose,
  ];
  return Buffer.concat(
    arrays.map((array) => {
      const size = array.byteLength / batch.slots;
      return Buffer.from(array.buffer, array.byteOffset + slot * size, size);
    }),
  );
}

/**
 * Plays an episode with random actions and returns all that it showed, as bytes.
 *
 * @param disturb called before every step of the batch, may start episodes in other slots
 */
export function episodeBytes(
  env: Env,
  batch: EnvBatch,
  slot: number,
  seed: number,
  disturb: (step: number, act: Float32Array) => void = () => {},
): Buffer {
  const size = width(env.spec.act);
  const random = stream(seed, 'noise');
  batch.start(slot, seed);
  const shown = [Buffer.from(slotBytes(batch, slot))];
  for (let t = 0; t < env.spec.horizon && !batch.last[slot]; t++) {
    const act = new Float32Array(batch.slots * size);
    disturb(t, act);
    act.set(randomAction(size, random), slot * size);
    batch.step(act);
    shown.push(Buffer.from(slotBytes(batch, slot)));
  }
  return Buffer.concat(shown);
}
