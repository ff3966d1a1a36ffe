import loadMujoco, { type MainModule, type MjData, type MjModel } from '@mujoco/mujoco';
import type { Quat } from '../../envs/math/rotation.ts';
import { treeOf } from '../../envs/model/tree.ts';
import type { Arm, Placed } from '../../envs/model/types.ts';

/** A MuJoCo simulation of one model. */
export interface Mujoco {
  reset(q: ArrayLike<number>, dq?: ArrayLike<number>): void;
  /** Joint angles, rad. */
  q(): number[];
  /** Makes a number of steps with these controls. */
  step(control: ArrayLike<number>, steps: number): void;
  free(): void;
}

let module: Promise<MainModule> | null = null;

export async function openMujoco(xml: string): Promise<Mujoco> {
  module ??= loadMujoco();
  const mujoco = await module;
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

/**
 * The links of an arm whose joints follow one another, joint limits and inertias as a MuJoCo model under gravity, stepped with implicitfast.
 *
 * @param actuator the actuator of joint i, called `joint${i}` there
 */
export function modelOf(
  { model, frame }: Placed<Arm>,
  settings: { readonly timestep: number; readonly damping: number; readonly limited: boolean },
  actuator: (i: number) => string,
): string {
  const wxyz = ([x, y, z, w]: Quat) => `${w} ${x} ${y} ${z}`;
  const { joints, bodies: links } = treeOf(model);
  const bodies = joints.map(({ frame: at, axis, low, high }, i) => {
    const { inertial } = links[i];
    if (!inertial) throw new Error(`${links[i].name} has no inertial`);
    const { mass, center, inertia } = inertial;
    return `<body pos="${at.position.join(' ')}" quat="${wxyz(at.rotation)}">
      <joint name="joint${i}" type="hinge" axis="${axis.join(' ')}" damping="${settings.damping}"
        limited="${settings.limited}" range="${low} ${high}"/>
      <inertial pos="${center.join(' ')}" mass="${mass}" fullinertia="${inertia.join(' ')}"/>`;
  });
  return `<mujoco>
    <compiler angle="radian" balanceinertia="true"/>
    <option timestep="${settings.timestep}" gravity="0 0 -9.81" integrator="implicitfast"/>
    <worldbody><body pos="${frame.position.join(' ')}" quat="${wxyz(frame.rotation)}">
      ${bodies.join('')}${'</body>'.repeat(bodies.length)}
    </body></worldbody>
    <actuator>${joints.map((_, i) => actuator(i)).join('')}</actuator>
  </mujoco>`;
}

/** Gymnasium's reacher.xml without what only draws: armature 1, damping 1, gear 200. */
export const reacherModel = `<mujoco>
  <compiler angle="radian" inertiafromgeom="true"/>
  <default>
    <joint armature="1" damping="1"/>
    <geom contype="0" conaffinity="0" density="1000" type="capsule" size="0.01"/>
  </default>
  <option gravity="0 0 -9.81" integrator="RK4" timestep="0.01"/>
  <worldbody>
    <body pos="0 0 0.01">
      <geom fromto="0 0 0 0.1 0 0"/>
      <joint name="joint0" type="hinge" axis="0 0 1" limited="false"/>
      <body pos="0.1 0 0">
        <joint name="joint1" type="hinge" axis="0 0 1" limited="true" range="-3 3"/>
        <geom fromto="0 0 0 0.1 0 0"/>
        <body pos="0.11 0 0"><geom type="sphere" pos="0 0 0"/></body>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor joint="joint0" gear="200" ctrllimited="true" ctrlrange="-1 1"/>
    <motor joint="joint1" gear="200" ctrllimited="true" ctrlrange="-1 1"/>
  </actuator>
</mujoco>`;
