import { beforeAll, describe, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { pandaGripper } from '../../envs/arms/panda-grippers.ts';
import { type Dynamics, nominalDynamics } from '../../envs/dynamics/fields.ts';
import type { Env } from '../../envs/env.ts';
import { stream } from '../../envs/math/random.ts';
import { add, type Quat, rotate, type Vec3 } from '../../envs/math/rotation.ts';
import { gravityLoad } from '../../envs/model/joint-inertia.ts';
import { forwardKinematics, jacobian } from '../../envs/model/kinematics.ts';
import { treeOf } from '../../envs/model/tree.ts';
import { type Arm, sceneOf } from '../../envs/model/types.ts';
import type { OptionValue } from '../../envs/options.ts';
import type { Engine } from '../../envs/sim/engine.ts';
import { createEnv } from '../../envs/sim/env.ts';
import { loadMujoco } from '../../envs/sim/mujoco-engine.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { type SimulatedArms, Simulation } from '../../envs/sim/simulation.ts';
import { width } from '../../envs/spec.ts';
import { type PhysicsSettings, usualPhysics } from '../../envs/task.ts';
import { makeEnv } from '../../envs/tasks/index.ts';
import { differenceOf } from '../../src/robots/fidelity.ts';
import { motionsOf } from '../../src/robots/motions.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { testContract } from './contract.ts';
import { allKinds } from './kinds.ts';
import { everyArm, randomAction, recorded, taskOf, vec3 } from './support.ts';

let engine: Engine;

beforeAll(async () => {
  await loadPhysics();
  engine = await loadMujoco();
});

const open = (task: string, arm?: string, options: Record<string, OptionValue> = {}): [rapier: Env, mujoco: Env] => [
  makeEnv(task, { arm, options }),
  makeEnv(task, { arm, options, engine }),
];

const none = new Float64Array(0);

function expectNear(found: ArrayLike<number>, expected: ArrayLike<number>, within: number): void {
  expect(found.length).toBe(expected.length);
  const worst = Math.max(...Array.from(found, (x, i) => Math.abs(x - expected[i])));
  expect(worst).toBeLessThanOrEqual(within);
}

/** Joint positions [T][J] that an arm's motors make of targets, from its home. */
function follow(
  simulation: SimulatedArms,
  arm: Arm,
  targets: readonly (readonly number[])[],
  { dynamics, strength }: { readonly dynamics?: Dynamics; readonly strength?: number } = {},
) {
  const state = simulation.place(0, arm.home, null, none, none, dynamics);
  if (strength !== undefined) simulation.strengthen(0, strength);
  const found = targets.map((target) => {
    simulation.command(0, target);
    simulation.step();
    simulation.read(0);
    return Array.from(state.q);
  });
  simulation.close();
  return found;
}

const inMujoco = (arm: Arm, physics: PhysicsSettings = usualPhysics): SimulatedArms =>
  engine.open({ scene: sceneOf(arm), physics, controller: { drive: 'position' } }, 1);
const inRapier = (arm: Arm, physics: PhysicsSettings = usualPhysics) =>
  new Simulation(sceneOf(arm), physics, { drive: 'position' }, 1);

describe('an environment in MuJoCo', async () => {
  // Tests are told before they run.
  engine = await loadMujoco();
  const envOf = (horizon: number) => makeEnv('reach', { arm: 'planar', options: { horizon, goalRadius: 0.1 }, engine });
  testContract(envOf(30), envOf(2));

  it('says so', () => {
    expect(envOf(2).engine).toEqual({ name: 'mujoco', version: expect.stringMatching(/^3\./) });
    expect(makeEnv('reach').engine).toBeUndefined();
  });
});

describe.each([
  ['panda-reach', 'panda'],
  ['panda-reach-joints', 'panda'],
  ['reach', 'so101'],
  ['track', 'ur5e'],
  ['reacher', 'planar'],
  ['reacher-hard', 'planar'],
] as const)('%s on %s', (task, arm) => {
  const options = { horizon: 50 };

  it('starts in the same place, with the same goal, whatever simulates it', () => {
    const batches = open(task, arm, options).map((env) => env.open(3));
    for (const batch of batches) for (const slot of [0, 1, 2]) batch.start(slot, 100 + slot);
    const [rapier, mujoco] = batches;
    expect(mujoco.params).toEqual(rapier.params);
    expectNear(mujoco.pose, rapier.pose, 1e-5);
    expectNear(mujoco.obs, rapier.obs, 1e-4);
    for (const batch of batches) batch.close();
  });

  it('moves as it does in Rapier', () => {
    const [rapier, mujoco] = open(task, arm, options);
    const { bodies, act } = rapier.spec;
    const batches = [rapier, mujoco].map((env) => env.open(2));
    const random = stream(4, 'noise');
    for (const batch of batches) for (const slot of [0, 1]) batch.start(slot, 7 + slot);
    const start = batches[0].pose.slice();
    let [error, travel] = [0, 0];
    for (let t = 0; t < 20; t++) {
      const actions = randomAction(2 * width(act), random);
      for (const batch of batches) batch.step(actions);
      for (let body = 0; body < 2 * bodies.length; body++) {
        const [a, b, from] = [batches[0].pose, batches[1].pose, start].map((pose) => vec3(pose, 7 * body));
        error = Math.max(error, Math.hypot(...a.map((x, k) => x - b[k])));
        travel = Math.max(travel, Math.hypot(...a.map((x, k) => x - from[k])));
      }
    }
    console.info(`${task} on ${arm}: ${(1000 * error).toFixed(1)} mm apart over ${(1000 * travel).toFixed(0)} mm`);
    expect(travel).toBeGreaterThan(0.015);
    expect(error).toBeLessThan(0.15 * travel);
    for (const batch of batches) batch.close();
  });
});

describe.each([...everyArm, allKinds, pandaGripper].map((arm) => ({ name: arm.name, arm })))('$name', ({ arm }) => {
  it('follows a smooth motion within 0.012 rad or m RMS of Rapier, at the step that environments have', () => {
    const { smooth } = motionsOf(arm);
    for (const gravityCompensation of [true, false]) {
      const physics = { ...usualPhysics, gravityCompensation };
      const pair = [follow(inMujoco(arm, physics), arm, smooth), follow(inRapier(arm, physics), arm, smooth)] as const;
      const { all } = differenceOf([pair]);
      expect(all).toBeLessThan(0.012);
    }
  });

  it('stands still where gravity is cancelled', () => {
    expectNear(follow(inMujoco(arm), arm, new Array(50).fill(arm.home))[49], arm.home, 1e-9);
  });
});

it('holds a joint to one limit, where it has no other', () => {
  const arm = {
    ...arms.panda,
    joints: arms.panda.joints.map(({ low: _, ...joint }) => ({ ...joint, high: joint.high ?? 0 })),
  };
  const simulation = engine.open({ scene: sceneOf(arm), physics: usualPhysics, controller: { drive: 'torque' } }, 1);
  const state = simulation.place(0, arm.home, null, none, none);
  for (let t = 0; t < 40; t++) {
    simulation.command(0, [5, 0, 0, 0, 0, 0, 0]);
    simulation.step();
    simulation.read(0);
  }
  expect(Math.abs(state.q[0] - arm.joints[0].high)).toBeLessThan(0.05);
  simulation.close();
});

it('starts mimics where their leaders have them, whatever is asked for', () => {
  const simulation = inMujoco(allKinds);
  const state = simulation.place(0, [0.1, 0.4, 0.2, 0.9], null, none, none);
  expectNear(state.q, [0.1, 0.4, 0.2, 0.2], 1e-9);
  simulation.close();
});

describe('dynamics', () => {
  const { panda } = arms;
  const hold = new Array(100).fill(panda.home);
  const sagOf = (change: Partial<Dynamics>, physics: PhysicsSettings = usualPhysics, arm: Arm = panda) =>
    (follow(inMujoco(arm, physics), arm, hold, { dynamics: { ...nominalDynamics, ...change } }).at(-1) as number[]).map(
      (q, i) => q - arm.home[i],
    );
  /** How far motors give way to forces at the joints [J]. */
  const givingWay = (load: ArrayLike<number>, stiffness = 1) =>
    panda.joints.map(({ motor }, i) => load[i] / (stiffness * (motor?.stiffness ?? Number.NaN)));
  const weight = gravityLoad(panda, panda.home).map((load) => -load);
  const place = { model: panda, frame: sceneOf(panda).arm.frame };
  const lifted = jacobian(panda, forwardKinematics(place, panda.home)).linear.map(([, , z]) => -9.81 * z);
  const expectSag = (found: readonly number[], expected: readonly number[]) => {
    const largest = Math.max(...expected.map(Math.abs));
    expect(largest).toBeGreaterThan(1e-4);
    expectNear(found, expected, 0.03 * largest);
  };

  it('of a heavier arm: it sags by the weight that nothing cancels, over the stiffness of its motors', () => {
    expectSag(sagOf({ mass: 1.2 }), givingWay(weight.map((load) => 0.2 * load)));
    expectSag(sagOf({ mass: 1.2, gravity: 1 }), givingWay(weight.map((load) => 1.2 * load)));
    expectSag(sagOf({ gravity: 1, 'motor.stiffness': 0.5 }), givingWay(weight, 0.5));
    expectSag(sagOf({}, { ...usualPhysics, gravityCompensation: false }), givingWay(weight));
  });

  it('of a payload: it hangs at the end effector, and nothing cancels it', () => {
    expectSag(sagOf({ payload: 2 }), givingWay(lifted.map((load) => 2 * load)));
  });

  it('of motors without the strength to hold the arm: it falls', () => {
    const [, shoulder] = sagOf({ gravity: 1, 'motor.strength': 0.05 });
    expect(Math.abs(shoulder)).toBeGreaterThan(0.1);
  });

  it('make the arm that has such masses, which meets its limits by the same forces', () => {
    const weighing = (arm: Arm, factor: number): Arm => ({
      ...arm,
      bodies: arm.bodies.map(({ inertial, ...body }) => {
        const { mass, center, inertia } = inertial ?? { mass: 0, center: [0, 0, 0], inertia: [0, 0, 0, 0, 0, 0] };
        const [xx, yy, zz, xy, xz, yz] = inertia.map((moment) => factor * moment);
        return { ...body, inertial: inertial && { mass: factor * mass, center, inertia: [xx, yy, zz, xy, xz, yz] } };
      }),
    });
    const physics = { ...usualPhysics, gravityCompensation: false };
    const [heavy, drawn] = [weighing(panda, 3), panda].map((arm) => {
      const simulation = engine.open({ scene: sceneOf(arm), physics, controller: { drive: 'torque' } }, 1);
      const dynamics = { ...nominalDynamics, mass: arm === panda ? 3 : 1 };
      const state = simulation.place(0, arm.home, null, none, none, dynamics);
      const rows = Array.from({ length: 20 }, () => {
        simulation.command(0, [60, 60, 60, 60, 10, 10, 10]);
        simulation.step();
        simulation.read(0);
        return Array.from(state.q);
      });
      simulation.close();
      return rows;
    });
    const limits = panda.joints.map(({ high = Infinity }) => high);
    expect(heavy.some((row) => row.some((q, i) => q > limits[i]))).toBe(true);
    expectNear(drawn.flat(), heavy.flat(), 1e-6);
  });

  it('of one episode leave nothing to the next', () => {
    const targets = motionsOf(panda).squares[0].slice(0, 15);
    const fresh = follow(inMujoco(panda), panda, targets);
    const used = inMujoco(panda);
    used.place(0, panda.home, null, none, none, { ...nominalDynamics, mass: 3, payload: 4, 'motor.stiffness': 0.1 });
    used.strengthen(0, 0.5);
    used.command(
      0,
      panda.home.map((q) => q + 0.5),
    );
    for (let i = 0; i < 5; i++) used.step();
    expect(follow(used, panda, targets)).toEqual(fresh);
  });
});

describe('an environment whose dynamics are drawn', async () => {
  engine = await loadMujoco();
  const options = { horizon: 12 };
  const [rapier, mujoco] = [undefined, engine].map((each) =>
    makeEnv('reach', { arm: 'so101', options, dynamics: 'transfer', engine: each }),
  );
  const plan = { seedOf: (episode: number) => episode, until: { episodes: 8 }, deterministic: false };
  const inMujoco = recorded(mujoco, randomActor(mujoco), plan).episodes;

  it('draws those of Rapier: numbers, starts and goals', () => {
    const inRapier = recorded(rapier, randomActor(rapier), plan).episodes;
    expect(new Set(inMujoco.map(({ dynamics }) => dynamics.join(' '))).size).toBe(8);
    inMujoco.forEach((episode, i) => {
      expect(episode.dynamics).toEqual(inRapier[i].dynamics);
      expect(episode.params).toEqual(inRapier[i].params);
      expectNear(episode.pose.subarray(0, 7 * 5), inRapier[i].pose.subarray(0, 7 * 5), 1e-5);
    });
  });

  it('plays an episode by its own numbers alone, whatever was simulated before in its slot', () => {
    const alone = recorded(mujoco, randomActor(mujoco), {
      ...plan,
      seedOf: (episode) => 5 + episode,
      slots: 1,
    }).episodes;
    const full = recorded(mujoco, randomActor(mujoco), { ...plan, slots: 8 }).episodes;
    for (const k of [0, 1, 2]) expect(alone[k]).toEqual(full[5 + k]);
  });
});

describe('what hands do', () => {
  const { planar, ur5e } = arms;

  it('pushes as in Rapier', () => {
    const body = treeOf(ur5e).bodies.length - 1;
    const moved = [inMujoco(ur5e), inRapier(ur5e)].map((simulation) => {
      const state = simulation.place(0, ur5e.home, null, none, none);
      const from = Array.from(state.site(ur5e.tip).position);
      for (let t = 0; t < 50; t++) {
        const [x, y, z] = state.site(ur5e.tip).position;
        simulation.command(0, ur5e.home);
        simulation.push(0, [{ body, force: [3, -12, -20], point: [x, y, z] }]);
        simulation.step();
        simulation.read(0);
      }
      const { velocity } = state;
      const way = Array.from(state.site(ur5e.tip).position, (x, k) => x - from[k]);
      simulation.close();
      expect(Array.from(velocity).every(Number.isFinite)).toBe(true);
      return way;
    });
    expect(Math.hypot(...moved[0])).toBeGreaterThan(0.003);
    expectNear(moved[0], moved[1], 0.03 * Math.hypot(...moved[1]));
  });

  it('and weak motors move as in Rapier', () => {
    const { smooth } = motionsOf(planar);
    const targets = smooth.slice(0, 20);
    const found = [inMujoco(planar), inRapier(planar)].map((simulation) =>
      follow(simulation, planar, targets, { strength: 0.2 }),
    );
    expect(differenceOf([[found[0], found[1]]]).all).toBeLessThan(0.012);
    expect(differenceOf([[found[0], follow(inMujoco(planar), planar, targets)]]).all).toBeGreaterThan(1e-4);
  });
});

it('reads velocities of sites, and of bodies at their centres of mass, that are those of their positions', () => {
  const { ur5e } = arms;
  const h = 0.002;
  const simulation = inMujoco(ur5e, { ...usualPhysics, dt: h });
  const state = simulation.place(0, ur5e.home, null, none, none);
  const { bodies } = treeOf(ur5e);
  /** Where the centres of mass are, and the tip. */
  const points = () => [
    ...bodies.map(({ inertial }, i): Vec3 => {
      const [x, y, z, ...turned] = state.pose.subarray(7 * i, 7 * i + 7);
      return add([x, y, z], rotate(turned as unknown as Quat, inertial?.center ?? [0, 0, 0]));
    }),
    vec3(state.site(ur5e.tip).position),
  ];
  const target = motionsOf(ur5e).smooth[20];
  let [before, fastest] = [points(), 0];
  for (let t = 0; t < 40; t++) {
    simulation.command(0, target);
    simulation.step();
    simulation.read(0);
    const velocities = bodies.map((_, i) => vec3(state.velocity, 6 * i));
    const now = points();
    [...velocities, vec3(state.site(ur5e.tip).velocity)].forEach((velocity, i) => {
      const speed = now[i].map((x, k) => (x - before[i][k]) / h);
      fastest = Math.max(fastest, Math.hypot(...speed));
      expectNear(velocity, speed, 0.01 + 0.05 * Math.hypot(...speed));
    });
    before = now;
  }
  expect(fastest).toBeGreaterThan(0.2);
  simulation.close();
});

it.each([1e9, 1e11, Number.NaN])(
  'ends an episode that MuJoCo loses as a fault, and goes on with the next: %d N m',
  (torque) => {
    const task = taskOf('reach', arms.planar, { horizon: 50 });
    const wild = createEnv(
      {
        ...task,
        controller: { ...task.controller, drive: 'torque', command: (_s, a, out) => out.fill(a[0] && torque * a[0]) },
      },
      undefined,
      { engine },
    );
    const batch = wild.open(1);
    batch.start(0, 1);
    const act = new Float32Array(width(wild.spec.act)).fill(1);
    for (let t = 0; t < 50 && !batch.last[0]; t++) batch.step(act);
    expect([batch.fault[0], batch.last[0]]).toEqual([1, 1]);
    for (const array of [batch.obs, batch.pose, batch.reward]) expect(array.every(Number.isFinite)).toBe(true);
    batch.start(0, 1);
    batch.step(new Float32Array(act.length));
    expect(batch.fault[0]).toBe(0);
    batch.close();
  },
);
