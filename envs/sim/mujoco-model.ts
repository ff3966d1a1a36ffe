import type { Quat } from '../math/rotation.ts';
import { DefinitionError } from '../model/definition-error.ts';
import { siteOf, treeOf } from '../model/tree.ts';
import type { Arm, Frame, Inertial, Joint, Placed } from '../model/types.ts';

/** Arms as models in MuJoCo's own format. */

/** How an arm is put into MuJoCo. */
export interface ModelSettings {
  /** s */
  readonly timestep: number;
  /** Damping of every joint that turns and has none of more, N m s/rad. */
  readonly damping: number;
  readonly limited: boolean;
  /** m/s^2, downwards; the Earth's if not given. */
  readonly gravity?: number;
  /** Whether forces beside those of the motors hold every link up; false if not given. */
  readonly gravityCompensation?: boolean;
  /** A body without mass at the end effector, called `payload`: none if not given. */
  readonly hasPayload?: boolean;
}

/** Damping of a joint without any of its own, N m s/rad: what Rapier gives to every joint of an arm. */
export const leastDamping = 0.1;

/** Memory for what is in touch in a step: the limits of an arm's joints, and points of contact. MuJoCo takes 13 MB if nothing is said. */
const memory = { apart: '256K', touching: '4M' };

/** What of a scene is added to the model of its arm. */
export interface Additions {
  /** Geoms of the arm's root, and of its links [B]. */
  readonly root: string;
  readonly links: readonly string[];
  /** Bodies beside the arm. */
  readonly bodies: string;
  readonly assets: string;
  readonly pairs: string;
}

/**
 * The links of an arm, its joint limits and its inertias as a model under gravity, stepped with implicitfast. A state that is not
 * finite is left as it is.
 *
 * @param actuator the actuator of joint i, called `joint${i}` there, as its link is `link${i}`
 * @param things that touch the arm, or one another; nothing touches if not given
 * @throws DefinitionError for a body without inertia
 */
export function mujocoModel(
  { model, frame }: Placed<Arm>,
  settings: ModelSettings,
  actuator: (joint: Joint, i: number) => string,
  things?: Additions,
): string {
  const { joints, bodies, parents } = treeOf(model);
  const { site, body: tip } = siteOf(model, model.tip);
  const payload = `<body name="payload" pos="${site.frame.position.join(' ')}">
    <inertial pos="0 0 0" mass="0" diaginertia="0 0 0"/></body>`;
  const cone = things ? 'cone="elliptic" impratio="10"' : '';
  const compensation = settings.gravityCompensation ? 'gravcomp="1"' : '';
  const element = (i: number): string => {
    const { inertial, name } = bodies[i];
    if (!inertial) throw new DefinitionError(`arm ${model.name}, body ${name}: it has no inertial`);
    return `<body name="link${i}" ${placeAttributes(joints[i].frame)} ${compensation}>
      ${jointElement(joints[i], i, settings)}
      ${inertialElement(inertial)}
      ${things?.links[i] ?? ''}
      ${settings.hasPayload && i === tip ? payload : ''}
      ${childrenOf(parents, i).map(element).join('')}</body>`;
  };
  return `<mujoco>
    <compiler angle="radian" balanceinertia="true"/>
    <size memory="${things ? memory.touching : memory.apart}"/>
    <option timestep="${settings.timestep}" gravity="0 0 ${-(settings.gravity ?? 9.81)}" integrator="implicitfast" ${cone}>
      <flag autoreset="disable"/>
    </option>
    <asset>${things?.assets ?? ''}</asset>
    <worldbody><body name="base" ${placeAttributes(frame)}>
      ${things?.root ?? ''}
      ${childrenOf(parents, -1).map(element).join('')}
    </body>${things?.bodies ?? ''}</worldbody>
    <contact>${things?.pairs ?? ''}</contact>
    <actuator>${joints.map(actuator).join('')}</actuator>
  </mujoco>`;
}

/** A position motor of joint i. */
export function positionActuator({ name, motor }: Joint, i: number, arm: string): string {
  if (!motor) throw new DefinitionError(`arm ${arm}, joint ${name}: it has no motor`);
  const { stiffness, damping, maxForce } = motor;
  return `<position joint="joint${i}" kp="${stiffness}" kv="${damping}" forcerange="${-maxForce} ${maxForce}"/>`;
}

function childrenOf(parents: readonly number[], body: number): number[] {
  return [...parents.keys()].filter((i) => parents[i] === body);
}

/** A limit that no joint comes to, rad or m. */
const farthest = 1e6;

function jointElement({ kind, axis, low, high, damping = 0 }: Joint, i: number, settings: ModelSettings): string {
  const slides = kind === 'prismatic';
  const limited = settings.limited && (low !== undefined || high !== undefined);
  return `<joint name="joint${i}" type="${slides ? 'slide' : 'hinge'}" axis="${axis.join(' ')}"
    damping="${slides ? damping : Math.max(settings.damping, damping)}"
    limited="${limited}" ${limited ? `range="${low ?? -farthest} ${high ?? farthest}"` : ''}/>`;
}

/** Where something is in what carries it. */
export function placeAttributes({ position, rotation }: Frame): string {
  return `pos="${position.join(' ')}" quat="${wxyz(rotation)}"`;
}

export function inertialElement({ mass, center, inertia }: Inertial): string {
  return `<inertial pos="${center.join(' ')}" mass="${mass}" fullinertia="${inertia.join(' ')}"/>`;
}

const wxyz = ([x, y, z, w]: Quat) => `${w} ${x} ${y} ${z}`;
