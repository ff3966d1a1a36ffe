import RAPIER from '@dimforge/rapier3d-compat';
import { type Quat, type QuatOut, rotate, type Vec3, type Vec3Out } from '../math/rotation.ts';
import type { PrincipalInertia } from '../model/inertia.ts';
import type { Motor } from '../model/types.ts';
import type { PhysicsSettings } from '../task.ts';
import type { JointLayout } from './layout.ts';

/**
 * What arms need of Rapier, by handles; the only file that imports it.
 *
 * It talks to the sets behind the binding's objects: only there has a generic joint a motor and limits, and the objects
 * cost as much as the arm they stand for. `World.step` alone looks up every body and joint three times a step.
 */

type RawVector = ReturnType<typeof RAPIER.VectorOps.intoRaw>;
type RawRotation = ReturnType<typeof RAPIER.RotationOps.intoRaw>;
type RawJoint = ReturnType<RAPIER.JointData['intoRaw']>;
type RawSet = RAPIER.ImpulseJointSet['raw'];
/** The raw sets name axes and motor models by enums of their own, with the same values. */
type RawAxis = Parameters<RawSet['jointSetMotorMaxForce']>[1];
type RawModel = Parameters<RawSet['jointConfigureMotorModel']>[2];

const angularX = RAPIER.JointAxis.AngX as unknown as RawAxis;
const linearX = RAPIER.JointAxis.LinX as unknown as RawAxis;
const forceBased = RAPIER.MotorModel.ForceBased as unknown as RawModel;
const noLockedAxes = 0 as RAPIER.JointAxesMask;

const origin: Vec3 = [0, 0, 0];
const xAxis: Vec3 = [1, 0, 0];
const zAxis: Vec3 = [0, 0, 1];
const vector = (v: Vec3) => ({ x: v[0], y: v[1], z: v[2] });
const quaternion = (q: Quat) => ({ x: q[0], y: q[1], z: q[2], w: q[3] });
const rawVector = (v: Vec3): RawVector => RAPIER.VectorOps.intoRaw(vector(v));
const rawRotation = (q: Quat): RawRotation => RAPIER.RotationOps.intoRaw(quaternion(q));

/** The simulation that the bits of an episode come from; a test holds it to what is installed. */
export const physicsVersion = '0.21.0';

let loaded: Promise<void> | undefined;

/** Loads Rapier's WebAssembly. Await it before opening a world. */
export function loadPhysics(): Promise<void> {
  loaded ??= RAPIER.init();
  return loaded;
}

type RawBodies = RAPIER.RigidBodySet['raw'];
type BodyArguments = Parameters<RawBodies['createRigidBody']>;

/** A body, ready to be put into a world any number of times. It lives outside of JavaScript's memory until freed. */
export type BodyPlan = BodyArguments;

/** Fixed when it has no mass. */
export function planBody(
  position: Vec3,
  rotation: Quat,
  mass: (PrincipalInertia & { readonly gravityScale: number }) | null,
): BodyPlan {
  const desc = mass ? RAPIER.RigidBodyDesc.dynamic() : RAPIER.RigidBodyDesc.fixed();
  if (mass) {
    desc.setCanSleep(false).setGravityScale(mass.gravityScale);
    desc.setAdditionalMassProperties(mass.mass, vector(mass.center), vector(mass.principal), quaternion(mass.frame));
  }
  const { intoRaw } = RAPIER.VectorOps;
  return [
    desc.enabled,
    rawVector(position),
    rawRotation(rotation),
    desc.gravityScale,
    desc.mass,
    desc.massOnly,
    intoRaw(desc.centerOfMass),
    intoRaw(desc.linvel),
    intoRaw(desc.angvel),
    intoRaw(desc.principalAngularInertia),
    RAPIER.RotationOps.intoRaw(desc.angularInertiaLocalFrame),
    desc.translationsEnabledX,
    desc.translationsEnabledY,
    desc.translationsEnabledZ,
    desc.rotationsEnabledX,
    desc.rotationsEnabledY,
    desc.rotationsEnabledZ,
    desc.linearDamping,
    desc.angularDamping,
    desc.status as unknown as BodyArguments[19],
    desc.canSleep,
    desc.sleeping,
    desc.softCcdPrediction,
    desc.ccdEnabled,
    desc.dominanceGroup,
    desc.additionalSolverIterations,
    desc.additionalPgsIterations,
  ];
}

/** A joint between two bodies, with what drives and limits it; as lasting as a body's plan. */
export interface JointPlan {
  readonly structure: RawJoint;
  readonly overlay: RawJoint;
  readonly anchor: RawVector;
  readonly frame: RawRotation;
  readonly childFrame: RawRotation;
  readonly slides: boolean;
  readonly motor: Motor | null;
  /** Viscous damping beside that of the motor and of the structure, N m s/rad or N s/m. */
  readonly damping: number;
}

/**
 * A joint about the child's z axis, or along an axis: a multibody joint, which is exact but has neither motor nor limit in the
 * binding, and an overlay for these: an impulse joint without locked axes, whose X axis is the joint's and whose motor works
 * against the inertia of the whole articulated arm. Its motor's force is limited, its damping is not: that has an overlay of its own.
 *
 * @param frame of the overlay in the parent's body, turned about the joint's axis to where the overlay has its zero
 */
export function planJoint(
  { slides, anchor, frame: own, childFrame }: JointLayout,
  frame: Quat,
  motor: Motor | null,
  damping: number,
): JointPlan {
  const [at, none, axis] = [vector(anchor), vector(origin), vector(rotate(own, xAxis))];
  const structure = slides
    ? RAPIER.JointData.prismatic(at, none, axis)
    : RAPIER.JointData.revoluteWithAxes(at, none, axis, vector(zAxis));
  return {
    structure: structure.intoRaw(),
    overlay: RAPIER.JointData.generic(at, none, vector(xAxis), noLockedAxes).intoRaw(),
    anchor: rawVector(anchor),
    frame: rawRotation(frame),
    childFrame: rawRotation(childFrame),
    slides,
    motor,
    damping,
  };
}

export function freePlan(plan: BodyPlan | JointPlan): void {
  for (const part of Object.values(plan)) if (part && typeof part === 'object' && 'free' in part) part.free();
}

/** Bodies and joints by handle. */
export class RapierWorld {
  private readonly world: RAPIER.World;
  private readonly gravity: RawVector;
  private readonly bodies: RawBodies;
  private readonly overlays: RawSet;
  private readonly childAnchor = rawVector(origin);
  private readonly scratch = new Float32Array(4);
  /** Handed to the binding with every turn of an overlay: a new one each time would be garbage. */
  private readonly turned = { x: 0, y: 0, z: 0, w: 1 };

  /** @param gravity m/s^2, downwards */
  constructor({ dt, substeps, solverIterations, internalIterations }: PhysicsSettings, gravity: number) {
    this.world = new RAPIER.World({ x: 0, y: 0, z: -gravity });
    this.world.timestep = dt / substeps;
    this.world.numSolverIterations = solverIterations;
    this.world.integrationParameters.numInternalPgsIterations = internalIterations;
    this.gravity = rawVector([0, 0, -gravity]);
    this.bodies = this.world.bodies.raw;
    this.overlays = this.world.impulseJoints.raw;
  }

  /** Frees the world. */
  close(): void {
    this.world.free();
    for (const raw of [this.gravity, this.childAnchor]) raw.free();
  }

  step(): void {
    const { world } = this;
    world.physicsPipeline.raw.step(
      this.gravity,
      world.integrationParameters.raw,
      world.islands.raw,
      world.broadPhase.raw,
      world.narrowPhase.raw,
      world.bodies.raw,
      world.colliders.raw,
      world.softBodies.raw,
      world.impulseJoints.raw,
      world.multibodyJoints.raw,
      world.ccdSolver.raw,
    );
  }

  addBody(plan: BodyPlan): number {
    return this.bodies.createRigidBody(...plan);
  }

  /** Takes the body out, and the multibody joints that hold it. */
  removeBody(body: number): void {
    const { islands, colliders, softBodies, impulseJoints, multibodyJoints } = this.world;
    this.bodies.remove(body, islands.raw, colliders.raw, softBodies.raw, impulseJoints.raw, multibodyJoints.raw);
  }

  /** Hangs the child on its parent, which moves it to the joint's zero. */
  join({ structure }: JointPlan, parent: number, child: number): void {
    this.world.multibodyJoints.raw.createJoint(structure, parent, child, true);
  }

  /** Adds the overlay of a joint, and returns its handle. */
  overlay(plan: JointPlan, parent: number, child: number): number {
    const handle = this.bind(plan, parent, child);
    if (plan.motor) this.drive(handle, plan, plan.motor);
    return handle;
  }

  /** Adds an overlay that damps a joint, and returns its handle. */
  damper(plan: JointPlan, parent: number, child: number): number {
    const handle = this.bind(plan, parent, child);
    this.drive(handle, plan, { stiffness: 0, damping: plan.damping, maxForce: Infinity });
    return handle;
  }

  private bind({ overlay, anchor, frame, childFrame }: JointPlan, parent: number, child: number): number {
    const { overlays } = this;
    const handle = overlays.createJoint(overlay, parent, child, true);
    overlays.jointSetLocalFrame2(handle, this.childAnchor, childFrame);
    overlays.jointSetLocalFrame1(handle, anchor, frame);
    return handle;
  }

  private drive(handle: number, { slides }: JointPlan, { stiffness, damping, maxForce }: Motor): void {
    const { overlays } = this;
    const axis = slides ? linearX : angularX;
    overlays.jointConfigureMotorModel(handle, axis, forceBased);
    overlays.jointConfigureMotorPosition(handle, axis, 0, stiffness, damping);
    if (maxForce < Infinity) overlays.jointSetMotorMaxForce(handle, axis, maxForce);
  }

  removeOverlay(overlay: number): void {
    this.overlays.remove(overlay, false);
  }

  /** Turns the overlay's frame in the parent. */
  turnOverlay(overlay: number, frame: Quat): void {
    const { turned } = this;
    turned.x = frame[0];
    turned.y = frame[1];
    turned.z = frame[2];
    turned.w = frame[3];
    const raw = RAPIER.RotationOps.intoRaw(turned);
    this.overlays.jointSetFrameX1(overlay, raw);
    raw.free();
  }

  /** Sends the motor of a joint that slides to a distance, m from the overlay's zero. */
  slideOverlay(overlay: number, distance: number, { stiffness, damping }: Motor): void {
    this.overlays.jointConfigureMotorPosition(overlay, linearX, distance, stiffness, damping);
  }

  /** Limits of the overlay's own position, rad or m. */
  limitOverlay(overlay: number, low: number, high: number, slides: boolean): void {
    this.overlays.jointSetLimits(overlay, slides ? linearX : angularX, low, high);
  }

  /** Takes away what was put on a body for the last step. */
  releaseBody(body: number): void {
    this.bodies.rbResetForces(body, false);
    this.bodies.rbResetTorques(body, false);
  }

  /** Sets the torque on a body for the next step, N m in world axes. */
  pushBody(body: number, torque: Vec3): void {
    this.bodies.rbResetTorques(body, false);
    this.turnBody(body, torque);
  }

  /** Adds a torque on a body for the next step, N m in world axes. */
  turnBody(body: number, torque: Vec3): void {
    const raw = rawVector(torque);
    this.bodies.rbAddTorque(body, raw, true);
    raw.free();
  }

  /** Adds a force on a body at a point of the world for the next step, N in world axes. */
  slideBody(body: number, force: Vec3, point: Vec3): void {
    const [raw, at] = [rawVector(force), rawVector(point)];
    this.bodies.rbAddForceAtPoint(body, raw, at, true);
    raw.free();
    at.free();
  }

  /** World axes, m. These readings write to `out` and return it. */
  position(body: number, out: Vec3Out): Vec3 {
    this.bodies.rbTranslation(body, this.scratch);
    return this.read(out);
  }

  rotation(body: number, out: QuatOut): Quat {
    this.bodies.rbRotation(body, this.scratch);
    out[3] = this.scratch[3];
    this.read(out);
    return out;
  }

  /** World axes, rad/s. */
  spin(body: number, out: Vec3Out): Vec3 {
    this.bodies.rbAngvel(body, this.scratch);
    return this.read(out);
  }

  /** Of the centre of mass, world axes, m/s. */
  velocity(body: number, out: Vec3Out): Vec3 {
    this.bodies.rbLinvel(body, this.scratch);
    return this.read(out);
  }

  centerOfMass(body: number, out: Vec3Out): Vec3 {
    this.bodies.rbWorldCom(body, this.scratch);
    return this.read(out);
  }

  private read<Out extends Vec3Out | QuatOut>(out: Out): Out {
    out[0] = this.scratch[0];
    out[1] = this.scratch[1];
    out[2] = this.scratch[2];
    return out;
  }
}
