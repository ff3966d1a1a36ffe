import { arms } from '../../envs/arms/index.ts';
import type { Env } from '../../envs/env.ts';
import { episodeSeed, stream } from '../../envs/math/random.ts';
import { type OptionValues, resolveOptions } from '../../envs/options.ts';
import { Simulation } from '../../envs/sim/simulation.ts';
import { width } from '../../envs/spec.ts';
import { makeTask, type PhysicsSettings, type Task } from '../../envs/task.ts';
import { armsOf, tasks } from '../../envs/tasks/index.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { actorOf } from '../../src/rollout/acting-policy.ts';
import { collect } from '../../src/rollout/collect.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import type { Learner } from '../../src/train/learner.ts';

/** The task that everything is measured on, with episodes that run to their end. */
export const taskName = 'panda-reach-joints';
const arm = arms[armsOf(tasks[taskName])[0]];

export function taskLearner(envOptions: OptionValues = {}, options: OptionValues = {}): Learner {
  return learnerOf(configureTraining({ env: taskName, envOptions: { endsOnSuccess: false, ...envOptions }, options }));
}

/** A full rollout on this thread: physics, observation, policy, noise, reward, recording and resets. */
export function rollout(learner: Learner, plan: { slots: number; episodes: number; index: number }): Trajectory[] {
  return collect(learner.env, actorOf(learner), {
    seedOf: (episode) => episodeSeed(0, 'training', plan.index, episode),
    until: { episodes: plan.episodes },
    slots: plan.slots,
    deterministic: false,
  });
}

/** Microseconds per arm and control step of such a rollout. */
export function rolloutCost(learner: Learner, plan: { slots: number; episodes: number; index: number }): number {
  const start = performance.now();
  const episodes = rollout(learner, plan);
  const took = performance.now() - start;
  return (took * 1000) / episodes.reduce((sum, { steps }) => sum + steps, 0);
}

/** Joint targets that a rollout gave its arms: [step][arm][J]. */
export type Targets = readonly (readonly Float64Array[])[];

/** The physics of the task with some of its options changed. */
export function physicsOf(options: OptionValues = {}): PhysicsSettings {
  return taskWith(options).physics;
}

function taskWith(options: OptionValues): Task {
  return makeTask(tasks[taskName], arm, resolveOptions(tasks[taskName].options, options, taskName));
}

/** Joint targets of arms that move by random full-sized actions, as restless as a policy's first ones. */
export function targetsOf(physics: PhysicsSettings, slots: number, steps: number): Targets {
  const task = taskWith({});
  const world = new Simulation(task.scene, physics, task.controller, slots);
  const random = stream(1, 'noise');
  const states = Array.from({ length: slots }, (_, slot) => world.place(slot, arm.home, null));
  const targets = Array.from({ length: steps }, () => {
    const row = states.map((state, slot) => {
      const target = new Float64Array(state.q.length);
      task.controller.command(
        state,
        target.map(() => random.between(-1, 1)),
        target,
      );
      world.command(slot, target);
      return target;
    });
    world.step();
    for (let slot = 0; slot < slots; slot++) world.read(slot);
    return row;
  });
  world.close();
  return targets;
}

/** Joint targets that waver about the neutral pose, made without a simulation. */
export function wavering(slots: number, steps: number): Targets {
  const random = stream(2, 'noise');
  return Array.from({ length: steps }, () =>
    Array.from({ length: slots }, () => Float64Array.from(arm.home, (angle) => angle + random.between(-0.1, 0.1))),
  );
}

/**
 * The floor: Rapier's own `World.step` on the same World of arms that move by the same motors, and nothing else. Placing and
 * commanding them is not counted.
 *
 * @returns microseconds per arm, for each control step
 */
export function bareSteps(physics: PhysicsSettings, targets: Targets): number[] {
  const slots = targets[0].length;
  const { scene, controller } = taskWith({});
  const world = new Simulation(scene, physics, controller, slots);
  // biome-ignore lint/complexity/useLiteralKeys: TypeScript lets only literal keys look into what is private.
  const rapier = world['world']['world'];
  if (!rapier) throw new Error('the world was restored');
  for (let slot = 0; slot < slots; slot++) world.place(slot, arm.home, null);
  const costs = targets.map((row) => {
    row.forEach((target, slot) => {
      world.command(slot, target);
    });
    const start = performance.now();
    for (let substep = 0; substep < physics.substeps; substep++) rapier.step();
    return ((performance.now() - start) * 1000) / slots;
  });
  world.close();
  return costs;
}

/** The mean of the same. */
export function bareCost(physics: PhysicsSettings, targets: Targets): number {
  return bareSteps(physics, targets).reduce((sum, cost) => sum + cost, 0) / targets.length;
}

/** Microseconds to put an arm in place of one that has moved. */
export function resetCost(env: Env, slots: number, rounds: number): number {
  const batch = env.open(slots);
  const act = new Float32Array(slots * width(env.spec.act)).fill(0.5);
  let took = 0;
  for (let slot = 0; slot < slots; slot++) batch.start(slot, slot);
  for (let round = 0; round < rounds; round++) {
    batch.step(act);
    const start = performance.now();
    for (let slot = 0; slot < slots; slot++) batch.start(slot, round * slots + slot);
    took += performance.now() - start;
  }
  batch.close();
  return (took * 1000) / (rounds * slots);
}
