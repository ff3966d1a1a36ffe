import type { MainModule, MjData, MjModel } from '@mujoco/mujoco';
import { beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../envs/sim/engine.ts';
import { loadMujocoModule } from '../../envs/sim/mujoco.ts';
import { MujocoArms } from '../../envs/sim/mujoco-arms.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { makeEnv } from '../../envs/tasks/index.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { motorTorques } from '../../viewer/derive/motors.ts';
import type { Moment } from '../../viewer/state/state.ts';
import { recorded } from '../envs/support.ts';

/** So short a step that MuJoCo's motors are what they are said to be: at its usual one its integrator damps beside them. */
const timestep = 0.0002;

let mujoco: MainModule;

beforeAll(async () => {
  await loadPhysics();
  mujoco = await loadMujocoModule();
});

/** MuJoCo, and what its motors and limits gave on average in each control step, N m [T][J]. */
function metered(): { readonly engine: Engine; readonly means: number[][] } {
  const means: number[][] = [];
  let given: number[][] = [];
  const counted = (model: MjModel, data: MjData) => {
    mujoco.mj_step(model, data);
    const { qfrc_actuator: motor, qfrc_constraint: limit } = data as unknown as Record<string, Float64Array>;
    given.push(Array.from(motor, (x, j) => x + limit[j]));
  };
  const metering = new Proxy(mujoco, {
    get: (all, name) => (name === 'mj_step' ? counted : Reflect.get(all, name)),
  });
  const open: Engine['open'] = (task, slots) => {
    const arms = new MujocoArms(metering, task, slots, timestep);
    const step = arms.step.bind(arms);
    arms.step = () => {
      given = [];
      step();
      means.push(given[0].map((_, j) => given.reduce((sum, one) => sum + one[j], 0) / given.length));
    };
    return arms;
  };
  return { engine: { name: 'mujoco', version: '', open }, means };
}

const rms = (values: readonly number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);

it.each([
  ['reach', 'panda'],
  ['reach', 'ur5e'],
  ['panda-reach', undefined],
])('torques by the motion are those of MuJoCo, within a tenth: %s %s', { timeout: 120_000 }, (task, arm) => {
  const { engine, means } = metered();
  const env = makeEnv(task, { arm, options: { endsOnSuccess: false }, engine });
  const plan = { seedOf: (e: number) => 5 + e, until: { episodes: 2 }, deterministic: false, slots: 1 };
  const { header, episodes } = recorded(env, randomActor(env), plan);
  const found = episodes.flatMap((episode) =>
    Array.from({ length: episode.steps }, (_, step) =>
      motorTorques({ recording: { header }, episode, step } as unknown as Moment).map(({ torque }) => torque),
    ),
  );
  expect(found).toHaveLength(means.length);
  const off = found.flatMap((row, t) => row.map((torque, j) => torque - means[t][j]));
  expect(rms(off)).toBeLessThan(0.1 * rms(means.flat()));
});
