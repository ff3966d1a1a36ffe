import type { MainModule, MjData, MjModel } from '@mujoco/mujoco';
import type { Quat } from '../math/rotation.ts';
import { DefinitionError } from '../model/definition-error.ts';
import { treeOf } from '../model/tree.ts';
import type { Arm, Joint, Placed } from '../model/types.ts';

/**
 * Arms in MuJoCo, to compare with: the same links, limits and motors in another engine. Its package is an optional peer, loaded when an
 * arm is first put there.
 */

/** A name that bundlers do not follow. */
const mujocoPackage = '@mujoco/mujoco';

/** The version that comparisons are made with here. */
export const mujocoVersion = '3.14.0';

/** @mujoco/mujoco is not installed. */
export class MujocoMissing extends Error {
  constructor() {
    super(
      `${mujocoPackage} is not installed; \`npm install --no-save --save-dev ${mujocoPackage}@${mujocoVersion}\` installs it`,
    );
  }
}

/** A MuJoCo simulation of one model. */
export interface Mujoco {
  reset(q: ArrayLike<number>, dq?: ArrayLike<number>): void;
  /** Joint angles, rad. */
  q(): number[];
  /** Joint velocities, rad/s. */
  dq(): number[];
  /** Makes a number of steps with these controls. */
  step(control: ArrayLike<number>, steps: number): void;
  free(): void;
}

let loaded: Promise<MainModule> | null = null;

/** @throws MujocoMissing */
async function load(): Promise<MainModule> {
  try {
    const { default: start } = await import(/* @vite-ignore */ mujocoPackage);
    return await start();
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: string };
    throw code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${mujocoPackage}'`) ? new MujocoMissing() : error;
  }
}

/**
 * @param xml a model in MuJoCo's own format
 * @throws MujocoMissing where its package is not installed
 */
export async function openMujoco(xml: string): Promise<Mujoco> {
  loaded ??= load();
  const mujoco = await loaded;
  const model: MjModel = mujoco.MjModel.from_xml_string(xml);
  const data: MjData = new mujoco.MjData(model);
  // The views are taken anew each time: they fall off the memory when it grows.
  const view = (name: 'qpos' | 'qvel' | 'ctrl'): Float64Array => data[name];
  return {
    reset(q, dq) {
      mujoco.mj_resetData(model, data);
      view('qpos').set(q);
      if (dq) view('qvel').set(dq);
      mujoco.mj_forward(model, data);
    },
    q: () => Array.from(view('qpos')),
    dq: () => Array.from(view('qvel')),
    step(control, steps) {
      view('ctrl').set(control);
      for (let i = 0; i < steps; i++) mujoco.mj_step(model, data);
    },
    free() {
      data.delete();
      model.delete();
    },
  };
}

/** How an arm is put into MuJoCo. */
interface Settings {
  /** s */
  readonly timestep: number;
  /** Damping of every joint that turns and has none of more, N m s/rad. */
  readonly damping: number;
  readonly limited: boolean;
}

/**
 * The links of an arm whose joints follow one another, joint limits and inertias as a model under gravity, stepped with implicitfast.
 *
 * @param actuator the actuator of joint i, called `joint${i}` there
 * @throws DefinitionError for an arm with branches
 */
export function mujocoModel(
  { model, frame }: Placed<Arm>,
  settings: Settings,
  actuator: (joint: Joint, i: number) => string,
): string {
  const { joints, bodies: links, parents } = treeOf(model);
  if (parents.some((parent, i) => parent !== i - 1)) {
    throw new DefinitionError(`arm ${model.name}: only joints that follow one another are put into MuJoCo`);
  }
  const bodies = joints.map((joint, i) => {
    const { inertial } = links[i];
    if (!inertial) throw new DefinitionError(`arm ${model.name}, body ${links[i].name}: it has no inertial`);
    const { mass, center, inertia } = inertial;
    return `<body pos="${joint.frame.position.join(' ')}" quat="${wxyz(joint.frame.rotation)}">
      ${jointElement(joint, i, settings)}
      <inertial pos="${center.join(' ')}" mass="${mass}" fullinertia="${inertia.join(' ')}"/>`;
  });
  return `<mujoco>
    <compiler angle="radian" balanceinertia="true"/>
    <option timestep="${settings.timestep}" gravity="0 0 -9.81" integrator="implicitfast"/>
    <worldbody><body pos="${frame.position.join(' ')}" quat="${wxyz(frame.rotation)}">
      ${bodies.join('')}${'</body>'.repeat(bodies.length)}
    </body></worldbody>
    <actuator>${joints.map(actuator).join('')}</actuator>
  </mujoco>`;
}

function jointElement({ kind, axis, low, high, damping = 0 }: Joint, i: number, settings: Settings): string {
  const slides = kind === 'prismatic';
  const limited = settings.limited && low !== undefined;
  return `<joint name="joint${i}" type="${slides ? 'slide' : 'hinge'}" axis="${axis.join(' ')}"
    damping="${slides ? damping : Math.max(settings.damping, damping)}"
    limited="${limited}" ${limited ? `range="${low} ${high}"` : ''}/>`;
}

const wxyz = ([x, y, z, w]: Quat) => `${w} ${x} ${y} ${z}`;

/** Damping of a joint without any of its own, N m s/rad: what Rapier gives to every joint of an arm. */
const leastDamping = 0.1;

/** An arm with its own motors, in steps so small that MuJoCo's own error does not count. */
const timestep = 0.0005;

/** Joint positions at the ends of the control steps, rad or m [T][J]. */
export type Positions = readonly (readonly number[])[];

/**
 * What an arm's motors make of targets [T][J], from its home posture, under gravity.
 * @param dt length of a control step, s
 * @throws MujocoMissing where its package is not installed
 */
export async function moveInMujoco(arm: Placed<Arm>, targets: Positions, dt: number): Promise<Positions> {
  const xml = mujocoModel(arm, { timestep, damping: leastDamping, limited: true }, ({ name, motor }, i) => {
    if (!motor) throw new DefinitionError(`arm ${arm.model.name}, joint ${name}: it has no motor`);
    const { stiffness, damping, maxForce } = motor;
    return `<position joint="joint${i}" kp="${stiffness}" kv="${damping}" forcerange="${-maxForce} ${maxForce}"/>`;
  });
  const mujoco = await openMujoco(xml);
  try {
    mujoco.reset(arm.model.home);
    return targets.map((target) => {
      mujoco.step(target, Math.round(dt / timestep));
      return mujoco.q();
    });
  } finally {
    mujoco.free();
  }
}
