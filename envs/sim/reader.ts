import type { Dynamics } from '../dynamics/fields.ts';
import { atan2 } from '../math/kernels.ts';
import {
  add,
  conjugate,
  cross,
  dot,
  multiply,
  type Quat,
  type QuatOut,
  rotate,
  subtract,
  type Vec3,
  type Vec3Out,
} from '../math/rotation.ts';
import { siteOf, treeOf } from '../model/tree.ts';
import type { Arm, Frame, Joint, Motor, Placed } from '../model/types.ts';
import type { JointLayout } from './layout.ts';
import type { RapierWorld } from './rapier.ts';
import type { SimulatedState } from './state.ts';

const origin: Vec3 = [0, 0, 0];

/** What was put into the world for an arm: bodies and overlays by handle, and how they are laid out. */
export interface ArmHandles {
  readonly base: number;
  readonly links: readonly number[];
  readonly overlays: readonly number[];
  readonly dampers: readonly number[];
  /** A weight at the end effector; none, or one. */
  readonly payload: readonly number[];
  /** The free bodies beside it. */
  readonly free: readonly number[];
  /** The motors of the overlays, as Rapier has them; null where there is none. */
  readonly motors: readonly (Motor | null)[];
  readonly layouts: readonly JointLayout[];
  readonly start: Float64Array;
  /** Of the episode. */
  readonly dynamics: Dynamics;
}

/** A force on a moving body, N, at a point, m, both in world axes; at its centre of mass where no point is given. */
export interface Push {
  /** Its place among the arm's links, then the free bodies. */
  readonly body: number;
  readonly force: Vec3;
  readonly point?: Vec3;
}

/** One arm in the world, and what the simulation knows of it. */
export interface PlacedArm extends ArmHandles {
  /** As they work now: `motors` of the handles at full strength. */
  motors: readonly (Motor | null)[];
  readonly strongest: readonly (Motor | null)[];
  /** Share of the motors' strength. */
  strength: number;
  /** What pushes on it from outside. */
  pushes: readonly Push[];
  /** Where the joints are when their overlays are at zero, rad or m [J]. */
  readonly zero: Float64Array;
  /** Where the motors are to bring the joints, rad or m [J]. */
  readonly goal: Float64Array;
  /** How far that is from where they were to bring them before, rad or m [J]. */
  readonly way: Float64Array;
  /** How far the joints have about moved since their positions were read, rad or m [J]: turns are counted by it. */
  readonly travel: Float64Array;
  readonly state: SimulatedState;
  /** Joint torques or forces asked for, N m or N [J]. */
  readonly torque: Float64Array;
  /** Joint velocities still to be given by the first world step, rad/s [J]: Rapier has no call that sets them. */
  startVelocity: Float64Array | null;
  /** Whether an overlay's zero is not at its joint's goal yet. */
  isLate: boolean;
}

/** Reads the states of arms from Rapier. */
export class Reader {
  private readonly world: RapierWorld;
  private readonly root: Frame;
  private readonly joints: readonly Joint[];
  private readonly parents: readonly number[];
  private readonly sites: readonly { readonly position: Vec3; readonly body: number }[];
  // What a reading works with, made once.
  private readonly rotations: readonly QuatOut[];
  private readonly spins: readonly Vec3Out[];
  private readonly turned: QuatOut = [0, 0, 0, 1];
  private readonly relative: QuatOut = [0, 0, 0, 1];
  private readonly difference: Vec3Out = [0, 0, 0];
  private readonly point: Vec3Out = [0, 0, 0];
  private readonly lever: Vec3Out = [0, 0, 0];
  private readonly axis: Vec3Out = [0, 0, 0];
  private readonly velocity: Vec3Out = [0, 0, 0];

  constructor(world: RapierWorld, { model, frame }: Placed<Arm>) {
    const { joints, parents } = treeOf(model);
    this.world = world;
    this.root = frame;
    this.joints = joints;
    this.parents = parents;
    this.sites = model.sites.map((site) => ({ position: site.frame.position, body: siteOf(model, site.name).body }));
    this.rotations = joints.map((): QuatOut => [0, 0, 0, 1]);
    this.spins = joints.map((): Vec3Out => [0, 0, 0]);
  }

  /** The whole state. */
  read(placed: PlacedArm): void {
    this.readJoints(placed);
    this.readSites(placed.links, placed.state);
    this.readFree(placed);
    placed.state.refreshed();
  }

  /** Joints and poses; turns are counted from the reading before. */
  readJoints({ links, layouts, state, travel }: PlacedArm): void {
    const { joints, parents, world, rotations, spins, relative, difference, lever } = this;
    const { pose, q, dq } = state;
    const root = this.root.rotation;
    for (let i = 0; i < links.length; i++) {
      const { axis, frame } = joints[i];
      const [turned, spin, parent] = [rotations[i], spins[i], parents[i]];
      multiply(world.rotation(links[i], turned), layouts[i].offset, turned);
      copy(world.position(links[i], this.point), pose, i * 7);
      copy(turned, pose, i * 7 + 3);
      world.spin(links[i], spin);
      if (layouts[i].slides) {
        this.readSlide(links, i, state);
      } else {
        const from = parent < 0 ? root : rotations[parent];
        multiply(conjugate(multiply(from, frame.rotation, relative), relative), turned, relative);
        q[i] = nearest(2 * atan2(alongAxis(relative, axis), relative[3]), q[i] + travel[i]);
        dq[i] = dot(rotate(turned, axis, lever), subtract(spin, parent < 0 ? origin : spins[parent], difference));
      }
      travel[i] = 0;
    }
  }

  /** Linear and angular velocities of bodies [B, 6]. */
  readVelocities(bodies: readonly number[], out: Float64Array): void {
    bodies.forEach((body, i) => {
      copy(this.world.velocity(body, this.point), out, 6 * i);
      copy(this.world.spin(body, this.point), out, 6 * i + 3);
    });
  }

  private readFree({ links, free, state }: PlacedArm): void {
    for (let i = 0; i < free.length; i++) {
      const at = (links.length + i) * 7;
      copy(this.world.position(free[i], this.point), state.pose, at);
      copy(this.world.rotation(free[i], this.turned), state.pose, at + 3);
      // Rapier switches off what moves at a speed that is no number, lets it hang where it is, and tells of none.
      if (!this.world.isEnabled(free[i])) state.pose.fill(Number.NaN, at, at + 7);
    }
  }

  /** dq_i: the link's angular velocity less its parent's, along the joint's axis; of one that slides, its origin's velocity. */
  readJointVelocities({ links, layouts, state }: PlacedArm): void {
    const { world, parents, spins, difference } = this;
    links.forEach((link, i) => {
      const axis = this.axisOf(link, layouts[i], i);
      const parent = parents[i];
      const spin = world.spin(link, spins[i]);
      state.dq[i] = layouts[i].slides
        ? dot(axis, this.slidingVelocity(links, i))
        : dot(axis, subtract(spin, parent < 0 ? origin : spins[parent], difference));
    });
  }

  /** The joint's axis in the world. */
  axisOf(link: number, { offset }: JointLayout, i: number): Vec3 {
    const { world, turned, axis } = this;
    return rotate(multiply(world.rotation(link, turned), offset, turned), this.joints[i].axis, axis);
  }

  /** The link's origin in the world, m. */
  positionOf(link: number): Vec3 {
    return this.world.position(link, this.point);
  }

  /** Position and velocity of a joint that slides, whose link has been read: how far its origin is along the axis. */
  private readSlide(links: readonly number[], i: number, { q, dq, pose }: SimulatedState): void {
    const { joints, parents, rotations, difference, lever } = this;
    const parent = parents[i];
    const at = parent * 7;
    const from = parent < 0 ? this.root.position : origin;
    for (let k = 0; k < 3; k++) difference[k] = pose[i * 7 + k] - (parent < 0 ? from[k] : pose[at + k]);
    const carrier = parent < 0 ? this.root.rotation : rotations[parent];
    subtract(difference, rotate(carrier, joints[i].frame.position, lever), difference);
    const axis = rotate(rotations[i], joints[i].axis, this.axis);
    q[i] = dot(axis, difference);
    dq[i] = dot(axis, this.slidingVelocity(links, i));
  }

  /** Velocity of a link's origin against the link that carries it, whose spins have been read, m/s in world axes. */
  private slidingVelocity(links: readonly number[], i: number): Vec3 {
    const { world, parents, spins, point, lever, difference, velocity } = this;
    const parent = parents[i];
    world.position(links[i], point);
    const at = (body: number, out: Vec3Out): Vec3 => {
      subtract(point, world.centerOfMass(links[body], lever), lever);
      cross(spins[body], lever, lever);
      return add(world.velocity(links[body], out), lever, out);
    };
    at(i, velocity);
    return parent < 0 ? velocity : subtract(velocity, at(parent, difference), velocity);
  }

  /** Position and velocity of every site. Rapier's linear velocity is that of the centre of mass. */
  private readSites(links: readonly number[], state: SimulatedState): void {
    const { world, point, lever } = this;
    this.sites.forEach(({ position, body }, i) => {
      const site = state.sites[i];
      if (body < 0) {
        copy(add(this.root.position, rotate(this.root.rotation, position, lever), point), site.position);
        return;
      }
      const link = links[body];
      add(world.position(link, point), rotate(this.rotations[body], position, lever), point);
      copy(point, site.position);
      subtract(point, world.centerOfMass(link, lever), lever);
      copy(add(world.velocity(link, point), cross(this.spins[body], lever, lever), point), site.velocity);
    });
  }
}

/** The part of a rotation's vector that lies along an axis. */
function alongAxis(rotation: Quat, axis: Vec3): number {
  return rotation[2] * axis[2] + rotation[1] * axis[1] + rotation[0] * axis[0];
}

function copy(from: Vec3 | Quat, to: { [index: number]: number }, at = 0): void {
  for (let i = 0; i < from.length; i++) to[at + i] = from[i];
}

/** The angle that differs from `angle` by whole turns and lies nearest to another. */
function nearest(angle: number, other: number): number {
  return angle - 2 * Math.PI * Math.round((angle - other) / (2 * Math.PI));
}
