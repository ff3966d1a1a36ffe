import { arms } from '../arms/index.ts';
import { type Random, stream } from '../math/random.ts';
import type { Arm } from '../model/types.ts';
import { resolveOptions, UsageError } from '../options.ts';
import { tasks } from '../tasks/index.ts';
import type { Task } from '../tasks/types.ts';
import type { End, Env, EnvBatch, EnvConfig, EnvSpec, Scene, Vec3 } from '../types.ts';
import { type ArmState, ArmWorld } from './physics.ts';

/**
 * The configuration of an environment by name, with its arm and options checked and filled in.
 * @throws UsageError for an unknown task, an arm it does not run on, or a bad option
 */
export function configureEnv(
  name: string,
  given: { readonly arm?: string; readonly options?: Readonly<Record<string, unknown>> } = {},
): EnvConfig {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (!task) throw new UsageError(`unknown environment "${name}"; there are: ${Object.keys(tasks).join(', ')}`);
  const arm = given.arm ?? task.arms[0];
  if (!task.arms.includes(arm)) {
    const known = Object.hasOwn(arms, arm) ? `${name} does not run on arm "${arm}"` : `unknown arm "${arm}"`;
    throw new UsageError(`${known}; ${name} runs on: ${task.arms.join(', ')}`);
  }
  return { env: name, arm, options: resolveOptions(task.options, given.options ?? {}, name) };
}

/** The environment that a configuration describes. Await `loadPhysics` before opening a batch of it. */
export function createEnv(config: EnvConfig): Env {
  const arm = arms[config.arm];
  const task = tasks[config.env].create(arm, config.options);
  const spec: EnvSpec = {
    name: config.env,
    obs: task.obs,
    act: task.act,
    terms: task.terms,
    bodies: arm.links.map((link) => link.name),
    dt: task.physics.dt,
    horizon: task.horizon,
  };
  return { config, spec, scene: sceneOf(arm, task), open: (slots) => new ArmBatch(arm, task, spec, slots) };
}

/** Total width of a list of fields. */
export function width(fields: readonly { readonly size: number }[]): number {
  return fields.reduce((sum, field) => sum + field.size, 0);
}

function sceneOf(arm: Arm, task: Task): Scene {
  return {
    arm: arm.name,
    base: arm.base,
    bodies: arm.links.map(({ name, shapes }) => ({ name, shapes })),
    joints: arm.joints.map(({ name, position, rotation, low, high }, i) => ({
      name,
      kind: 'revolute',
      parent: i - 1,
      child: i,
      position,
      rotation,
      axis: [0, 0, 1],
      ...(Number.isFinite(low) && { low }),
      ...(Number.isFinite(high) && { high }),
    })),
    endEffector: { body: arm.links.length - 1, position: arm.endEffector.position },
    action: task.action,
    goalRadius: task.goalRadius,
  };
}

/** Faster than any joint of a real arm, rad/s: the simulation has lost it. */
const diverged = 1e4;

/** One running episode. */
interface Episode {
  readonly goal: Vec3;
  state: ArmState;
  step: number;
}

/** A slot's rows of the batch's arrays, and what it works with. */
interface Slot {
  readonly obs: Float32Array;
  readonly terms: Float64Array;
  /** The action, clipped [A], and what it asks of the joints [J]. */
  readonly action: Float64Array;
  readonly control: Float64Array;
}

/** Episodes of a task on arms of one Rapier world. */
class ArmBatch implements EnvBatch {
  readonly slots: number;
  readonly obs: Float32Array;
  readonly reward: Float64Array;
  readonly terms: Float64Array;
  readonly discount: Float64Array;
  readonly last: Uint8Array;
  readonly success: Uint8Array;
  readonly fault: Uint8Array;
  readonly goal: Float32Array;
  readonly pose: Float32Array;
  private readonly task: Task;
  private readonly world: ArmWorld;
  private readonly episodes: (Episode | null)[];
  private readonly rows: readonly Slot[];
  private readonly sizes: { readonly act: number; readonly pose: number };

  constructor(arm: Arm, task: Task, spec: EnvSpec, slots: number) {
    const sizes = {
      obs: width(spec.obs),
      act: width(spec.act),
      terms: spec.terms.length,
      pose: spec.bodies.length * 7,
    };
    this.slots = slots;
    this.task = task;
    this.sizes = { act: sizes.act, pose: sizes.pose };
    this.world = new ArmWorld(arm, task.physics, slots);
    this.episodes = new Array<Episode | null>(slots).fill(null);
    this.obs = new Float32Array(slots * sizes.obs);
    this.reward = new Float64Array(slots);
    this.terms = new Float64Array(slots * sizes.terms);
    this.discount = new Float64Array(slots).fill(1);
    this.last = new Uint8Array(slots);
    this.success = new Uint8Array(slots);
    this.fault = new Uint8Array(slots);
    this.goal = new Float32Array(slots * 3);
    this.pose = new Float32Array(slots * sizes.pose);
    this.rows = this.episodes.map((_, slot) => ({
      obs: this.obs.subarray(slot * sizes.obs, (slot + 1) * sizes.obs),
      terms: this.terms.subarray(slot * sizes.terms, (slot + 1) * sizes.terms),
      action: new Float64Array(sizes.act),
      control: new Float64Array(arm.joints.length),
    }));
  }

  start(slot: number, seed: number): void {
    const random: Random = stream(seed, 'start');
    const { q, dq, goal } = this.task.start(random);
    this.goal.set(goal, slot * 3);
    // The goal that is observed, rewarded and saved is one and the same: float32.
    const at = this.goal.subarray(slot * 3);
    const state = this.world.place(slot, q, dq);
    this.episodes[slot] = { goal: [at[0], at[1], at[2]], state, step: 0 };
    this.reward[slot] = 0;
    this.rows[slot].terms.fill(0);
    this.discount[slot] = 1;
    this.last[slot] = 0;
    this.success[slot] = 0;
    this.fault[slot] = 0;
    this.show(slot);
  }

  step(act: Float32Array): void {
    const { world, episodes } = this;
    for (let slot = 0; slot < this.slots; slot++) {
      const episode = episodes[slot];
      if (episode) this.act(slot, episode, act);
    }
    world.step();
    for (let slot = 0; slot < this.slots; slot++) {
      const episode = episodes[slot];
      if (episode) this.judge(slot, episode);
    }
  }

  close(): void {
    this.world.close();
  }

  /** Hands the slot's action, clipped to the box [-1, 1], to the arm. */
  private act(slot: number, { state }: Episode, act: Float32Array): void {
    const { task, world, sizes } = this;
    const { action, control } = this.rows[slot];
    for (let j = 0; j < sizes.act; j++) action[j] = Math.min(Math.max(act[slot * sizes.act + j], -1), 1);
    task.control(state, action, control);
    if (task.physics.drive === 'position') world.command(slot, control);
    else world.push(slot, control);
  }

  private judge(slot: number, episode: Episode): void {
    const { task } = this;
    const { action, terms } = this.rows[slot];
    episode.state = this.world.read(slot);
    episode.step++;
    if (hasDiverged(episode.state)) {
      terms.fill(0);
      this.reward[slot] = 0;
      this.fault[slot] = 1;
      this.success[slot] = 0;
      this.end(slot);
      return;
    }
    const reached = task.judge(episode.state, episode.goal, action, terms);
    const terminated = reached && task.endsOnSuccess;
    let reward = 0;
    for (let k = 0; k < terms.length; k++) reward += terms[k];
    this.reward[slot] = reward;
    this.discount[slot] = terminated ? 0 : 1;
    this.success[slot] = reached ? 1 : 0;
    this.show(slot);
    if (terminated || episode.step >= task.horizon) this.end(slot);
  }

  private end(slot: number): void {
    this.last[slot] = 1;
    this.episodes[slot] = null;
    this.world.remove(slot);
  }

  private show(slot: number): void {
    const { goal, state } = this.episodes[slot] as Episode;
    this.task.observe(state, goal, this.rows[slot].obs);
    this.pose.set(state.pose, slot * this.sizes.pose);
  }
}

/** How the episode in a slot ended. */
export function endOf(batch: EnvBatch, slot: number): End {
  if (batch.fault[slot]) return 'fault';
  return batch.discount[slot] === 0 ? 'terminated' : 'truncated';
}

function hasDiverged({ q, dq, pose, tip, tipVelocity }: ArmState): boolean {
  for (let i = 0; i < dq.length; i++) if (!(Math.abs(dq[i]) <= diverged)) return true;
  return !(isKnown(q) && isKnown(pose) && isKnown(tip) && isKnown(tipVelocity));
}

function isKnown(values: Float32Array | Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
