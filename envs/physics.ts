import RAPIER from '@dimforge/rapier3d-compat';
import { combine, type PrincipalInertia, principal } from './arms/inertia.ts';
import type { Arm } from './arms/types.ts';
import { childFrame, type JointLayout, layout } from './layout.ts';
import { atan2 } from './math/kernels.ts';
import { aboutAxis, add, conjugate, cross, dot, multiply, rotate, subtract } from './math/rotation.ts';
import type { Quat, Vec3 } from './types.ts';

/**
 * Arms on Rapier; the only file that knows it.
 *
 * The links hang on multibody joints, which are exact but which the JavaScript binding gives neither motor nor limit.
 * Those come from an overlay: an impulse joint without locked axes between the same two bodies, whose angular X axis is
 * the joint's. Its motor works against the inertia of the whole articulated arm.
 */

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

/** The simulation that the bits of an episode come from; a test holds it to what is installed. */
export const physicsVersion = '0.21.0';

/** Loads Rapier's WebAssembly. Await it once before opening a world. */
export async function loadPhysics(): Promise<void> {
  await RAPIER.init();
}

/** Rapier's default damping of a multibody joint, N m s/rad, which the binding cannot change. */
const multibodyDamping = 0.1;

/** The set behind a generic joint has the motor methods that its object lacks; it names the axes by its own enum. */
type RawAxis = Parameters<RAPIER.ImpulseJointSet['raw']['jointSetMotorMaxForce']>[1];
type RawModel = Parameters<RAPIER.ImpulseJointSet['raw']['jointConfigureMotorModel']>[2];
const angularX = RAPIER.JointAxis.AngX as unknown as RawAxis;
const forceBased = RAPIER.MotorModel.ForceBased as unknown as RawModel;
const noLockedAxes = 0 as RAPIER.JointAxesMask;

/** Damping that Rapier's implicit motor adds, in units of its stiffness times its time step. */
const addedDamping = 1.75;

/** Farthest limit that an overlay can hold, rad from its zero. */
const farthest = 3.1;

const origin: Vec3 = [0, 0, 0];
const xAxis: Vec3 = [1, 0, 0];
const zAxis: Vec3 = [0, 0, 1];
const vector = (v: Vec3) => ({ x: v[0], y: v[1], z: v[2] });
const rotation = (q: Quat) => ({ x: q[0], y: q[1], z: q[2], w: q[3] });

/** One arm in the world. */
interface PlacedArm {
  readonly base: RAPIER.RigidBody;
  readonly links: readonly RAPIER.RigidBody[];
  readonly layouts: readonly JointLayout[];
  readonly overlays: readonly RAPIER.ImpulseJoint[];
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
  private readonly world: RAPIER.World;
  private readonly inertias: readonly PrincipalInertia[];
  private readonly arms: (PlacedArm | null)[];
  private readonly scratch = new Float32Array(4);
  private layouts: { readonly start: Float64Array; readonly joints: readonly JointLayout[] } | null = null;

  constructor(arm: Arm, settings: PhysicsSettings, slots: number) {
    this.arm = arm;
    this.settings = settings;
    this.world = new RAPIER.World({ x: 0, y: 0, z: -settings.gravity });
    this.world.timestep = settings.dt / settings.substeps;
    this.world.numSolverIterations = settings.solverIterations;
    this.world.integrationParameters.numInternalPgsIterations = settings.internalIterations;
    this.inertias = arm.links.map((link) => principal(combine(link.parts)));
    this.arms = new Array<PlacedArm | null>(slots).fill(null);
  }

  /**
   * Puts a new arm into the slot, at angles q [J] and velocities dq [J] (at rest when null), in place of the one that
   * was there. Only a new arm is free of history: it moves with the same bits wherever and whenever it is placed.
   */
  place(slot: number, q: ArrayLike<number>, dq: ArrayLike<number> | null): ArmState {
    this.remove(slot);
    const { base: at, joints } = this.arm;
    const layouts = this.layoutFor(q);
    const base = this.world.createRigidBody(
      RAPIER.RigidBodyDesc.fixed()
        .setTranslation(...at.position)
        .setRotation(rotation(at.rotation)),
    );
    const links: RAPIER.RigidBody[] = [];
    layouts.forEach((joint, i) => {
      links.push(this.createLink(joint, i, i ? links[i - 1] : base));
    });
    const overlays = layouts.map((joint, i) => this.createOverlay(joint, i, i ? links[i - 1] : base, links[i]));
    const state: ArmState = {
      q: new Float64Array(joints.length),
      dq: new Float64Array(joints.length),
      pose: new Float32Array(joints.length * 7),
      tip: new Float64Array(3),
      tipVelocity: new Float64Array(3),
    };
    this.arms[slot] = {
      base,
      links,
      layouts,
      overlays,
      start: Float64Array.from(q),
      state,
      torque: new Float64Array(joints.length),
      startVelocity: dq ? Float64Array.from(dq) : null,
    };
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
    for (const overlay of placed.overlays.toReversed()) this.world.removeImpulseJoint(overlay, false);
    for (const link of placed.links) this.world.removeRigidBody(link);
    this.world.removeRigidBody(placed.base);
    this.arms[slot] = null;
  }

  /**
   * Sets the position motors' targets, rad [J], clipped to the joint limits. The overlay's frame is turned to the target
   * and the motor holds its own zero, because Rapier measures a joint's error by the sine of half the angle, which fades
   * far from zero. The limits turn with the frame.
   */
  command(slot: number, target: ArrayLike<number>): void {
    const { overlays, layouts, start } = this.placed(slot);
    this.arm.joints.forEach(({ low, high }, i) => {
      const angle = Math.min(Math.max(target[i], low), high);
      overlays[i].setFrameX1(rotation(multiply(layouts[i].frame, aboutAxis(xAxis, angle - start[i]))));
      this.limit(overlays[i], i, angle);
    });
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
    const { tip, tipVelocity, pose, q } = state;
    let parent = this.arm.base.rotation;
    links.forEach((link, i) => {
      const joint = this.arm.joints[i];
      const turned = multiply(this.readRotation(link), layouts[i].offset);
      const relative = multiply(conjugate(multiply(parent, joint.rotation)), turned);
      q[i] = nearest(2 * atan2(relative[2], relative[3]), (joint.low + joint.high) / 2);
      pose.set(this.readVector(link, 'rbTranslation'), i * 7);
      pose.set(turned, i * 7 + 3);
      parent = turned;
    });
    this.readVelocities(slot);
    const last = links[links.length - 1];
    const point = add(this.readVector(last, 'rbTranslation'), rotate(parent, this.arm.endEffector.position));
    // Rapier's linear velocity is that of the centre of mass.
    const spin = this.readVector(last, 'rbAngvel');
    const lever = subtract(point, this.readVector(last, 'rbWorldCom'));
    tip.set(point);
    tipVelocity.set(add(this.readVector(last, 'rbLinvel'), cross(spin, lever)));
    return state;
  }

  /** Frees the world. */
  close(): void {
    this.world.free();
  }

  private createLink(at: JointLayout, i: number, parent: RAPIER.RigidBody): RAPIER.RigidBody {
    const { mass, center, principal: moments, frame } = this.inertias[i];
    const link = this.world.createRigidBody(
      RAPIER.RigidBodyDesc.dynamic()
        .setTranslation(...at.position)
        .setRotation(rotation(at.rotation))
        .setCanSleep(false)
        .setGravityScale(this.settings.gravityCompensation ? 0 : 1)
        .setAdditionalMassProperties(
          mass,
          vector(rotate(at.offset, center)),
          vector(moments),
          rotation(multiply(at.offset, frame)),
        ),
    );
    const axis = rotate(at.frame, xAxis);
    const joint = RAPIER.JointData.revoluteWithAxes(vector(at.anchor), vector(origin), vector(axis), vector(zAxis));
    this.world.createMultibodyJoint(joint, parent, link, true);
    return link;
  }

  /**
   * The overlay's motor or limits. Its error is sin(q / 2), about half the angle, so the stiffness is doubled. Its implicit
   * step of length h adds damping, which is taken off again: 1.5 k h makes it second-order accurate where it tracks, and a
   * little more brings it closest to MuJoCo where the force limit holds it back, as it does in most steps of a task.
   */
  private createOverlay(at: JointLayout, i: number, parent: RAPIER.RigidBody, link: RAPIER.RigidBody) {
    const { motor } = this.arm.joints[i];
    const { drive, dt, substeps, solverIterations } = this.settings;
    const joint = RAPIER.JointData.generic(vector(at.anchor), vector(origin), vector(xAxis), noLockedAxes);
    const overlay = this.world.createImpulseJoint(joint, parent, link, true);
    overlay.setLocalFrame2(vector(origin), rotation(childFrame));
    const raw = this.world.impulseJoints.raw;
    if (drive === 'position') {
      overlay.setLocalFrame1(vector(at.anchor), rotation(at.frame));
      const h = dt / substeps / solverIterations;
      const damping = Math.max(0, motor.damping - addedDamping * motor.stiffness * h);
      raw.jointConfigureMotorModel(overlay.handle, angularX, forceBased);
      raw.jointConfigureMotorPosition(overlay.handle, angularX, 0, 2 * motor.stiffness, damping);
      raw.jointSetMotorMaxForce(overlay.handle, angularX, motor.maxTorque);
      this.limit(overlay, i, at.start);
    } else {
      const zero = multiply(at.frame, aboutAxis(xAxis, -at.start));
      overlay.setLocalFrame1(vector(at.anchor), rotation(zero));
      this.limit(overlay, i, 0);
    }
    return overlay;
  }

  /** Limits the joint by its overlay, whose own angle is 0 where the joint's is `zero`. */
  private limit(overlay: RAPIER.ImpulseJoint, i: number, zero: number): void {
    const { low, high } = this.arm.joints[i];
    if (!Number.isFinite(low)) return;
    // Rapier compares sines of half angles, which fold back beyond pi.
    const [from, to] = [Math.max(low - zero, -farthest), Math.min(high - zero, farthest)];
    this.world.impulseJoints.raw.jointSetLimits(overlay.handle, angularX, from, to);
  }

  /**
   * Torque control of an arm with parallel axes whose links weigh next to nothing against the rotor inertia (armature)
   * of their joints, as MuJoCo's Reacher. There armature_i ddq_i = torque_i - damping_i dq_i, joint by joint; but an inertia put on
   * a link is carried by every joint before it, M_ij = sum_{k >= max(i, j)} I_k. The torque that gives the same ddq is M ddq.
   */
  private applyTorques(): void {
    const { arm, inertias, arms, settings } = this;
    arms.forEach((placed, slot) => {
      if (!placed) return;
      const { links, state, torque, startVelocity } = placed;
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
        const axis = rotate(multiply(this.readRotation(link), placed.layouts[i].offset), zAxis);
        link.resetTorques(false);
        link.addTorque({ x: own * axis[0], y: own * axis[1], z: own * axis[2] }, true);
      });
    });
  }

  /** dq_i: the link's angular velocity less its parent's, along the joint's axis. */
  private readVelocities(slot: number): void {
    const { links, layouts, state } = this.placed(slot);
    let parentSpin = origin;
    links.forEach((link, i) => {
      const spin = this.readVector(link, 'rbAngvel');
      const axis = rotate(multiply(this.readRotation(link), layouts[i].offset), zAxis);
      state.dq[i] = dot(axis, subtract(spin, parentSpin));
      parentSpin = spin;
    });
  }

  private layoutFor(q: ArrayLike<number>): readonly JointLayout[] {
    if (!this.layouts?.start.every((angle, i) => angle === q[i])) {
      this.layouts = { start: Float64Array.from(q), joints: layout(this.arm, q) };
    }
    return this.layouts.joints;
  }

  private placed(slot: number): PlacedArm {
    const placed = this.arms[slot];
    if (!placed) throw new Error(`slot ${slot} holds no arm; place one first`);
    return placed;
  }

  private readVector(body: RAPIER.RigidBody, what: 'rbTranslation' | 'rbAngvel' | 'rbLinvel' | 'rbWorldCom'): Vec3 {
    this.world.bodies.raw[what](body.handle, this.scratch);
    return [this.scratch[0], this.scratch[1], this.scratch[2]];
  }

  private readRotation(body: RAPIER.RigidBody): Quat {
    this.world.bodies.raw.rbRotation(body.handle, this.scratch);
    return [this.scratch[0], this.scratch[1], this.scratch[2], this.scratch[3]];
  }
}

/** The angle that differs from `angle` by whole turns and lies nearest to `center`. */
function nearest(angle: number, center: number): number {
  return Number.isNaN(center) ? angle : angle - 2 * Math.PI * Math.round((angle - center) / (2 * Math.PI));
}
