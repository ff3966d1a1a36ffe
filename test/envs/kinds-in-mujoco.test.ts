import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { stream } from '../../envs/math/random.ts';
import { followLeaders, treeOf } from '../../envs/model/tree.ts';
import { sceneOf } from '../../envs/model/types.ts';
import { mujocoModel } from '../../envs/sim/mujoco-model.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { Simulation } from '../../envs/sim/simulation.ts';
import { moveInRapier } from '../../src/robots/fidelity.ts';
import { motionsOf } from '../../src/robots/motions.ts';
import { differenceOf, inMujoco } from './arm-in-mujoco.ts';
import { allKinds, every, one, panning } from './kinds.ts';
import { openMujoco } from './open-mujoco.ts';
import { motorOf, reachPhysics } from './support.ts';

beforeAll(loadPhysics);

const physics = { ...reachPhysics(arms.panda), gravityCompensation: false };

const slide = one({
  kind: 'prismatic',
  axis: [0, 0, 1],
  low: -0.5,
  high: 0.5,
  motor: { stiffness: 20000, damping: 600, maxForce: 600 },
});

describe.each([
  { kinds: 'joints of two turns each way', arm: panning, within: 0.012 },
  { kinds: 'a prismatic joint', arm: slide, within: 0.001 },
  { kinds: 'joints of all kinds, one of them a mimic', arm: allKinds, within: 0.004 },
  { kinds: 'damped joints of all kinds', arm: every((_, i) => ({ damping: [4, 8, 100, 0.5][i] })), within: 0.004 },
])('$kinds against MuJoCo, under gravity', ({ arm, within }) => {
  const scene = sceneOf(arm);
  const { smooth, taskMotion } = motionsOf(arm);

  test.each([
    { name: 'smooth motion', motion: smooth },
    ...[1, 2, 3, 4, 5].map((seed) => ({ name: `motion of a task, seed ${seed}`, motion: taskMotion(seed) })),
  ])(`follow a $name within ${within} rad or m RMS`, async ({ name, motion }) => {
    const { rms, largest } = differenceOf(
      moveInRapier(scene, motion, physics),
      await inMujoco(motion, physics.dt, scene),
    );
    console.info(`${arm.name}, ${name}: ${rms.toFixed(4)} RMS, ${largest.toFixed(4)} at most`);
    expect(rms).toBeLessThan(within);
  });
});

test('a far start, and turns from there, are followed as MuJoCo does', async () => {
  const arm = { ...panning, home: [5.9, 0.4] };
  const motion = Array.from({ length: 75 }, (_, t) => [5.9 - 0.12 * t, 0.4 + 0.2 * Math.sin(0.3 * t)]);
  const scene = sceneOf(arm);
  const found = moveInRapier(scene, motion, physics);
  const { rms } = differenceOf(found, await inMujoco(motion, physics.dt, scene));
  expect(found[74][0]).toBeLessThan(-2.5);
  expect(rms).toBeLessThan(0.012);
});

describe('torques and forces', () => {
  // The mimic's motor follows what its leader does.
  test.each([
    { name: 'joints of all kinds', arm: allKinds },
    { name: 'damped joints', arm: every((_, i) => ({ damping: [4, 8, 100, 0.5][i] })) },
  ])('move $name as in MuJoCo, under gravity', async ({ arm }) => {
    const { mimics, driven } = treeOf(arm);
    const settings = { ...physics, dt: 0.02, substeps: 8, solverIterations: 1 };
    const timestep = 0.0005;
    const scene = sceneOf(arm);
    const mujoco = await openMujoco(
      mujocoModel(scene.arm, { timestep, damping: 0.1, limited: true }, (joint, i) => {
        if (driven.includes(i)) return `<motor joint="joint${i}"/>`;
        const { stiffness, damping, maxForce } = motorOf(joint);
        return `<position joint="joint${i}" kp="${stiffness}" kv="${damping}" forcerange="${-maxForce} ${maxForce}"/>`;
      }),
    );
    const world = new Simulation(scene, settings, { drive: 'torque' }, 1);
    const random = stream(1, 'noise');
    const found: number[][] = [];
    const expected: number[][] = [];
    for (let episode = 0; episode < 6; episode++) {
      const state = world.place(0, arm.home, null);
      mujoco.reset(state.q);
      for (let t = 0; t < 25; t++) {
        const torque = [20, 20, 100, 0].map((size) => random.between(-size, size));
        // About what carries the slide, so that it stays between its limits.
        torque[2] += 50;
        world.command(0, torque);
        world.step();
        world.read(0);
        for (let substep = 0; substep < settings.dt / timestep; substep++) {
          const control = torque.slice();
          for (const { coordinate } of mimics) control[coordinate] = followLeaders(arm, mujoco.q())[coordinate];
          mujoco.step(control, 1);
        }
        found.push(Array.from(state.q));
        expected.push(mujoco.q());
      }
    }
    mujoco.free();
    world.close();
    const { rms, largest } = differenceOf(found, expected);
    const travel = Math.max(...found.flatMap((row) => row.map((q, i) => Math.abs(q - arm.home[i]))));
    console.info(`torques: ${rms.toFixed(4)} RMS, ${largest.toFixed(4)} at most, over ${travel.toFixed(1)} rad`);
    expect(travel).toBeGreaterThan(0.5);
    expect(rms).toBeLessThan(0.012);
  });
});
