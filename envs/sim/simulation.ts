import { aboutAxis } from '../math/axis-angle.ts';
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
import { DefinitionError } from '../model/definition-error.ts';
import { siteOf, treeOf } from '../model/tree.ts';
import type { Joint, Scene } from '../model/types.ts';
import type { PhysicsSettings } from '../task.ts';
import type { JointLayout } from './layout.ts';
import { type ArmBuild, type ArmPlan, armBuild, type Drive, freeArmPlan, planArm } from './plan.ts';
import { RapierWorld } from './rapier.ts';
import { createState, type SimulatedState } from './state.ts';

/** Farthest limit that an overlay can hold, rad from its zero. */
const farthest = 3.1;

const origin: Vec3 = [0, 0, 0];
const xAxis: Vec3 = [1, 0, 0];

/** One arm in the world: bodies and overlays by handle. */
interface PlacedArm {
  readonly base: number;
  readonly links: readonly number[];
  readonly overlays: readonly number[];
  readonly layouts: readonly JointLayout[];
  readonly start: Float64Array;
  readonly state: SimulatedState;
  /** Joint torques asked for, N m [J]. */
  readonly torque: Float64Array;
  /** Joint velocities still to be given by the first world step, rad/s [J]: Rapier has no call that sets them. */
  startVelocity: Float64Array | null;
}

/** A Rapier world with room for `slots` arms of one kind. They have no colliders and do not disturb each other. */
export class Simulation {
  private readonly settings: PhysicsSettings;
  private readonly build: ArmBuild;
  private readonly drive: Drive;
  private readonly world: RapierWorld;
  private readonly joints: readonly Joint[];
  private readonly parents: readonly number[];
  private readonly sites: readonly { readonly position: Vec3; readonly body: number }[];
  private readonly arms: (PlacedArm | null)[];
  private plan: ArmPlan | null = null;
  // What a step works with, made once.
  private readonly rotations: readonly QuatOut[];
  private readonly spins: readonly Vec3Out[];
  private readonly turned: QuatOut = [0, 0, 0, 1];
  private readonly relative: QuatOut = [0, 0, 0, 1];
  private readonly difference: Vec3Out = [0, 0, 0];
  private readonly point: Vec3Out = [0, 0, 0];
  private readonly lever: Vec3Out = [0, 0, 0];
  private readonly kick: Float64Array;
  private readonly linkTorque: Float64Array;

  /** @throws Error for an arm that cannot be simulated */
  constructor(scene: Scene, settings: PhysicsSettings, drive: Drive, slots: number) {
    const { model } = scene.arm;
    const { joints, parents, degrees } = treeOf(model);
    this.settings = settings;
    this.drive = drive;
    this.build = armBuild(scene.arm, settings, drive);
    this.world = new RapierWorld(settings, scene.gravity);
    this.joints = joints;
    this.parents = parents;
    this.sites = model.sites.map(({ name, frame }) => ({ position: frame.position, body: siteOf(model, name).body }));
    this.arms = new Array<PlacedArm | null>(slots).fill(null);
    this.rotations = joints.map((): QuatOut => [0, 0, 0, 1]);
    this.spins = joints.map((): Vec3Out => [0, 0, 0]);
    this.kick = new Float64Array(degrees);
    this.linkTorque = new Float64Array(degrees);
  }

  /**
   * Puts a new arm into the slot, at angles q [J] and velocities dq [J] (at rest when null), in place of the one that
   * was there. Only a new arm is free of history: it moves with the same bits wherever and whenever it is placed.
   */
  place(slot: number, q: ArrayLike<number>, dq: ArrayLike<number> | null): SimulatedState {
    if (dq && this.drive.drive !== 'torque') {
      throw new DefinitionError(`arm ${this.build.arm.model.name}: only a torque drive starts an arm at a velocity`);
    }
    this.remove(slot);
    const { world, parents } = this;
    const plan = this.planFor(q);
    const base = world.addBody(plan.base);
    // Every link and its joint before any overlay: Rapier solves overlays in the order of their making.
    const links: number[] = [];
    plan.links.forEach(({ body, joint }, i) => {
      const link = world.addBody(body);
      world.join(joint, links[parents[i]] ?? base, link);
      links.push(link);
    });
    const overlays = plan.links.map(({ joint }, i) => world.overlay(joint, links[parents[i]] ?? base, links[i]));
    const state = createState(this.build.arm.model, (out) => this.readVelocities(links, out));
    this.arms[slot] = {
      base,
      links,
      overlays,
      layouts: plan.layouts,
      start: plan.start,
      state,
      torque: new Float64Array(this.joints.length),
      startVelocity: dq ? Float64Array.from(dq) : null,
    };
    const fromZero = this.drive.drive === 'torque';
    overlays.forEach((overlay, i) => {
      this.limit(overlay, i, fromZero ? 0 : plan.start[i]);
    });
    this.read(slot);
    if (dq) state.dq.set(dq);
    return state;
  }

  /** Takes the arm out of the slot. */
  remove(slot: number): void {
    const placed = this.arms[slot];
    if (!placed) return;
    // Rapier fills the gap that a joint leaves with the last one of the world, and solves joints in that order. Backwards,
    // arm by arm, the joints of the arm that fills the gap stay in their own order, and so do its bits.
    for (const overlay of placed.overlays.toReversed()) this.world.removeOverlay(overlay);
    for (const link of placed.links) this.world.removeBody(link);
    this.world.removeBody(placed.base);
    this.arms[slot] = null;
  }

  /**
   * Commands the slot's arm: targets of the position motors, rad [J], clipped to the joint limits, or joint torques, N m [J], that
   * hold until the next command. A motor's overlay has its frame turned to the target and holds its own zero, because Rapier
   * measures a joint's error by the sine of half the angle, which fades far from zero. The limits turn with the frame.
   */
  command(slot: number, target: ArrayLike<number>): void {
    const { overlays, layouts, start, torque } = this.placed(slot);
    if (this.drive.drive === 'torque') {
      torque.set(target);
      return;
    }
    for (let i = 0; i < overlays.length; i++) {
      const { low = -Infinity, high = Infinity } = this.joints[i];
      const angle = Math.min(Math.max(target[i], low), high);
      const turn = aboutAxis(xAxis, angle - start[i], this.turned);
      this.world.turnOverlay(overlays[i], multiply(layouts[i].frame, turn, this.turned));
      this.limit(overlays[i], i, angle);
    }
  }

  /** Advances every arm by one control step. */
  step(): void {
    for (let substep = 0; substep < this.settings.substeps; substep++) {
      if (this.drive.drive === 'torque') this.applyTorques();
      this.world.step();
    }
  }

  /** Reads the arm's state from Rapier. */
  read(slot: number): SimulatedState {
    const { links, layouts, state } = this.placed(slot);
    const { joints, parents, world, rotations, spins, relative, difference, lever } = this;
    const { pose, q, dq } = state;
    const root = this.build.arm.frame.rotation;
    for (let i = 0; i < links.length; i++) {
      const { low, high, axis, frame } = joints[i];
      const [turned, spin, parent] = [rotations[i], spins[i], parents[i]];
      multiply(world.rotation(links[i], turned), layouts[i].offset, turned);
      const from = parent < 0 ? root : rotations[parent];
      multiply(conjugate(multiply(from, frame.rotation, relative), relative), turned, relative);
      q[i] = nearest(2 * atan2(alongAxis(relative, axis), relative[3]), low, high);
      copy(world.position(links[i], this.point), pose, i * 7);
      copy(turned, pose, i * 7 + 3);
      world.spin(links[i], spin);
      dq[i] = dot(rotate(turned, axis, lever), subtract(spin, parent < 0 ? origin : spins[parent], difference));
    }
    this.readSites(slot);
    state.refreshed();
    return state;
  }

  /** Frees the world. */
  close(): void {
    this.world.close();
    if (this.plan) freeArmPlan(this.plan);
    this.plan = null;
  }

  /** Position and velocity of every site. Rapier's linear velocity is that of the centre of mass. */
  private readSites(slot: number): void {
    const { links, state } = this.placed(slot);
    const { world, point, lever } = this;
    this.sites.forEach(({ position, body }, i) => {
      const site = state.sites[i];
      if (body < 0) {
        const root = this.build.arm.frame;
        copy(add(root.position, rotate(root.rotation, position, lever), point), site.position);
        return;
      }
      const link = links[body];
      add(world.position(link, point), rotate(this.rotations[body], position, lever), point);
      copy(point, site.position);
      subtract(point, world.centerOfMass(link, lever), lever);
      copy(add(world.velocity(link, point), cross(this.spins[body], lever, lever), point), site.velocity);
    });
  }

  /** Linear and angular velocities of the links [B, 6]. */
  private readVelocities(links: readonly number[], out: Float64Array): void {
    links.forEach((link, i) => {
      copy(this.world.velocity(link, this.point), out, 6 * i);
      copy(this.world.spin(link, this.point), out, 6 * i + 3);
    });
  }

  /** Limits the joint by its overlay, whose own angle is 0 where the joint's is `zero`. */
  private limit(overlay: number, i: number, zero: number): void {
    const { low, high } = this.joints[i];
    if (low === undefined || high === undefined) return;
    // Rapier compares sines of half angles, which fold back beyond pi.
    this.world.limitOverlay(overlay, Math.max(low - zero, -farthest), Math.min(high - zero, farthest));
  }

  /** Hands each link what the controller makes of the commanded torques and the velocities of this moment. */
  private applyTorques(): void {
    const { arms, drive, settings, world, kick, linkTorque } = this;
    for (const placed of arms) {
      if (!placed) continue;
      const { links, layouts, state, torque, startVelocity } = placed;
      if (startVelocity === null) this.readJointVelocities(placed);
      for (let i = 0; i < kick.length; i++) {
        kick[i] = startVelocity ? (startVelocity[i] * settings.substeps) / settings.dt : 0;
      }
      placed.startVelocity = null;
      drive.linkTorques?.(torque, state.dq, kick, linkTorque);
      links.forEach((link, i) => {
        const axis = this.axisOf(link, layouts[i], i);
        const own = linkTorque[i];
        world.pushBody(link, [own * axis[0], own * axis[1], own * axis[2]]);
      });
    }
  }

  /** dq_i: the link's angular velocity less its parent's, along the joint's axis. */
  private readJointVelocities({ links, layouts, state }: PlacedArm): void {
    const { world, parents, spins, difference } = this;
    links.forEach((link, i) => {
      const axis = this.axisOf(link, layouts[i], i);
      const parent = parents[i] < 0 ? origin : spins[parents[i]];
      state.dq[i] = dot(axis, subtract(world.spin(link, spins[i]), parent, difference));
    });
  }

  /** The joint's axis in the world. */
  private axisOf(link: number, { offset }: JointLayout, i: number): Vec3 {
    const { world, turned, lever } = this;
    return rotate(multiply(world.rotation(link, turned), offset, turned), this.joints[i].axis, lever);
  }

  /** The plan of an arm that starts at angles q; the last one is kept, because most tasks start all episodes alike. */
  private planFor(q: ArrayLike<number>): ArmPlan {
    if (this.plan?.start.every((angle, i) => angle === q[i])) return this.plan;
    if (this.plan) freeArmPlan(this.plan);
    this.plan = planArm(this.build, q);
    return this.plan;
  }

  private placed(slot: number): PlacedArm {
    const placed = this.arms[slot];
    if (!placed) throw new Error(`slot ${slot} holds no arm; place one first`);
    return placed;
  }
}

/** The part of a rotation's vector that lies along an axis. */
function alongAxis(rotation: Quat, axis: Vec3): number {
  return rotation[2] * axis[2] + rotation[1] * axis[1] + rotation[0] * axis[0];
}

function copy(from: Vec3 | Quat, to: { [index: number]: number }, at = 0): void {
  for (let i = 0; i < from.length; i++) to[at + i] = from[i];
}

/** The angle that differs from `angle` by whole turns and lies nearest to the middle of the limits, where there are any. */
function nearest(angle: number, low: number | undefined, high: number | undefined): number {
  if (low === undefined || high === undefined) return angle;
  return angle - 2 * Math.PI * Math.round((angle - (low + high) / 2) / (2 * Math.PI));
}
