/**
 * The vocabulary shared by the simulated world, the learner and the viewer. Shapes are in brackets:
 * T control steps in an episode, O observation size, A action size, K reward terms, B moving bodies, J joints.
 * Lengths are metres, angles radians, times seconds; quaternions are unit, in the order x y z w.
 */

export type Vec3 = readonly [number, number, number];
export type Quat = readonly [number, number, number, number];

/** A named slice of an observation or action vector. */
export interface Field {
  readonly name: string;
  readonly size: number;
  readonly unit: string;
  readonly low?: number;
  readonly high?: number;
  readonly description: string;
}

export interface EnvSpec {
  readonly name: string;
  readonly obs: readonly Field[];
  readonly act: readonly Field[];
  /** Names of the reward terms; they sum to the reward. */
  readonly terms: readonly string[];
  /** Names of the moving bodies, in the order of `Trajectory.pose`. */
  readonly bodies: readonly string[];
  /** Seconds per control step. */
  readonly dt: number;
  /** Control steps after which an episode is truncated. */
  readonly horizon: number;
}

/** A drawable solid in the frame of the body that carries it. */
export type Shape =
  | { readonly kind: 'capsule' | 'cylinder'; readonly from: Vec3; readonly to: Vec3; readonly radius: number }
  | { readonly kind: 'box'; readonly center: Vec3; readonly size: Vec3 }
  | { readonly kind: 'sphere'; readonly center: Vec3; readonly radius: number };

/** What a shape is a part of, from which a viewer chooses its material. */
export type ShapePart = 'base' | 'link' | 'joint' | 'hand';

export type ScenePart = Shape & { readonly part: ShapePart };

export interface SceneBody {
  readonly name: string;
  readonly shapes: readonly ScenePart[];
}

export interface SceneJoint {
  readonly name: string;
  readonly kind: 'revolute';
  /** Index into `Scene.bodies`; -1 is the fixed base. */
  readonly parent: number;
  readonly child: number;
  /** The joint's frame in the parent's frame at joint angle zero. */
  readonly position: Vec3;
  readonly rotation: Quat;
  /** Unit axis in the joint's frame. */
  readonly axis: Vec3;
  /** Joint limits, rad; absent where the joint turns freely. */
  readonly low?: number;
  readonly high?: number;
}

/** What a full action (component = 1) asks of the arm in one control step. */
export interface ActionMeaning {
  readonly kind: 'joint-step' | 'end-effector-step' | 'joint-torque';
  readonly scale: number;
  readonly unit: string;
}

/** Everything a replay needs to draw an episode and to form the arm's Jacobian without the arm's code. */
export interface Scene {
  readonly arm: string;
  readonly base: { readonly position: Vec3; readonly rotation: Quat; readonly shapes: readonly ScenePart[] };
  readonly bodies: readonly SceneBody[];
  readonly joints: readonly SceneJoint[];
  readonly endEffector: { readonly body: number; readonly position: Vec3 };
  readonly action: ActionMeaning;
  /** Radius around the goal that counts as reached, m; 0 where the task has no success. */
  readonly goalRadius: number;
}

/**
 * One episode: s_t, a_t, r_t = r(s_t, a_t) for t = 0..T-1, and s_T. Observations, actions and poses are float32, as
 * they are in memory during training, so that a saved rollout holds the numbers the policy saw and not their neighbours.
 */
export interface Trajectory {
  /** Integer in [0, 2^53) from which the goal, the start and the action noise of the episode derive. */
  readonly seed: number;
  /** T */
  readonly steps: number;
  /** The goal in the world, m [3]. */
  readonly goal: Float32Array;
  /** [T+1, O] */
  readonly obs: Float32Array;
  /** As sampled, before any clipping [T, A]. */
  readonly act: Float32Array;
  /** log pi(a_t | s_t) [T] */
  readonly logp: Float64Array;
  /** [T] */
  readonly reward: Float64Array;
  /** [T, K], rows sum to the reward. */
  readonly terms: Float64Array;
  /** World pose of every moving body: position (m) and quaternion [T+1, B, 7]. */
  readonly pose: Float32Array;
  /** Mean of the policy at s_t [T, A]. */
  readonly mean: Float64Array;
  /** Standard deviations of the policy at s_t [T, A], or lower Cholesky factors of its covariance [T, A, A]. */
  readonly scale: Float64Array;
  /** State value estimate [T+1]; NaN where there is none. */
  readonly value: Float64Array;
  /** Whether the episode reached its goal. */
  readonly success: boolean;
  readonly end: End;
}

/**
 * terminated: the task ended it (no value follows); truncated: the horizon cut it off; fault: the simulation diverged, and
 * nothing is to be learned from it.
 */
export type End = (typeof ends)[number];
export const ends = ['terminated', 'truncated', 'fault'] as const;

export type OptionValue = number | boolean | string;

/** A setting of an environment or algorithm; the CLI's options, their checks and their help derive from it. */
export interface Option {
  readonly name: string;
  readonly default: OptionValue;
  readonly description: string;
  /** Inclusive bounds of a number. */
  readonly low?: number;
  readonly high?: number;
  readonly integer?: boolean;
  /** The allowed values of a string. */
  readonly choices?: readonly string[];
}

/** All that determines an environment. */
export interface EnvConfig {
  readonly env: string;
  readonly arm: string;
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** An environment: what it is, and a way to open a batch of episodes that run in lockstep. */
export interface Env {
  readonly config: EnvConfig;
  readonly spec: EnvSpec;
  readonly scene: Scene;
  open(slots: number): EnvBatch;
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
  /** [slots, 3] */
  readonly goal: Float32Array;
  /** [slots, B, 7] */
  readonly pose: Float32Array;
  /** Begins the episode `seed` in a slot and writes its first observation. */
  start(slot: number, seed: number): void;
  /**
   * Advances every running slot by one control step. A slot whose episode has ended, or that was never started, rests.
   * @param act actions before clipping [slots, A]
   */
  step(act: Float32Array): void;
  /** Frees the simulation. */
  close(): void;
}
