import { arms } from '../../envs/arms/index.ts';
import { type Random, stream } from '../../envs/math/random.ts';
import type { Arm } from '../../envs/model/types.ts';
import { resolveOptions } from '../../envs/options.ts';
import { configureEnv, createEnv, width } from '../../envs/sim/env.ts';
import type { ArmState, PhysicsSettings } from '../../envs/sim/physics.ts';
import { tasks } from '../../envs/tasks/index.ts';
import type { Task } from '../../envs/tasks/types.ts';
import type { Env, EnvBatch, OptionValue, Vec3 } from '../../envs/types.ts';

export const everyArm: readonly Arm[] = Object.values(arms);

/** Every registered task on every arm it runs on. */
export const everyCase = Object.values(tasks).flatMap((entry) => entry.arms.map((arm) => ({ task: entry.name, arm })));

export function openEnv(name: string, arm?: string, options: Record<string, OptionValue> = {}): Env {
  return createEnv(configureEnv(name, { arm, options }));
}

/** A task as it is by default, with some options changed. */
export function taskOf(name: string, arm: Arm, options: Record<string, OptionValue> = {}): Task {
  return tasks[name].create(arm, resolveOptions(tasks[name].options, options, name));
}

/** Joint targets or torques [J] that a task makes of an action. */
export function controlOf(task: Task, state: ArmState, action: Float64Array): Float64Array {
  const out = new Float64Array(state.q.length);
  task.control(state, action, out);
  return out;
}

/** The position-driven physics of the reach tasks. */
export function reachPhysics(arm: Arm, change: Partial<PhysicsSettings> = {}): PhysicsSettings {
  return { ...taskOf('panda-reach-joints', arm).physics, ...change };
}

/** Angles within the limits; within half a turn of zero where there are none. `part` shrinks the range about its middle. */
export function randomAngles(arm: Arm, random: Random, part = 1): number[] {
  return arm.joints.map(({ low, high }) => {
    const [from, to] = Number.isFinite(low) ? [low, high] : [-Math.PI, Math.PI];
    const [middle, half] = [(from + to) / 2, (part * (to - from)) / 2];
    return random.between(middle - half, middle + half);
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
    batch.goal,
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
