import { atan2 } from '../math/kernels.ts';
import {
  aboutAxis,
  add,
  conjugate,
  cross,
  dot,
  multiply,
  type QuatOut,
  rotate,
  subtract,
  type Vec3Out,
} from '../math/rotation.ts';
import { combine, type PrincipalInertia, principal } from '../model/inertia.ts';
import type { Arm } from '../model/types.ts';
import type { Quat, Vec3 } from '../types.ts';
import { type JointLayout, layout } from './layout.ts';
import { type BodyPlan, freePlan, type JointPlan, type Motor, planBody, planJoint, RapierWorld } from './rapier.ts';

export { loadPhysics, physicsVersion } from './rapier.ts';

/** Arms in a Rapier world: placed, driven by motors or torques, and read. */

export interface PhysicsSettings {
  /** Seconds per control step. */
  readonly dt: number;
  /** World steps per control step. */
  readonly substeps: number;
  /** Rapier's solver iterations per world step (each is a small step of its own), and the inner iterations of each. */
  readonly solverIterations: number;
  readonly internalIterations: number;
  /** m/s^2, downwards. */
  readonly gravity: number;
  /** Whether the arm's controller cancels gravity outside of its motors, as the Panda's own does. */
  readonly gravityCompensation: boolean;
  /** What moves the joints. */
  readonly drive: 'position' | 'torque';
}

/** What a task sees of one arm. The arrays belong to the arm and are rewritten by every reading. */
export interface ArmState {
  /** Joint angles, rad [J], and velocities, rad/s [J]. */
  readonly q: Float64Array;
  readonly dq: Float64Array;
  /** World poses of the link frames, position and quaternion [J, 7]. */
  readonly pose: Float32Array;
  /** End effector in the world: position, m [3], and velocity, m/s [3]. */
  readonly tip: Float64Array;
  readonly tipVelocity: Float64Array;
}

/** Rapier's default damping of a multibody joint, N m s/rad, which the binding cannot change. */
const multibodyDamping = 0.1;

/** Damping that Rapier's implicit motor adds, in units of its stiffness times its time step. */
const addedDamping = 1.75;

/** Farthest limit that an overlay can hold, rad from its zero. */
const farthest = 3.1;

const origin: Vec3 = [0, 0, 0];
const xAxis: Vec3 = [1, 0, 0];
const zAxis: Vec3 = [0, 0, 1];

/** An arm at its start angles, ready to be placed. */
interface ArmPlan {
  readonly start: Float64Array;
  readonly layouts: readonly JointLayout[];
  readonly base: BodyPlan;
  readonly links: readonly { readonly body: BodyPlan; readonly joint: JointPlan }[];
}

/** One arm in the world: bodies and overlays by handle. */
interface PlacedArm {
  readonly base: number;
  readonly links: readonly number[];
  readonly overlays: readonly number[];
  readonly layouts: readonly JointLayout[];
  readonly start: Float64Array;
  readonly state: ArmState;
  /** Joint torques asked for, N m [J]. */
  readonly torque: Float64Array;
  /** Joint velocities still to be given by the first world step, rad/s [J]: Rapier has no call that sets them. */
  startVelocity: Float64Array | null;
}

/** A Rapier world with room for `slots` arms of one kind. They have no colliders and do not disturb each other. */
export class ArmWorld {
  private readonly arm: Arm;
  private readonly settings: PhysicsSettings;
  private readonly world: RapierWorld;
  private readonly inertias: readonly PrincipalInertia[];
  private readonly arms: (PlacedArm | null)[];
  private plan: ArmPlan | null = null;
  // What a step works with, made once.
  private readonly parent: QuatOut = [0, 0, 0, 1];
  private readonly turned: QuatOut = [0, 0, 0, 1];
  private readonly relative: QuatOut = [0, 0, 0, 1];
  private readonly spin: Vec3Out = [0, 0, 0];
  private readonly parentSpin: Vec3Out = [0, 0, 0];
  private readonly point: Vec3Out = [0, 0, 0];
  private readonly lever: Vec3Out = [0, 0, 0];

  constructor(arm: Arm, settings: PhysicsSettings, slots: number) {
    this.arm = arm;
    this.settings = settings;
    this.world = new RapierWorld({ ...settings, timestep: settings.dt / settings.substeps });
    this.inertias = arm.links.map((link) => principal(combine(link.parts)));
    this.arms = new Array<PlacedArm | null>(slots).fill(null);
  }

  /**
   * Puts a new arm into the slot, at angles q [J] and velocities dq [J] (at rest when null), in place of the one that
   * was there. Only a new arm is free of history: it moves with the same bits wherever and whenever it is placed.
   */
  place(slot: number, q: ArrayLike<number>, dq: ArrayLike<number> | null): ArmState {
    this.remove(slot);
    const { world } = this;
    const joints = this.arm.joints.length;
    const plan = this.planFor(q);
    const base = world.addBody(plan.base);
    // Every link and its joint before any overlay: Rapier solves overlays in the order of their making.
    const links: number[] = [];
    for (const { body, joint } of plan.links) {
      const link = world.addBody(body);
      world.join(joint, links.at(-1) ?? base, link);
      links.push(link);
    }
    const overlays = plan.links.map(({ joint }, i) => world.overlay(joint, i ? links[i - 1] : base, links[i]));
    const state: ArmState = {
      q: new Float64Array(joints),
      dq: new Float64Array(joints),
      pose: new Float32Array(joints * 7),
      tip: new Float64Array(3),
      tipVelocity: new Float64Array(3),
    };
    this.arms[slot] = {
      base,
      links,
      overlays,
      layouts: plan.layouts,
      start: plan.start,
      state,
      torque: new Float64Array(joints),
      startVelocity: dq ? Float64Array.from(dq) : null,
    };
    const fromZero = this.settings.drive === 'torque';
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
   * Sets the position motors' targets, rad [J], clipped to the joint limits. The overlay's frame is turned to the target
   * and the motor holds its own zero, because Rapier measures a joint's error by the sine of half the angle, which fades
   * far from zero. The limits turn with the frame.
   */
  command(slot: number, target: ArrayLike<number>): void {
    const { overlays, layouts, start } = this.placed(slot);
    const { joints } = this.arm;
    for (let i = 0; i < joints.length; i++) {
      const angle = Math.min(Math.max(target[i], joints[i].low), joints[i].high);
      const turn = aboutAxis(xAxis, angle - start[i], this.turned);
      this.world.turnOverlay(overlays[i], multiply(layouts[i].frame, turn, this.turned));
      this.limit(overlays[i], i, angle);
    }
  }

  /** Sets the joint torques until the next call, N m [J]. */
  push(slot: number, torque: ArrayLike<number>): void {
    this.placed(slot).torque.set(torque);
  }

  /** Advances every arm by one control step. */
  step(): void {
    for (let substep = 0; substep < this.settings.substeps; substep++) {
      if (this.settings.drive === 'torque') this.applyTorques();
      this.world.step();
    }
  }

  /** Reads the arm's state from Rapier. */
  read(slot: number): ArmState {
    const { links, layouts, state } = this.placed(slot);
    const { joints, base, endEffector } = this.arm;
    const { world, parent, turned, relative, spin, parentSpin, point, lever } = this;
    const { tip, tipVelocity, pose, q, dq } = state;
    copy(base.rotation, parent);
    copy(origin, parentSpin);
    for (let i = 0; i < links.length; i++) {
      const { low, high, rotation } = joints[i];
      multiply(world.rotation(links[i], turned), layouts[i].offset, turned);
      multiply(conjugate(multiply(parent, rotation, relative), relative), turned, relative);
      q[i] = nearest(2 * atan2(relative[2], relative[3]), (low + high) / 2);
      copy(world.position(links[i], point), pose, i * 7);
      copy(turned, pose, i * 7 + 3);
      world.spin(links[i], spin);
      dq[i] = dot(rotate(turned, zAxis, lever), subtract(spin, parentSpin, parentSpin));
      copy(turned, parent);
      copy(spin, parentSpin);
    }
    const last = links[links.length - 1];
    add(point, rotate(parent, endEffector.position, lever), point);
    copy(point, tip);
    // Rapier's linear velocity is that of the centre of mass.
    subtract(point, world.centerOfMass(last, lever), lever);
    copy(add(world.velocity(last, point), cross(spin, lever, lever), point), tipVelocity);
    return state;
  }

  /** Frees the world. */
  close(): void {
    this.world.close();
    this.freePlan();
  }

  /** Limits the joint by its overlay, whose own angle is 0 where the joint's is `zero`. */
  private limit(overlay: number, i: number, zero: number): void {
    const { low, high } = this.arm.joints[i];
    if (!Number.isFinite(low)) return;
    // Rapier compares sines of half angles, which fold back beyond pi.
    this.world.limitOverlay(overlay, Math.max(low - zero, -farthest), Math.min(high - zero, farthest));
  }

  /**
   * Torque control of an arm with parallel axes whose links weigh next to nothing against the rotor inertia (armature)
   * of their joints, as MuJoCo's Reacher. There armature_i ddq_i = torque_i - damping_i dq_i, joint by joint; but an inertia put on
   * a link is carried by every joint before it, M_ij = sum_{k >= max(i, j)} I_k. The torque that gives the same ddq is M ddq.
   */
  private applyTorques(): void {
    const { arm, inertias, arms, settings, world } = this;
    arms.forEach((placed, slot) => {
      if (!placed) return;
      const { links, layouts, state, torque, startVelocity } = placed;
      if (startVelocity === null) this.readVelocities(slot);
      const acceleration = arm.joints.map(({ rotor }, i) => {
        if (!rotor) throw new Error(`arm ${arm.name} has no rotor data: it cannot be driven by torque`);
        const kick = startVelocity ? (startVelocity[i] * settings.substeps) / settings.dt : 0;
        return kick + (torque[i] - rotor.damping * state.dq[i]) / rotor.inertia;
      });
      placed.startVelocity = null;
      // Newton-Euler from the tip: a link passes on to its parent what it does not need itself.
      links.forEach((link, i) => {
        let spin = 0;
        for (let j = 0; j <= i; j++) spin += acceleration[j];
        let own = inertias[i].principal[2] * spin + multibodyDamping * state.dq[i];
        if (i + 1 < links.length) own -= multibodyDamping * state.dq[i + 1];
        const axis = this.axisOf(link, layouts[i]);
        world.pushBody(link, [own * axis[0], own * axis[1], own * axis[2]]);
      });
    });
  }

  /** dq_i: the link's angular velocity less its parent's, along the joint's axis. */
  private readVelocities(slot: number): void {
    const { world, parentSpin, spin } = this;
    const { links, layouts, state } = this.placed(slot);
    copy(origin, parentSpin);
    links.forEach((link, i) => {
      const axis = this.axisOf(link, layouts[i]);
      state.dq[i] = dot(axis, subtract(world.spin(link, spin), parentSpin, parentSpin));
      copy(spin, parentSpin);
    });
  }

  /** The joint's axis in the world. */
  private axisOf(link: number, { offset }: JointLayout): Vec3 {
    return rotate(multiply(this.world.rotation(link, this.turned), offset, this.turned), zAxis, this.lever);
  }

  /** The plan of an arm that starts at angles q; the last one is kept, because most tasks start all episodes alike. */
  private planFor(q: ArrayLike<number>): ArmPlan {
    if (this.plan?.start.every((angle, i) => angle === q[i])) return this.plan;
    this.freePlan();
    const { arm, inertias, settings } = this;
    const layouts = layout(arm, q);
    this.plan = {
      start: Float64Array.from(q),
      layouts,
      base: planBody(arm.base.position, arm.base.rotation, null),
      links: layouts.map((at, i) => {
        const { mass, center, principal: moments, frame } = inertias[i];
        const body = planBody(at.position, at.rotation, {
          mass,
          center: rotate(at.offset, center),
          principal: moments,
          frame: multiply(at.offset, frame),
          gravityScale: settings.gravityCompensation ? 0 : 1,
        });
        return { body, joint: this.planJoint(at, i) };
      }),
    };
    return this.plan;
  }

  /**
   * The overlay's error is sin(q / 2), about half the angle, so the motor's stiffness is doubled. Its implicit step of
   * length h adds damping, which is taken off again: 1.5 k h makes it second-order accurate where it tracks, and a little more
   * brings it closest to MuJoCo where the force limit holds it back, as it does in most steps of a task.
   */
  private planJoint({ anchor, frame, start }: JointLayout, i: number): JointPlan {
    const { drive, dt, substeps, solverIterations } = this.settings;
    // Without a motor to hold a target, the overlay's zero is the joint's own, which the limits count from.
    if (drive === 'torque') return planJoint(anchor, frame, multiply(frame, aboutAxis(xAxis, -start)), null);
    const { stiffness, damping, maxTorque } = this.arm.joints[i].motor;
    const h = dt / substeps / solverIterations;
    const motor: Motor = {
      stiffness: 2 * stiffness,
      damping: Math.max(0, damping - addedDamping * stiffness * h),
      maxTorque,
    };
    return planJoint(anchor, frame, frame, motor);
  }

  private freePlan(): void {
    if (!this.plan) return;
    freePlan(this.plan.base);
    for (const { body, joint } of this.plan.links) {
      freePlan(body);
      freePlan(joint);
    }
    this.plan = null;
  }

  private placed(slot: number): PlacedArm {
    const placed = this.arms[slot];
    if (!placed) throw new Error(`slot ${slot} holds no arm; place one first`);
    return placed;
  }
}

function copy(from: Vec3 | Quat, to: Settable, at = 0): void {
  for (let i = 0; i < from.length; i++) to[at + i] = from[i];
}

interface Settable {
  [index: number]: number;
}

/** The angle that differs from `angle` by whole turns and lies nearest to `center`. */
function nearest(angle: number, center: number): number {
  return Number.isNaN(center) ? angle : angle - 2 * Math.PI * Math.round((angle - center) / (2 * Math.PI));
}
