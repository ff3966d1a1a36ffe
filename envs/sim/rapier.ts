import RAPIER from '@dimforge/rapier3d-compat';
import { identity, type Quat, type QuatOut, rotate, type Vec3, type Vec3Out } from '../math/rotation.ts';
import type { PrincipalInertia } from '../model/inertia.ts';
import type { Frame, Motor } from '../model/types.ts';
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

/** Has the engine compile what every step runs, for whoever has a third of a second before the first: one function takes that. */
export function warmPhysics(): void {
  const world = new RAPIER.World(vector(origin));
  world.step();
  world.free();
}

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

/** Which colliders touch which: those of an arm nothing of the arm, those of limbs also that; standing ones nothing that stands. */
export type ColliderGroup = 'arm' | 'limb' | 'standing' | 'free';
const groups: Readonly<Record<ColliderGroup, number>> = {
  standing: (1 << 16) | 6,
  arm: (2 << 16) | 5,
  limb: (2 << 16) | 7,
  free: (4 << 16) | 7,
};

/** A collider of a body, where the body's frame has it. It weighs nothing: a body's mass is the body's own. */
export function planCollider(
  solid: Solid,
  { position, rotation }: Frame,
  { friction, group }: { readonly friction: number; readonly group: ColliderGroup },
): RAPIER.ColliderDesc {
  const desc = colliderOf(solid);
  if (!desc) throw new Error('Rapier makes no hull of these points');
  return desc
    .setDensity(0)
    .setTranslation(...position)
    .setRotation(quaternion(rotation))
    .setFriction(friction)
    .setFrictionCombineRule(RAPIER.CoefficientCombineRule.Multiply)
    .setCollisionGroups(groups[group]);
}

/** A solid in its own frame: what has a length lies along y. */
export type Solid =
  | { readonly kind: 'box'; readonly size: Vec3 }
  | { readonly kind: 'sphere'; readonly radius: number }
  | { readonly kind: 'cylinder' | 'capsule'; readonly radius: number; readonly length: number }
  | { readonly kind: 'hull'; readonly points: readonly Vec3[] };

function colliderOf(solid: Solid): RAPIER.ColliderDesc | null {
  switch (solid.kind) {
    case 'box':
      return RAPIER.ColliderDesc.cuboid(solid.size[0] / 2, solid.size[1] / 2, solid.size[2] / 2);
    case 'sphere':
      return RAPIER.ColliderDesc.ball(solid.radius);
    case 'hull':
      return RAPIER.ColliderDesc.convexHull(Float32Array.from(solid.points.flat()));
    default:
      return RAPIER.ColliderDesc[solid.kind](solid.length / 2, solid.radius);
  }
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

/** A joint that lets nothing move, at a place in the parent's body: it fixes a body whose frame is turned as its parent's. */
export interface WeldPlan {
  readonly structure: RawJoint;
}

export function planWeld(position: Vec3): WeldPlan {
  const turned = quaternion(identity);
  return { structure: RAPIER.JointData.fixed(vector(position), turned, vector(origin), turned).intoRaw() };
}

export function freePlan(plan: BodyPlan | JointPlan | WeldPlan): void {
  for (const part of Object.values(plan)) if (part && typeof part === 'object' && 'free' in part) part.free();
}

/** What a world consists of, by the sets behind the binding's objects. */
interface Sets {
  readonly islands: RAPIER.IslandManager['raw'];
  readonly broadPhase: RAPIER.BroadPhase['raw'];
  readonly narrowPhase: RAPIER.NarrowPhase['raw'];
  readonly bodies: RawBodies;
  readonly colliders: RAPIER.ColliderSet['raw'];
  readonly softBodies: RAPIER.World['softBodies']['raw'];
  readonly impulseJoints: RawSet;
  readonly multibodyJoints: RAPIER.MultibodyJointSet['raw'];
  readonly ccd: RAPIER.CCDSolver['raw'];
  readonly pipeline: RAPIER.PhysicsPipeline['raw'];
}

/** How a world is solved; lives outside of JavaScript's memory until freed. */
export type SolverParameters = RAPIER.IntegrationParameters['raw'];

/** Where a snapshot has the friction model; 0 is Rapier's simplified one, 1 is Coulomb's. */
const frictionModelAt = 184;

/**
 * Parameters by which bodies rub as Coulomb has it, in every direction, turning too; Rapier's own model hardly turns what is
 * pushed. The binding has no setter, but a snapshot has the model among its bytes.
 * @throws Error where the snapshot is not laid out as in the version of Rapier that this was written for
 */
export function coulombParameters(settings: PhysicsSettings): SolverParameters {
  const world = solvedBy(new RAPIER.World({ x: 0, y: 0, z: 0 }), settings);
  const bytes = world.takeSnapshot();
  world.free();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const { solverIterations, internalIterations } = settings;
  const isAsKnown =
    view.getUint32(144, true) === solverIterations &&
    view.getUint32(152, true) === internalIterations &&
    view.getUint32(frictionModelAt, true) === 0;
  if (!isAsKnown) {
    throw new Error('a snapshot of Rapier does not have its friction model where it is expected');
  }
  view.setUint32(frictionModelAt, 1, true);
  const restored = deserialize(bytes);
  const parameters = restored.takeIntegrationParameters() as SolverParameters;
  restored.free();
  parameters.contact_natural_frequency = contactFrequency;
  return parameters;
}

/** How stiffly bodies that touch are pushed apart, Hz. Rapier's 30 lets the fingers of a gripper sink into what they hold. */
const contactFrequency = 100;

function solvedBy(world: RAPIER.World, settings: PhysicsSettings): RAPIER.World {
  const { dt, substeps, solverIterations, internalIterations } = settings;
  world.timestep = dt / substeps;
  world.numSolverIterations = solverIterations;
  world.integrationParameters.numInternalPgsIterations = internalIterations;
  return world;
}

function deserialize(snapshot: Uint8Array) {
  const serialization = new RAPIER.SerializationPipeline();
  const restored = serialization.raw.deserializeAll(snapshot);
  serialization.free();
  if (!restored) throw new Error('Rapier does not read its own snapshot');
  return restored;
}

/** Bodies and joints by handle. */
export class RapierWorld {
  /** Whose sets the world works with until it is restored from a snapshot. */
  private world: RAPIER.World | null;
  private readonly gravity: RawVector;
  private readonly parameters: SolverParameters;
  private sets: Sets;
  private bodies: RawBodies;
  private overlays: RawSet;
  private readonly childAnchor = rawVector(origin);
  private readonly scratch = new Float32Array(4);
  private readonly touchPoint: Vec3Out = [0, 0, 0];
  private readonly touchNormal: Vec3Out = [0, 0, 0];
  /** Handed to the binding with every turn of an overlay: a new one each time would be garbage. */
  private readonly turned = { x: 0, y: 0, z: 0, w: 1 };

  /**
   * @param gravity m/s^2, downwards
   * @param parameters that others use, too, and that it has to be given if it is to be restored; its own by the settings if not given
   */
  constructor(settings: PhysicsSettings, gravity: number, parameters?: SolverParameters) {
    const world = solvedBy(new RAPIER.World({ x: 0, y: 0, z: -gravity }), settings);
    this.gravity = rawVector([0, 0, -gravity]);
    this.world = world;
    this.parameters = parameters ?? world.integrationParameters.raw;
    this.sets = {
      islands: world.islands.raw,
      broadPhase: world.broadPhase.raw,
      narrowPhase: world.narrowPhase.raw,
      bodies: world.bodies.raw,
      colliders: world.colliders.raw,
      softBodies: world.softBodies.raw,
      impulseJoints: world.impulseJoints.raw,
      multibodyJoints: world.multibodyJoints.raw,
      ccd: world.ccdSolver.raw,
      pipeline: world.physicsPipeline.raw,
    };
    this.bodies = this.sets.bodies;
    this.overlays = this.sets.impulseJoints;
  }

  /** Frees the world. */
  close(): void {
    this.freeSets();
    for (const raw of [this.gravity, this.childAnchor]) raw.free();
  }

  private freeSets(): void {
    if (this.world) this.world.free();
    else for (const set of Object.values(this.sets)) set.free();
    this.world = null;
  }

  /** The world as bytes. Only of one that was never stepped is a restored world free of history. */
  snapshot(): Uint8Array {
    const { gravity, parameters, sets } = this;
    const serialization = new RAPIER.SerializationPipeline();
    const { islands, broadPhase, narrowPhase, bodies, colliders, softBodies, impulseJoints, multibodyJoints } = sets;
    const bytes = serialization.raw.serializeAll(
      gravity,
      parameters,
      islands,
      broadPhase,
      narrowPhase,
      bodies,
      colliders,
      softBodies,
      impulseJoints,
      multibodyJoints,
    );
    serialization.free();
    if (!bytes) throw new Error('Rapier cannot take a snapshot');
    return bytes;
  }

  /** Becomes the world of a snapshot, with the same handles. */
  restore(snapshot: Uint8Array): void {
    const restored = deserialize(snapshot);
    this.freeSets();
    this.sets = {
      islands: restored.takeIslandManager() as Sets['islands'],
      broadPhase: restored.takeBroadPhase() as Sets['broadPhase'],
      narrowPhase: restored.takeNarrowPhase() as Sets['narrowPhase'],
      bodies: restored.takeBodies() as Sets['bodies'],
      colliders: restored.takeColliders() as Sets['colliders'],
      softBodies: restored.takeSoftBodies() as Sets['softBodies'],
      impulseJoints: restored.takeImpulseJoints() as Sets['impulseJoints'],
      multibodyJoints: restored.takeMultibodyJoints() as Sets['multibodyJoints'],
      ccd: new RAPIER.CCDSolver().raw,
      pipeline: new RAPIER.PhysicsPipeline().raw,
    };
    // What was not taken goes with it.
    restored.free();
    this.bodies = this.sets.bodies;
    this.overlays = this.sets.impulseJoints;
  }

  /** Cuts the steps that follow, where a body would meet another on its way, into so many parts at most. */
  cutSteps(most: number): void {
    this.parameters.maxCcdSubsteps = most;
  }

  step(): void {
    const { sets } = this;
    sets.pipeline.step(
      this.gravity,
      this.parameters,
      sets.islands,
      sets.broadPhase,
      sets.narrowPhase,
      sets.bodies,
      sets.colliders,
      sets.softBodies,
      sets.impulseJoints,
      sets.multibodyJoints,
      sets.ccd,
    );
  }

  addBody(plan: BodyPlan): number {
    return this.bodies.createRigidBody(...plan);
  }

  /** Takes the body out, and the multibody joints that hold it. */
  removeBody(body: number): void {
    const { islands, colliders, softBodies, impulseJoints, multibodyJoints } = this.sets;
    this.bodies.remove(body, islands, colliders, softBodies, impulseJoints, multibodyJoints);
  }

  /** Hangs the child on its parent, which moves it to the joint's zero. */
  join({ structure }: JointPlan | WeldPlan, parent: number, child: number): void {
    this.sets.multibodyJoints.createJoint(structure, parent, child, true);
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

  /** Has the motor of a joint at its overlay's zero work with other gains. */
  tuneOverlay(overlay: number, { stiffness, damping, maxForce }: Motor, slides: boolean): void {
    const axis = slides ? linearX : angularX;
    this.overlays.jointConfigureMotorPosition(overlay, axis, 0, stiffness, damping);
    if (maxForce < Infinity) this.overlays.jointSetMotorMaxForce(overlay, axis, maxForce);
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

  isEnabled(body: number): boolean {
    return this.bodies.rbIsEnabled(body);
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

  /** Lets what a body carries touch others. */
  addCollider(body: number, desc: RAPIER.ColliderDesc): number {
    const { intoRaw } = RAPIER.VectorOps;
    const { intoRaw: turned } = RAPIER.RotationOps;
    const parts = [
      desc.shape.intoRaw(),
      intoRaw(desc.translation),
      turned(desc.rotation),
      intoRaw(desc.centerOfMass),
      intoRaw(desc.principalAngularInertia),
      turned(desc.angularInertiaLocalFrame),
    ] as const;
    const [shape, translation, rotation, center, inertia, inertiaFrame] = parts;
    const collider = this.sets.colliders.createCollider(
      desc.enabled,
      shape,
      translation,
      rotation,
      desc.massPropsMode,
      desc.mass,
      center,
      inertia,
      inertiaFrame,
      desc.density,
      desc.friction,
      desc.restitution,
      desc.frictionCombineRule,
      desc.restitutionCombineRule,
      desc.isSensor,
      desc.collisionGroups,
      desc.solverGroups,
      desc.activeCollisionTypes,
      desc.activeHooks,
      desc.activeEvents,
      desc.contactForceEventThreshold,
      desc.contactSkin,
      true,
      body,
      this.bodies,
    );
    for (const part of parts) part.free();
    if (collider === undefined) throw new Error('Rapier makes no collider');
    return collider;
  }

  /** Lets two bodies pass through each other, by a joint between them that holds nothing. */
  keepApart(first: number, second: number): void {
    const none = vector(origin);
    const raw = RAPIER.JointData.generic(none, none, vector(xAxis), noLockedAxes).intoRaw();
    this.overlays.jointSetContactsEnabled(this.overlays.createJoint(raw, first, second, true), false);
    raw.free();
  }

  /** Whether two colliders overlap, or all but touch, where they are. */
  doOverlap(first: number, second: number): boolean {
    const contact = this.sets.colliders.coContactCollider(first, second, 1e-4);
    contact?.free();
    return contact !== undefined;
  }

  /** Calls with the colliders whose boxes meet that of one, in no order that means anything. */
  forEachNeighbor(collider: number, meet: (other: number) => void): void {
    this.sets.narrowPhase.contact_pairs_with(collider, meet);
  }

  /** Puts a free body at a pose, position and quaternion [7], with linear and angular velocities [6]. */
  putBody(body: number, pose: ArrayLike<number>, velocity: ArrayLike<number>): void {
    const { bodies } = this;
    bodies.rbSetTranslation(body, pose[0], pose[1], pose[2], false);
    bodies.rbSetRotation(body, pose[3], pose[4], pose[5], pose[6], false);
    for (const [k, set] of [
      [0, 'rbSetLinvel'],
      [3, 'rbSetAngvel'],
    ] as const) {
      const raw = rawVector([velocity[k], velocity[k + 1], velocity[k + 2]]);
      bodies[set](body, raw, false);
      raw.free();
    }
  }

  /**
   * Calls with every point at which two colliders press on each other: where in the first one's frame, and the impulse of the last
   * world step along the normal from the first to the second, N s. All arguments are overwritten by the next call.
   */
  forEachContact(first: number, second: number, touch: (point: Vec3, normal: Vec3, impulse: number) => void): void {
    const pair = this.sets.narrowPhase.contact_pair(first, second);
    if (!pair) return;
    const { scratch, touchPoint, touchNormal } = this;
    const isTurned = pair.collider1() !== first;
    const count = pair.numContactManifolds();
    for (let m = 0; m < count; m++) {
      const manifold = pair.contactManifold(m);
      if (!manifold) continue;
      manifold.normal(scratch);
      this.read(touchNormal);
      if (isTurned) for (let k = 0; k < 3; k++) touchNormal[k] = -touchNormal[k];
      const points = manifold.num_contacts();
      for (let i = 0; i < points; i++) {
        const impulse = manifold.contact_impulse(i);
        if (!(impulse > 0)) continue;
        if (isTurned) manifold.contact_local_p2(i, scratch);
        else manifold.contact_local_p1(i, scratch);
        touch(this.read(touchPoint), touchNormal, impulse);
      }
      manifold.free();
    }
    pair.free();
  }

  /** Pose of a collider in the world. */
  colliderFrame(collider: number, position: Vec3Out, rotation: QuatOut): void {
    const { colliders } = this.sets;
    colliders.coTranslation(collider, this.scratch);
    this.read(position);
    colliders.coRotation(collider, this.scratch);
    rotation[3] = this.scratch[3];
    this.read(rotation);
  }

  private read<Out extends Vec3Out | QuatOut>(out: Out): Out {
    out[0] = this.scratch[0];
    out[1] = this.scratch[1];
    out[2] = this.scratch[2];
    return out;
  }
}
