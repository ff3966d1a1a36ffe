import type { Quat, Vec3 } from '../math/rotation.ts';

/**
 * The world as data. A model is a tree of bodies and joints; an arm is a model that has motors and reaches; a scene is an arm
 * and objects, each placed in the world. Lengths are metres, angles radians, masses kilograms, times seconds.
 */

/** A frame in another one. */
export interface Frame {
  readonly position: Vec3;
  readonly rotation: Quat;
}

/** Mass properties in a body's frame; the inertia is about the centre of mass, in the body's axes, kg m^2. */
export interface Inertial {
  readonly mass: number;
  readonly center: Vec3;
  /** ixx iyy izz ixy ixz iyz */
  readonly inertia: readonly [number, number, number, number, number, number];
}

/** A solid in the frame of the body that carries it; a box lies along the frame's axes unless it is turned. */
export type Shape =
  | { readonly kind: 'capsule' | 'cylinder'; readonly from: Vec3; readonly to: Vec3; readonly radius: number }
  | { readonly kind: 'box'; readonly center: Vec3; readonly size: Vec3; readonly rotation?: Quat }
  | { readonly kind: 'sphere'; readonly center: Vec3; readonly radius: number };

/** The convex hull of points in the frame of the body that carries it. */
export interface Hull {
  readonly kind: 'hull';
  readonly points: readonly Vec3[];
}

/** What of a body touches others. */
export type Collider = Shape | Hull;

/** What a visual is a part of, from which a viewer chooses its material: of an arm, a thing that moves, or one that stands. */
export type ShapePart = 'base' | 'link' | 'joint' | 'hand' | 'object' | 'surface';

/** A mesh by its name among those that go with the scene. */
export interface Mesh {
  readonly kind: 'mesh';
  /** Of its tensors: corners are in NAME.vertices, triangles in NAME.triangles. */
  readonly tensor: string;
  /** In the body. */
  readonly frame: Frame;
  /** What the numbers 0 and 65535 of a corner stand for along each axis of the frame, m; mirrored where the first is greater. */
  readonly low: Vec3;
  readonly high: Vec3;
}

/** What a mesh is made of. */
export interface MeshData {
  /** Corners as shares of the mesh's box, of 65535 [3 V]. */
  readonly vertices: Uint16Array<ArrayBuffer>;
  /** Corners of each triangle, counter-clockwise from outside [3 F]. */
  readonly triangles: Uint16Array<ArrayBuffer>;
}

/** Meshes by name. */
export type Meshes = Readonly<Record<string, MeshData>>;

export type Visual = (Shape | Mesh) & { readonly part: ShapePart };

export interface Body {
  readonly name: string;
  /** Absent where the body does not move by itself. */
  readonly inertial?: Inertial;
  readonly colliders: readonly Collider[];
  /** Of its colliders, 0.5 if not given. Coulomb's coefficient between two bodies is the product of theirs. */
  readonly friction?: number;
  readonly visuals: readonly Visual[];
}

/** A force-limited position motor: force = clip(stiffness (target - q) - damping dq, +-maxForce). */
export interface Motor {
  /** N m / rad; of a prismatic joint N / m, and likewise below. */
  readonly stiffness: number;
  /** N m s / rad */
  readonly damping: number;
  /** N m */
  readonly maxForce: number;
  /** Fastest that what the motor holds moves to a new target, rad/s; at once if not given. */
  readonly maxSpeed?: number;
}

/** A continuous joint is a revolute one without limits; a free one has six degrees. */
export type JointKind = 'fixed' | 'revolute' | 'continuous' | 'prismatic' | 'free';

export interface Joint {
  readonly name: string;
  readonly kind: JointKind;
  /** Names of bodies. */
  readonly parent: string;
  readonly child: string;
  /** The joint in the parent's frame; at zero it is the child's frame, too. */
  readonly frame: Frame;
  /** Unit axis in the joint's frame. */
  readonly axis: Vec3;
  /** Limits, rad or m. */
  readonly low?: number;
  readonly high?: number;
  readonly motor?: Motor;
  /** Viscous friction, N m s / rad; a joint that turns has 0.1 at the least, which is Rapier's own. */
  readonly damping?: number;
  /** Fastest that the joint may be asked to turn, rad/s. */
  readonly maxVelocity?: number;
  /** A joint that follows another, by its motor: q = multiplier q(joint) + offset. No action moves it by itself. */
  readonly mimic?: { readonly joint: string; readonly multiplier: number; readonly offset: number };
}

/** A named frame on a body. */
export interface Site {
  readonly name: string;
  readonly body: string;
  readonly frame: Frame;
}

/** A tree: the first body is its root, every other body the child of one joint. */
export interface Model {
  readonly name: string;
  readonly bodies: readonly Body[];
  readonly joints: readonly Joint[];
  readonly sites: readonly Site[];
}

/** A model that moves by motors. */
export interface Arm extends Model {
  readonly description: string;
  /** Usual posture [J], J joints of one degree in their order, mimics included; empty where it is not known. */
  readonly home: readonly number[];
  /** The site that reaches. */
  readonly tip: string;
  /** Joints of the fingers. */
  readonly gripper?: { readonly joints: readonly string[] };
}

/** A model in the world, by the frame of its root. */
export interface Placed<M extends Model = Model> {
  readonly model: M;
  readonly frame: Frame;
}

export interface Scene {
  readonly arm: Placed<Arm>;
  /** What can be moved: models of one body that hangs on a free joint. */
  readonly objects: readonly Placed[];
  /** What cannot: models of one body. */
  readonly fixed: readonly Placed[];
  /** m/s^2, downwards. */
  readonly gravity: number;
  /** Whether bodies touch; without, they pass through each other. */
  readonly contacts?: boolean;
  /**
   * Whether the bodies of the arm touch one another, too, where bodies touch. Those that a joint connects never do, nor those that
   * overlap one another, or what stands, at the arm's home.
   */
  readonly selfContacts?: boolean;
}

/** An arm's data, for a list of arms or a module's default export. */
export function defineArm(arm: Arm): Arm {
  return arm;
}

const origin: Frame = { position: [0, 0, 0], rotation: [0, 0, 0, 1] };

/** The arm where its own root is the origin of the world. */
export function atOrigin(arm: Arm): Placed<Arm> {
  return { model: arm, frame: origin };
}

/** An arm by itself, at the origin and under the Earth's gravity unless said otherwise. */
export function sceneOf(arm: Arm, frame: Frame = origin, gravity = 9.81): Scene {
  return { arm: { model: arm, frame }, objects: [], fixed: [], gravity };
}
