import { aboutAxis } from '../math/axis-angle.ts';
import { multiply, rotate, type Vec3 } from '../math/rotation.ts';
import { DefinitionError } from '../model/definition-error.ts';
import { type PrincipalInertia, principal } from '../model/inertia.ts';
import { treeOf } from '../model/tree.ts';
import type { Arm, Placed } from '../model/types.ts';
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

/** Rapier's default damping of a multibody joint, N m s/rad, which the binding cannot change. */
export const multibodyDamping = 0.1;

/** Damping that Rapier's implicit motor adds, in units of its stiffness times its time step. */
const addedDamping = 1.75;

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
  for (const { name: joint, kind, motor, mimic, damping } of joints) {
    if (mimic || damping) throw new DefinitionError(`arm ${name}, joint ${joint}: mimic and damping are not simulated`);
    if (kind !== 'revolute' && kind !== 'continuous') {
      throw new DefinitionError(`arm ${name}, joint ${joint}: ${kind} joints are not simulated`);
    }
    if (!motor && drive === 'position') throw new DefinitionError(`arm ${name}, joint ${joint}: it has no motor`);
  }
  if (drive === 'torque' && !linkTorques) throw new DefinitionError(`arm ${name}: a torque drive needs linkTorques`);
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
 * The overlay's error is sin(q / 2), about half the angle, so the motor's stiffness is doubled. Its implicit step of
 * length h adds damping, which is taken off again: 1.5 k h makes it second-order accurate where it tracks, and a little more
 * brings it closest to MuJoCo where the force limit holds it back, as it does in most steps of a task.
 */
function planMotor({ arm, settings, drive }: ArmBuild, { anchor, frame, start }: JointLayout, i: number): JointPlan {
  const { motor } = arm.model.joints[i];
  // Without a motor to hold a target, the overlay's zero is the joint's own, which the limits count from.
  if (drive === 'torque' || !motor) {
    return planJoint(anchor, frame, multiply(frame, aboutAxis(xAxis, -start)), null);
  }
  const { stiffness, damping, maxForce } = motor;
  const h = settings.dt / settings.substeps / settings.solverIterations;
  return planJoint(anchor, frame, frame, {
    stiffness: 2 * stiffness,
    damping: Math.max(0, damping - addedDamping * stiffness * h),
    maxForce,
  });
}

export function freeArmPlan({ base, links }: ArmPlan): void {
  freePlan(base);
  for (const { body, joint } of links) {
    freePlan(body);
    freePlan(joint);
  }
}
