import loadMujoco from '@mujoco/mujoco';
import { expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { gravityLoad, jointInertia } from '../../envs/model/joint-inertia.ts';
import { readUrdf } from '../../envs/model/urdf/index.ts';
import { type FileRobot, randomRobot } from './random-robot.ts';

/** MuJoCo reads the same text by itself: links merged, inertias combined and axes turned by other code than ours. */

interface Dynamics {
  /** By joint name: M(q), and the torques that hold the robot still. */
  readonly inertia: (a: string, b: string) => number;
  readonly load: (joint: string) => number;
}

const hinge = 3;

/** @returns null for robots that MuJoCo refuses: those with massless links between joints */
async function dynamicsInMujoco(robot: FileRobot, values: ReadonlyMap<string, number>): Promise<Dynamics | null> {
  const mujoco = await loadMujoco();
  const compiler = '<mujoco><compiler fusestatic="true"/></mujoco>';
  const xml = robot.text.replace('<robot name="random">', `<robot name="random">${compiler}`);
  let model: ReturnType<typeof mujoco.MjModel.from_xml_string>;
  try {
    model = mujoco.MjModel.from_xml_string(xml);
  } catch {
    return null;
  }
  const data = new mujoco.MjData(model);
  const joints = robot.joints.filter(({ type }) => type !== 'fixed').map(({ name }) => name);
  const address = new Map(joints.map((name) => [name, mujoco.mj_name2id(model, hinge, name)]));
  for (const { name, low = 0, high = 0 } of robot.joints.filter(({ type }) => type !== 'fixed')) {
    const rest = low > 0 || high < 0 ? (low + high) / 2 : 0;
    data.qpos[address.get(name) as number] = values.get(name) ?? rest;
  }
  mujoco.mj_forward(model, data);
  const full = new mujoco.DoubleBuffer(model.nv * model.nv);
  mujoco.mj_fullM(model, data, full);
  const matrix = Array.from(full.GetView() as Float64Array);
  const bias = Array.from(data.qfrc_bias as Float64Array);
  const { nv } = model;
  for (const made of [full, data, model]) made.delete();
  const at = (name: string) => address.get(name) as number;
  return { inertia: (a, b) => matrix[at(a) * nv + at(b)], load: (joint) => bias[at(joint)] };
}

it('is that of MuJoCo, as read from the same file', async () => {
  let compared = 0;
  for (let seed = 0; seed < 40; seed++) {
    const robot = randomRobot(stream(seed, 'start'));
    const { arm } = readUrdf(robot.text, 'random.urdf', { tip: robot.tip });
    const random = stream(seed, 'noise');
    const q = arm.joints.map(() => random.between(-3, 3));
    const names = arm.joints.map(({ name }) => name);
    const expected = await dynamicsInMujoco(robot, new Map(names.map((name, i) => [name, q[i]])));
    if (!expected) continue;
    const inertia = jointInertia(arm, q);
    const load = gravityLoad(arm, q);
    const largest = Math.max(...inertia);
    names.forEach((a, i) => {
      names.forEach((b, k) => {
        expect(Math.abs(inertia[i * q.length + k] - expected.inertia(a, b)) / largest).toBeLessThan(1e-10);
      });
      expect(Math.abs(load[i] - expected.load(a))).toBeLessThan(1e-9 * Math.max(...load.map(Math.abs), 1));
    });
    compared++;
  }
  expect(compared).toBeGreaterThan(12);
});
