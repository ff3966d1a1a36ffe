import loadMujoco from '@mujoco/mujoco';
import { arms } from '../../envs/arms/index.ts';
import { pandaBlocked } from '../../envs/arms/panda-grippers.ts';
import { nominalDynamics } from '../../envs/dynamics/fields.ts';
import type { Quat, Vec3 } from '../../envs/math/rotation.ts';
import { freeBody } from '../../envs/model/free-body.ts';
import { inverseKinematics } from '../../envs/model/kinematics.ts';
import type { Arm, Shape } from '../../envs/model/types.ts';
import { ContactSimulation } from '../../envs/sim/contact-simulation.ts';
import type { SolverParameters } from '../../envs/sim/rapier.ts';
import type { SimulatedState } from '../../envs/sim/state.ts';
import { type PhysicsSettings, usualPhysics } from '../../envs/task.ts';
import { tableScene } from '../../envs/tasks/panda-table.ts';

/** The Panda, a table and a cube of 4 cm and 1 kg, by themselves; and the same in MuJoCo. */

export const contactPhysics: PhysicsSettings = { ...usualPhysics, substeps: 2, solverIterations: 2 };
const cube = freeBody({
  name: 'cube',
  shape: { kind: 'box', center: [0, 0, 0], size: [0.04, 0.04, 0.04] },
  mass: 1,
});

/** Where a cube is, and how it moves [F, 7], [F, 6]. */
export interface CubeStart {
  readonly position: Vec3;
  readonly yaw?: number;
  readonly velocity?: readonly number[];
}

/** One arm and a cube; the arm stands at q. */
export function openTable(
  q: ArrayLike<number>,
  { position, yaw = 0, velocity = [0, 0, 0, 0, 0, 0] }: CubeStart,
  {
    arm = pandaBlocked as Arm,
    settings = contactPhysics,
    parameters = undefined as SolverParameters | undefined,
    friction = 1,
  } = {},
) {
  const scene = tableScene(arm, cube, { length: 1.4, x: -0.1 }, 9.81);
  const simulation = new ContactSimulation(scene, settings, { drive: 'position' }, 1, parameters);
  const at = scene.arm.model.joints.length;
  const pose = Float64Array.of(...position, 0, 0, Math.sin(yaw / 2), Math.cos(yaw / 2));
  const state = simulation.place(0, q, null, pose, Float64Array.from(velocity), { ...nominalDynamics, friction });
  return {
    scene,
    state,
    /** A control step with these targets. */
    step(target: ArrayLike<number>): SimulatedState {
      simulation.command(0, target);
      simulation.step();
      return simulation.read(0);
    },
    /** Position and quaternion [7]. */
    cube: () => state.pose.subarray(7 * at, 7 * at + 7),
    close: () => simulation.close(),
  };
}

export const down: Quat = [1, 0, 0, 0];
const placedPanda = { model: arms.panda, frame: { position: [-0.6, 0, 0], rotation: [0, 0, 0, 1] } } as const;

/** Joint angles near q that put the tip at a point, the hand pointing down. */
export function reachFor(q: ArrayLike<number>, point: Vec3, iterations = 20): Float64Array {
  return inverseKinematics(placedPanda, q, point, down, iterations);
}

export function reachFromHome(point: Vec3): Float64Array {
  let q = Float64Array.from(arms.panda.home);
  for (let i = 0; i < 5; i++) q = Float64Array.from(reachFor(q, point));
  return q;
}

/** Yaw of a pose [7], rad. */
export function yawOf(pose: ArrayLike<number>): number {
  return 2 * Math.atan2(pose[5], pose[6]);
}

const wxyz = ([x, y, z, w]: Quat) => `${w} ${x} ${y} ${z}`;

/** The table and the cube in MuJoCo, with the Panda where there is one: friction as the product of the bodies' own. */
function mujocoXml(withArm: boolean, yaw: number, [x, y, z]: Vec3): string {
  const inertia = (1 * 0.04 ** 2) / 6;
  const hand = pandaBlocked.bodies[pandaBlocked.bodies.length - 1];
  const boxes = withArm ? hand.colliders.map((box, i) => geomOf(box as Shape & { kind: 'box' }, `hand${i}`)) : [];
  const pair = (a: string, b: string, mu: number) =>
    `<pair geom1="${a}" geom2="${b}" condim="3" friction="${mu} ${mu} 0.001 0.0001 0.0001" solref="0.005 1" solimp="0.95 0.99 0.001"/>`;
  const pairs = boxes.flatMap((_, i) => [pair(`hand${i}`, 'cube', 0.5), pair(`hand${i}`, 'table', 0.5)]);
  return `<mujoco><compiler angle="radian" balanceinertia="true"/>
  <option timestep="0.0005" gravity="0 0 -9.81" integrator="implicitfast" cone="elliptic" impratio="10"/>
  <worldbody><geom name="table" type="box" size="0.7 0.35 0.2" pos="-0.1 0 -0.2" contype="0" conaffinity="0"/>
  <body name="cube" pos="${x} ${y} ${z}" quat="${Math.cos(yaw / 2)} 0 0 ${Math.sin(yaw / 2)}"><freejoint/>
    <inertial pos="0 0 0" mass="1" diaginertia="${inertia} ${inertia} ${inertia}"/>
    <geom name="cube" type="box" size="0.02 0.02 0.02" mass="0" contype="0" conaffinity="0"/></body>
  ${withArm ? armXml(boxes.join('')) : ''}</worldbody>
  <contact>${pair('cube', 'table', 0.25)}${pairs.join('')}</contact>
  <actuator>${withArm ? arms.panda.joints.map(({ name, motor }) => `<position joint="${name}" kp="${motor?.stiffness}" kv="${motor?.damping}" forcerange="${-(motor?.maxForce ?? 0)} ${motor?.maxForce}"/>`).join('') : ''}</actuator></mujoco>`;
}

function geomOf({ center, size, rotation = [0, 0, 0, 1] }: Shape & { kind: 'box' }, name: string): string {
  const half = size.map((side) => side / 2).join(' ');
  return `<geom name="${name}" type="box" mass="0" pos="${center.join(' ')}" quat="${wxyz(rotation)}" size="${half}" contype="0" conaffinity="0"/>`;
}

function armXml(boxes: string): string {
  const { joints, bodies } = arms.panda;
  const links = joints.map(({ name, frame, low, high, child }, i) => {
    const inertial = bodies.find((body) => body.name === child)?.inertial;
    return `<body gravcomp="1" pos="${frame.position.join(' ')}" quat="${wxyz(frame.rotation)}">
      <joint name="${name}" type="hinge" axis="0 0 1" damping="0.1" limited="true" range="${low} ${high}"/>
      <inertial pos="${inertial?.center.join(' ')}" mass="${inertial?.mass}" fullinertia="${inertial?.inertia.join(' ')}"/>
      ${i === joints.length - 1 ? boxes : ''}`;
  });
  return `<body pos="-0.6 0 0">${links.join('')}${'</body>'.repeat(joints.length)}</body>`;
}

/**
 * A cube in MuJoCo, pushed by an arm that starts at q and is sent to targets, or thrown where there are none.
 * @returns its position and quaternion x y z w after every control step [7]
 */
export async function cubeInMujoco(
  { position, yaw = 0, velocity }: CubeStart,
  steps: number,
  arm?: { readonly q: ArrayLike<number>; readonly targets: readonly ArrayLike<number>[] },
): Promise<number[][]> {
  const module = await loadMujoco();
  const model = module.MjModel.from_xml_string(mujocoXml(arm !== undefined, yaw, position));
  if (!model) throw new Error('MuJoCo does not take the model');
  const data = new module.MjData(model);
  module.mj_resetData(model, data);
  if (arm) data.qpos.set(arm.q, 7);
  module.mj_forward(model, data);
  if (velocity) {
    // It comes to rest on the table before it is thrown.
    for (let i = 0; i < 800; i++) module.mj_step(model, data);
    data.qvel.set(velocity, 0);
  }
  const path = Array.from({ length: steps }, (_, t) => {
    if (arm) data.ctrl.set(arm.targets[t]);
    for (let i = 0; i < 80; i++) module.mj_step(model, data);
    const [x, y, z, w, ...turned] = data.qpos;
    return [x, y, z, turned[0], turned[1], turned[2], w];
  });
  data.delete();
  model.delete();
  return path;
}
