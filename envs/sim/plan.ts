import { aboutAxis } from '../math/axis-angle.ts';
import { multiply, rotate, type Vec3 } from '../math/rotation.ts';
import { DefinitionError } from '../model/definition-error.ts';
import { type PrincipalInertia, principal } from '../model/inertia.ts';
import { treeOf } from '../model/tree.ts';
import type { Arm, Joint, Placed } from '../model/types.ts';
import type { Controller, PhysicsSettings } from '../task.ts';
import { type JointLayout, layout } from './layout.ts';
import { type BodyPlan, freePlan, type JointPlan, planBody, planJoint } from './rapier.ts';

/** An arm at its start angles, ready to be put into a world any number of times. */
export interface ArmPlan {
  readonly start: Float64Array;
  readonly layouts: readonly JointLayout[];
  readonly base: BodyPlan;
  readonly links: readonly { readonly body: BodyPlan; readonly joint: JointPlan }[];
}

/** Rapier's default damping of a multibody joint that turns, N m s/rad, which the binding cannot change. */
export const multibodyDamping = 0.1;

/** Damping that Rapier's implicit motor adds, in units of its stiffness times its time step: of joints that turn, and slide. */
const addedDamping = 1.75;
const addedDampingOfSlides = 0.75;

/** Farthest limit that an overlay can hold while its zero stands still at the joint's, rad. */
const farthest = 3.1;

const xAxis: Vec3 = [1, 0, 0];

/** What moves the joints of a simulation: position motors, or torques. */
export type Drive = Pick<Controller, 'drive' | 'linkTorques'>;

/** What plans of an arm are made from, whatever the start. */
export interface ArmBuild {
  readonly arm: Placed<Arm>;
  readonly settings: PhysicsSettings;
  readonly drive: Drive['drive'];
  readonly inertias: readonly PrincipalInertia[];
}

/** @throws DefinitionError that names the arm, the body or the joint that cannot be simulated, and why */
export function armBuild(arm: Placed<Arm>, settings: PhysicsSettings, { drive, linkTorques }: Drive): ArmBuild {
  const { name } = arm.model;
  const { joints, bodies } = treeOf(arm.model);
  for (const { name: joint, kind, motor, mimic } of joints) {
    const fail = (what: string) => {
      throw new DefinitionError(`arm ${name}, joint ${joint}: ${what}`);
    };
    if (kind === 'fixed' || kind === 'free') fail(`${kind} joints are not simulated`);
    if (!motor && mimic) fail(`it mimics ${mimic.joint}, and has no motor to follow it with`);
    if (!motor && drive === 'position') fail('it has no motor');
    if (kind === 'prismatic' && linkTorques) fail('it slides, where linkTorques turn links about their joints');
  }
  const inertias = bodies.map(({ name: body, inertial }) => {
    if (!inertial) throw new DefinitionError(`arm ${name}, body ${body}: it has no inertial`);
    if (!(inertial.mass > 0)) {
      throw new DefinitionError(`arm ${name}, body ${body}: its mass is ${inertial.mass} kg, expected more than 0`);
    }
    const found = principal(inertial);
    if (!found.principal.every((moment) => moment > 0)) {
      const about = found.principal.map((moment) => moment.toPrecision(3)).join(', ');
      throw new DefinitionError(`arm ${name}, body ${body}: its moments of inertia are ${about}, expected more than 0`);
    }
    return found;
  });
  return { arm, settings, drive, inertias };
}

export function planArm(build: ArmBuild, q: ArrayLike<number>): ArmPlan {
  const { arm, settings, inertias } = build;
  const layouts = layout(arm, q);
  return {
    start: Float64Array.from(q),
    layouts,
    base: planBody(arm.frame.position, arm.frame.rotation, null),
    links: layouts.map((at, i) => {
      const { center, frame, ...rest } = inertias[i];
      const inertia = { ...rest, center: rotate(at.offset, center), frame: multiply(at.offset, frame) };
      const gravityScale = settings.gravityCompensation ? 0 : 1;
      const body = planBody(at.position, at.rotation, { ...inertia, gravityScale });
      return { body, joint: planMotor(build, at, i) };
    }),
  };
}

/**
 * The error of an overlay that turns is sin(q / 2), about half the angle, so the motor's stiffness is doubled. Its implicit step of
 * length h adds damping, which is taken off again: 1.5 k h makes it second-order accurate where it tracks, and a little more
 * brings it closest to MuJoCo where the force limit holds it back, as it does in most steps of a task.
 */
function planMotor({ arm, settings, drive }: ArmBuild, at: JointLayout, i: number): JointPlan {
  const joint = arm.model.joints[i];
  const { motor } = joint;
  const friction = Math.max(0, (joint.damping ?? 0) - (at.slides ? 0 : multibodyDamping));
  if (!motor || !isHeld(joint, drive)) {
    const zero = zeroAtStart(joint, drive, at.start);
    const frame = zero === at.start ? at.frame : multiply(at.frame, aboutAxis(xAxis, zero - at.start));
    return planJoint(at, frame, null, friction);
  }
  const { stiffness, damping, maxForce } = motor;
  const h = settings.dt / settings.substeps / settings.solverIterations;
  const added = at.slides ? addedDampingOfSlides : addedDamping;
  const scale = at.slides ? 1 : 2;
  const corrected = { stiffness: scale * stiffness, damping: Math.max(0, damping - added * stiffness * h), maxForce };
  return planJoint(at, at.frame, corrected, friction);
}

/** Whether a motor brings the joint to a goal: whatever drives the others, one that mimics another is brought to where that is. */
export function isHeld({ mimic }: Joint, drive: Drive['drive']): boolean {
  return drive === 'position' || mimic !== undefined;
}

/** Whether the overlay of a joint that no motor holds has to turn along, so that it can hold the joint's limits. */
export function turnsAlong({ kind, low = 0, high = 0 }: Joint): boolean {
  return kind !== 'prismatic' && (low < -farthest || high > farthest);
}

/** Position of the joint at which its overlay has its zero at first, rad or m. Limits count from there. */
export function zeroAtStart(joint: Joint, drive: Drive['drive'], start: number): number {
  return isHeld(joint, drive) || joint.kind === 'prismatic' || turnsAlong(joint) ? start : 0;
}

export function freeArmPlan({ base, links }: ArmPlan): void {
  freePlan(base);
  for (const { body, joint } of links) {
    freePlan(body);
    freePlan(joint);
  }
}
