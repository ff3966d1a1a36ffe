import type { Arm, Meshes, Scene } from './model/types.ts';
import type { OptionValues } from './options.ts';
import type { EnvSpec } from './spec.ts';
import type { Disturbance, End, Trajectory } from './trajectory.ts';

/** A module of a user's that something is defined in: where it lay, and what it was. */
export interface ModuleIdentity {
  /** From the working directory, with slashes: a hint of where to look for it. */
  readonly path: string;
  /** SHA-256 in hex of the module and of the files that it imports, by their paths from the module's folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Versions of the packages that they import, by name. */
  readonly packages: Readonly<Record<string, string>>;
}

/** Names of what can be drawn of an episode's physics; dynamics/fields.ts says what they are. */
export type DynamicsName =
  | 'mass'
  | 'motor.stiffness'
  | 'motor.strength'
  | 'payload'
  | 'delay'
  | 'noise.position'
  | 'start'
  | 'gravity'
  | 'friction';

/** Ranges that an episode's dynamics are drawn from, uniformly and by themselves: [low, high], both included. */
export type DynamicsRanges = { readonly [Name in DynamicsName]?: readonly [low: number, high: number] };

/** What an environment was made from, by name: enough to make it again. */
export interface EnvConfig {
  readonly env: string;
  readonly arm: string;
  readonly options: OptionValues;
  /** What the dynamics of its episodes are drawn from; nothing is drawn where it is not given. */
  readonly dynamics?: DynamicsRanges;
  /** The arm itself, where it is none that ships and none of a module: what a robot file was read as. `arm` is its name. */
  readonly robot?: Arm;
  /** Those of the names that stand for something in a module of the user's. */
  readonly modules?: { readonly task?: ModuleIdentity; readonly arm?: ModuleIdentity };
}

/** A figure of a whole episode, beside its return and length. */
export interface Metric {
  readonly name: string;
  /** What a narrow display calls it. */
  readonly label: string;
  readonly unit: string;
  readonly description: string;
  of(episode: Trajectory): number;
}

/** What training is told of a task where nobody says it. */
export interface TrainingDefaults {
  /** The algorithm of a run that names none; `ppo` if not given. */
  readonly algorithm?: string;
  /** Options that every algorithm has. */
  readonly options?: OptionValues;
  /** Options of the algorithm of each name, which go before those of every one. */
  readonly of?: Readonly<Record<string, OptionValues>>;
}

/** How much easier than the task's own the starts of episodes are. */
export interface Ease {
  /** Share of the way that what is to be brought to a goal has to go, from 0, next to none, to 1, the task's own. */
  readonly distance: number;
  /** Chance that an episode begins with the first part of the work done: with the hand at an object, say; from 0 to 1. */
  readonly assisted: number;
}

/** An engine that simulates, and its version. */
export interface EngineVersion {
  readonly name: string;
  readonly version: string;
}

const engineNames: Readonly<Record<string, string>> = { mujoco: 'MuJoCo' };

/** An engine as a sentence names it. */
export function engineName({ name, version }: EngineVersion): string {
  return `${engineNames[name] ?? name} ${version}`;
}

/** An environment: what it is, and a way to open a batch of episodes that run in lockstep. */
export interface Env {
  readonly config: EnvConfig;
  readonly spec: EnvSpec;
  readonly scene: Scene;
  /** What simulates it in place of Rapier; absent where Rapier does. */
  readonly engine?: EngineVersion;
  /** Those that the scene names and that are at hand; only what is drawn depends on them. */
  readonly meshes?: Meshes;
  readonly metrics: readonly Metric[];
  /** What its task is learned better by than by the rule for all tasks. */
  readonly defaults?: TrainingDefaults;
  /** Whether starts can be easier than the task's own; false if not given. */
  readonly canEase?: boolean;
  /** @param ease of every episode's start; the task's own if not given */
  open(slots: number, ease?: Ease): EnvBatch;
}

/**
 * `slots` independent episodes that advance together. The arrays hold the latest step of every slot and are
 * overwritten by the next `start` or `step`; copy what must outlive it. An episode's numbers depend on its seed and
 * actions alone: not on its slot, on the other slots, or on what ran before.
 */
export interface EnvBatch {
  readonly slots: number;
  /** [slots, O] */
  readonly obs: Float32Array;
  /** [slots] */
  readonly reward: Float64Array;
  /** [slots, K] */
  readonly terms: Float64Array;
  /** 0 after a step that terminated the episode, else 1 [slots]. */
  readonly discount: Float64Array;
  /** 1 after the episode's last step [slots]. */
  readonly last: Uint8Array;
  /** 1 while the goal is reached [slots]. */
  readonly success: Uint8Array;
  /** 1 after a step in which the simulation diverged, which ends the episode [slots]. Its arrays hold the state before. */
  readonly fault: Uint8Array;
  /** [slots, G] */
  readonly params: Float32Array;
  /** [slots, D] */
  readonly dynamics: Float32Array;
  /** [slots, B, 7] */
  readonly pose: Float32Array;
  /** Positions and velocities of the joints that the spec names [slots, J]; absent where it names none. */
  readonly q?: Float32Array;
  readonly dq?: Float32Array;
  /** Points at which bodies touch, where they can [slots]. */
  readonly contact_count?: Float32Array;
  /** The first so many rows of a slot's are those points, as `Trajectory.contacts` has them [slots, 64, 8]. */
  readonly contacts?: Float32Array;
  /** Begins the episode `seed` in a slot and writes its first observation; its reward, terms and flags are 0, its discount 1. */
  start(slot: number, seed: number): void;
  /**
   * Advances every running slot by one control step. A slot whose episode has ended, or that was never started, rests.
   * @param act actions before clipping [slots, A]
   * @param disturbances of each slot, where there are any
   */
  step(act: Float32Array, disturbances?: readonly (readonly Disturbance[])[]): void;
  /** Ends the episode in a slot early: it rests from now on. An environment that cannot goes on with it, in vain. */
  stop?(slot: number): void;
  /** Frees the simulation. */
  close(): void;
}

/** How the episode in a slot ended. */
export function endOf(batch: EnvBatch, slot: number): End {
  if (batch.fault[slot]) return 'fault';
  return batch.discount[slot] === 0 ? 'terminated' : 'truncated';
}
