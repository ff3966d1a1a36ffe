import type { Quat, ScenePart, Vec3 } from '../types.ts';

/** Mass properties of one rigid part in its link's frame: kg, m, and kg m^2 about its centre of mass in link axes. */
export interface Inertial {
  readonly mass: number;
  readonly center: Vec3;
  /** ixx iyy izz ixy ixz iyz */
  readonly inertia: readonly [number, number, number, number, number, number];
}

export interface ArmLink {
  readonly name: string;
  /** Rigid parts that make up the link. */
  readonly parts: readonly Inertial[];
  readonly shapes: readonly ScenePart[];
}

/** A force-limited position motor: torque = clip(stiffness (target - q) - damping dq, +-maxTorque). */
export interface Motor {
  /** N m / rad */
  readonly stiffness: number;
  /** N m s / rad */
  readonly damping: number;
  /** N m */
  readonly maxTorque: number;
}

/** What a torque-driven joint turns: its rotor, which outweighs the links, and viscous friction. */
export interface Rotor {
  /** kg m^2 */
  readonly inertia: number;
  /** N m s / rad */
  readonly damping: number;
}

/** A revolute joint that turns link i about the z axis of its own frame. */
export interface ArmJoint {
  readonly name: string;
  /** The joint's frame in the parent link's frame at angle zero. */
  readonly position: Vec3;
  readonly rotation: Quat;
  /** Limits, rad; -Infinity and Infinity where the joint turns freely. */
  readonly low: number;
  readonly high: number;
  readonly motor: Motor;
  /** Absent where the joint cannot be driven by torque. */
  readonly rotor?: Rotor;
}

/**
 * An arm as data: a serial chain in which joint i carries link i (parent: link i - 1, or the base). Registering one in
 * `arms` is all it takes to simulate, test and draw it.
 */
export interface Arm {
  readonly name: string;
  readonly description: string;
  readonly base: { readonly position: Vec3; readonly rotation: Quat; readonly shapes: readonly ScenePart[] };
  readonly links: readonly ArmLink[];
  readonly joints: readonly ArmJoint[];
  /** Start angles of the reach tasks, rad [J]. */
  readonly neutral: readonly number[];
  /** The point that reaches, in the last link's frame, m, and the frame's rotation there. */
  readonly endEffector: { readonly position: Vec3; readonly rotation: Quat };
  /** Goals of the reach tasks are drawn uniformly from this box, m, world. */
  readonly goals: { readonly low: Vec3; readonly high: Vec3 };
}
