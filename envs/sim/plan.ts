import { type Dynamics, nominalDynamics } from '../dynamics/fields.ts';
import { aboutAxis } from '../math/axis-angle.ts';
import { add, identity, multiply, rotate, type Vec3 } from '../math/rotation.ts';
import { DefinitionError } from '../model/definition-error.ts';
import { type PrincipalInertia, principal } from '../model/inertia.ts';
import { siteOf, treeOf } from '../model/tree.ts';
import type { Arm, Joint, Motor, Placed } from '../model/types.ts';
import type { Controller, PhysicsSettings } from '../task.ts';
import { type JointLayout, layout } from './layout.ts';
import { type BodyPlan, freePlan, type JointPlan, planBody, planJoint, planWeld, type WeldPlan } from './rapier.ts';

/** An arm at its start angles, ready to be put into a world any number of times. */
export interface ArmPlan {
  readonly start: Float64Array;
  readonly layouts: readonly JointLayout[];
  readonly base: BodyPlan;
  readonly links: readonly { readonly body: BodyPlan; readonly joint: JointPlan }[];
  /** A weight at the end effector, and the link that carries it; null where there is none. */
  readonly payload: { readonly body: BodyPlan; readonly joint: WeldPlan; readonly link: number } | null;
  readonly dynamics: Dynamics;
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

/** @param dynamics of the episode; what of them is the world's is in the plan */
export function planArm(build: ArmBuild, q: ArrayLike<number>, dynamics: Dynamics = nominalDynamics): ArmPlan {
  const { arm, settings, inertias } = build;
  const layouts = layout(arm, q);
  const { mass: factor } = dynamics;
  // What cancels gravity knows the nominal masses: the rest pulls, or lifts.
  const gravityScale = settings.gravityCompensation && !dynamics.gravity ? 1 - 1 / factor : 1;
  return {
    start: Float64Array.from(q),
    layouts,
    base: planBody(arm.frame.position, arm.frame.rotation, null),
    links: layouts.map((at, i) => {
      const { center, frame, mass, principal } = inertias[i];
      const body = planBody(at.position, at.rotation, {
        mass: factor * mass,
        principal: [factor * principal[0], factor * principal[1], factor * principal[2]],
        center: rotate(at.offset, center),
        frame: multiply(at.offset, frame),
        gravityScale,
      });
      return { body, joint: planMotor(build, at, i, dynamics) };
    }),
    payload: planPayload(arm.model, layouts, dynamics.payload),
    dynamics,
  };
}

/** Radius of a payload, m: a ball. */
export const payloadRadius = 0.03;

/** A ball that is fixed to the end effector, kg. */
function planPayload({ tip, ...model }: Arm, layouts: readonly JointLayout[], mass: number): ArmPlan['payload'] {
  const { site, body: link } = siteOf(model, tip);
  if (mass === 0 || link < 0) return null;
  const { position, rotation, offset } = layouts[link];
  const place = rotate(offset, site.frame.position);
  const moment = 0.4 * mass * payloadRadius * payloadRadius;
  const inertia = { mass, principal: [moment, moment, moment] as const, center: [0, 0, 0] as const, frame: identity };
  const at = add(position, rotate(rotation, place));
  return { body: planBody(at, rotation, { ...inertia, gravityScale: 1 }), joint: planWeld(place), link };
}

/**
 * The error of an overlay that turns is sin(q / 2), about half the angle, so the motor's stiffness is doubled. Its implicit step of
 * length h adds damping, which is taken off again: 1.5 k h makes it second-order accurate where it tracks, and a little more
 * brings it closest to MuJoCo where the force limit holds it back, as it does in most steps of a task.
 */
function planMotor({ arm, settings, drive }: ArmBuild, at: JointLayout, i: number, dynamics: Dynamics): JointPlan {
  const joint = arm.model.joints[i];
  const motor = joint.motor && driven(joint.motor, dynamics);
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

/** A motor as it is in an episode. */
export function driven(motor: Motor, dynamics: Dynamics): Motor {
  const stiffness = dynamics['motor.stiffness'] * motor.stiffness;
  return { ...motor, stiffness, maxForce: dynamics['motor.strength'] * motor.maxForce };
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

export function freeArmPlan({ base, links, payload }: ArmPlan): void {
  freePlan(base);
  if (payload) for (const part of [payload.body, payload.joint]) freePlan(part);
  for (const { body, joint } of links) {
    freePlan(body);
    freePlan(joint);
  }
}
