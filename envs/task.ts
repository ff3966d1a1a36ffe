import type { Ease, Metric, TrainingDefaults } from './env.ts';
import type { Random } from './math/random.ts';
import type { Vec3, Vec3Out } from './math/rotation.ts';
import { DefinitionError } from './model/definition-error.ts';
import { type Arm, type Scene, sceneOf } from './model/types.ts';
import type { Options, OptionValues, Values } from './options.ts';
import type { ControllerSpec, Field, Marker } from './spec.ts';

/** A named point of the arm in the world; its arrays are rewritten by every step. */
export interface SiteState {
  /** m [3] */
  readonly position: Float64Array;
  /** m/s [3] */
  readonly velocity: Float64Array;
}

/** What a task sees of the world after a step; its arrays are rewritten by the next one. */
export interface State {
  /** Control steps since the episode began. */
  readonly t: number;
  /** The action that led here, clipped; zeros at the start [A]. */
  readonly previousAction: Float64Array;
  /** The action before that one; zeros until there are two [A]. */
  readonly actionBefore: Float64Array;
  /** Joint positions, rad or m [J], and velocities, rad/s or m/s [J]. */
  readonly q: Float64Array;
  readonly dq: Float64Array;
  /** World poses of the moving bodies, free ones after the arm's: position (m) and quaternion x y z w [B, 7]. */
  readonly pose: Float32Array;
  /** Their linear velocities at the centre of mass, m/s, and angular ones, rad/s, in world axes [B, 6]. */
  readonly velocity: Float64Array;
  /** @throws Error for a site that the arm does not have */
  site(name: string): SiteState;
  /** How hard two bodies press on each other, N, the sum over their points of contact; 0 where they do not touch. */
  contact(a: string, b: string): number;
  /** How hard all bodies press that touch another, N, the sum over all points of contact. */
  contactSum(): number;
  /** The force with which a presses on b, N in world axes, friction aside; zeros where they do not touch. */
  contactForce(a: string, b: string, out?: Vec3Out): Vec3;
}

/** How the world is simulated. */
export interface PhysicsSettings {
  /** Seconds per control step. */
  readonly dt: number;
  /** World steps per control step. */
  readonly substeps: number;
  /** Rapier's solver iterations per world step (each is a small step of its own), and the inner iterations of each. */
  readonly solverIterations: number;
  readonly internalIterations: number;
  /** Whether the arm's controller cancels gravity outside of its motors, as the Panda's own does. */
  readonly gravityCompensation: boolean;
  /** Whether joint targets go evenly from one to the next over a control step's world steps; at once, if not given. */
  readonly interpolateTargets?: boolean;
}

/** What an action means; tasks share controllers. */
export interface Controller {
  readonly spec: ControllerSpec;
  readonly act: readonly Field[];
  /** What moves the joints. */
  readonly drive: 'position' | 'torque';
  /**
   * Writes joint targets (rad or m) or torques and forces (N m or N) [J] for an action clipped to [-1, 1] [A]. Mimic joints follow
   * their leaders, whatever is written for them.
   */
  command(state: State, action: Float64Array, out: Float64Array): void;
  /**
   * Of a torque drive: writes what each link is given about its joint's axis in a world step, N m [J]. Without, a torque turns the
   * joint's link, and the one that carries it the other way.
   * @param torque as commanded, N m [J]
   * @param dq joint velocities, rad/s [J]
   * @param kick acceleration asked for beside that of the torques, rad/s^2 [J]: it gives an arm its start velocity
   * @param substep which of the control step's world steps, from 0
   */
  linkTorques?(torque: Float64Array, dq: Float64Array, kick: Float64Array, out: Float64Array, substep: number): void;
}

/**
 * Where an episode begins: joint positions [J], the arm's home unless changed, and velocities [J], zeros unless changed. Mimic
 * joints stand where their leaders have them, whatever is written for them. Of the scene's free bodies, poses [F, 7] (m, quaternion
 * x y z w), where the scene has them unless changed, and velocities [F, 6] (m/s, rad/s), zeros unless changed.
 */
export interface Start {
  readonly q: Float64Array;
  readonly dq: Float64Array;
  readonly pose: Float64Array;
  readonly velocity: Float64Array;
}

/** A task in a scene, as pure functions of the state and of the episode's parameters [G]. */
export interface Task {
  readonly name: string;
  readonly scene: Scene;
  readonly physics: PhysicsSettings;
  readonly controller: Controller;
  readonly obs: readonly Field[];
  /** Names of the reward terms. */
  readonly terms: readonly string[];
  readonly params: readonly Field[];
  readonly markers: readonly Marker[];
  readonly horizon: number;
  readonly metrics?: readonly Metric[];
  /** Draws the start and the parameters [G] from one stream, in the task's own order. */
  reset(random: Random, start: Start, params: Float32Array): void;
  /** Makes a start that `reset` drew easier, for training: from a stream of its own. Absent where there are no easier ones. */
  ease?(random: Random, start: Start, params: Float32Array, ease: Ease): void;
  /** Moves the parameters [G] to those of step t: a function of seed and t alone. Absent where they stand still. */
  move?(seed: number, t: number, params: Float32Array): void;
  /** Writes the observation [O]. */
  observe(state: State, params: Float32Array, out: Float32Array): void;
  /** Writes the reward's terms [K] for the state that the action, clipped, led to. */
  reward(state: State, params: Float32Array, action: Float64Array, terms: Float64Array): void;
  /** Whether the goal is reached. Absent where there is nothing to reach. */
  success?(state: State, params: Float32Array): boolean;
  /** Whether the episode ends here by the task's own rule. */
  terminated?(state: State, params: Float32Array): boolean;
}

/** A task as its definition makes it: what is left out is the usual. */
export interface TaskParts extends Omit<Task, 'name' | 'scene' | 'physics' | 'params' | 'markers'> {
  /** The arm by itself at the origin, under gravity of 9.81 m/s^2. */
  readonly scene?: Scene;
  /** 25 control steps a second, and an arm that cancels gravity as the Panda does. */
  readonly physics?: PhysicsSettings;
  /** None. */
  readonly params?: readonly Field[];
  /** None. */
  readonly markers?: readonly Marker[];
}

/** A task before its arm and options are chosen. */
export interface TaskDefinition<S extends Options = Options> {
  readonly name: string;
  readonly description?: string;
  /** Names of the arms that it runs on, the default first; any, and the Panda by default, where it names none. */
  readonly arms?: readonly string[];
  readonly options: S;
  /**
   * Options that a new training run has where it is not told otherwise: what a mirror of a peer's task has by default need not be what
   * it is learned by.
   */
  readonly training?: OptionValues;
  /**
   * What it is learned better by than by the rule for all tasks, of the options' values.
   * @param isDrawn whether the physics of its episodes are: for other settings than a mirror of a peer's task has
   */
  defaults?(options: Values<S>, isDrawn: boolean): TrainingDefaults;
  /** Training steps that `train` spends when none are asked for: one number, or what the options make of it. */
  readonly budget: number | ((options: Values<S>) => number);
  create(arm: Arm, options: Values<S>): TaskParts;
}

/** A definition for a list of tasks, or a module's default export; its own code has the values of its options typed. */
export function defineTask<const S extends Options>(definition: TaskDefinition<S>): TaskDefinition {
  return definition as unknown as TaskDefinition;
}

/**
 * The training steps that a definition spends where none are asked for.
 * @throws DefinitionError where its own rule gives no whole number of them
 */
export function budgetOf({ name, budget }: TaskDefinition, values: OptionValues): number {
  const steps = typeof budget === 'number' ? budget : budget(values as Values<Options>);
  if (Number.isSafeInteger(steps) && steps >= 1) return steps;
  throw new DefinitionError(`task ${name}: its budget is expected to be a whole number of steps, found ${steps}`);
}

/**
 * What a definition says that it is learned by.
 * @param isDrawn whether the physics of its episodes are
 * @throws DefinitionError where that is nothing of the kind
 */
export function defaultsOf(
  { name, defaults }: TaskDefinition,
  values: OptionValues,
  isDrawn: boolean,
): TrainingDefaults | undefined {
  const found: unknown = defaults?.(values as Values<Options>, isDrawn);
  if (found === undefined) return undefined;
  const isRecord = (value: unknown) => typeof value === 'object' && value !== null;
  const {
    algorithm = '',
    options = {},
    of = {},
    ...others
  } = isRecord(found) ? (found as TrainingDefaults) : { other: found };
  const records = [options, of, ...Object.values(of ?? {})];
  if (typeof algorithm === 'string' && records.every(isRecord) && !Object.keys(others).length)
    return found as TrainingDefaults;
  throw new DefinitionError(
    `task ${name}: its defaults are expected to be { algorithm: 'name', options: {..}, of: { name: {..} } }, each of them optional, found ${JSON.stringify(found)}`,
  );
}

/** How a task is simulated that says nothing of it. */
export const usualPhysics: PhysicsSettings = {
  dt: 0.04,
  substeps: 1,
  solverIterations: 4,
  internalIterations: 8,
  gravityCompensation: true,
};

/** The task that a definition makes of an arm and values for all of its options. */
export function makeTask(definition: TaskDefinition, arm: Arm, values: OptionValues): Task {
  const parts = definition.create(arm, values);
  return { scene: sceneOf(arm), physics: usualPhysics, params: [], markers: [], ...parts, name: definition.name };
}
