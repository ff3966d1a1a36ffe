import type { Random } from '../math/random.ts';
import type { Arm } from '../model/types.ts';
import type { ArmState, PhysicsSettings } from '../sim/physics.ts';
import type { ActionMeaning, Field, Option, OptionValue, Vec3 } from '../types.ts';

/** How an episode begins: joint angles, rad [J], velocities, rad/s [J] or at rest, and the goal, m. */
export interface Start {
  readonly q: ArrayLike<number>;
  readonly dq: ArrayLike<number> | null;
  readonly goal: Vec3;
}

/** A task on one arm, as pure functions of the arm's state. */
export interface Task {
  readonly obs: readonly Field[];
  readonly act: readonly Field[];
  readonly action: ActionMeaning;
  readonly terms: readonly string[];
  /** Distance that counts as reached, m; 0 where the task has no success. */
  readonly goalRadius: number;
  readonly horizon: number;
  readonly physics: PhysicsSettings;
  start(random: Random): Start;
  /** Writes the observation [O]. */
  observe(state: ArmState, goal: Vec3, out: Float32Array): void;
  /** Writes joint targets (rad) or torques (N m) [J] for an action clipped to [-1, 1] [A]. */
  control(state: ArmState, action: Float64Array, out: Float64Array): void;
  /** Writes the reward's terms [K] for the state that the action led to, and says whether the goal is reached. */
  judge(state: ArmState, goal: Vec3, action: Float64Array, terms: Float64Array): boolean;
  /** Whether reaching the goal ends the episode. */
  readonly endsOnSuccess: boolean;
}

export interface TaskEntry {
  readonly name: string;
  readonly description: string;
  /** Names of the arms it runs on; the first is the default. */
  readonly arms: readonly string[];
  readonly options: readonly Option[];
  /** Training steps that `train` spends when none are asked for. */
  readonly budget: number;
  create(arm: Arm, options: Readonly<Record<string, OptionValue>>): Task;
}
