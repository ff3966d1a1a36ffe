import { beforeAll, describe, expect, it } from 'vitest';
import { pandaBlocked } from '../../envs/arms/panda-grippers.ts';
import { nominalDynamics } from '../../envs/dynamics/fields.ts';
import { DefinitionError } from '../../envs/model/definition-error.ts';
import { fixedBody, freeBody, type Thing } from '../../envs/model/free-body.ts';
import { type Scene, sceneOf } from '../../envs/model/types.ts';
import { ContactSimulation } from '../../envs/sim/contact-simulation.ts';
import type { Engine } from '../../envs/sim/engine.ts';
import { loadMujoco } from '../../envs/sim/mujoco-engine.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import type { SimulatedArms } from '../../envs/sim/simulation.ts';
import type { SimulatedState } from '../../envs/sim/state.ts';
import { usualPhysics } from '../../envs/task.ts';
import { makeEnv } from '../../envs/tasks/index.ts';
import { testContract } from './contract.ts';
import { everyArm } from './support.ts';

let engine: Engine;

beforeAll(async () => {
  await loadPhysics();
  engine = await loadMujoco();
});

const physics = { ...usualPhysics, substeps: 2, solverIterations: 2 };
const controller = { drive: 'position' } as const;
const arm = pandaBlocked;
const object = arm.joints.length;

const shapes: Record<string, Thing['shape']> = {
  box: { kind: 'box', center: [0, 0, 0], size: [0.04, 0.04, 0.04] },
  sphere: { kind: 'sphere', center: [0, 0, 0], radius: 0.02 },
  cylinder: { kind: 'cylinder', from: [0, 0, -0.02], to: [0, 0, 0.02], radius: 0.03 },
  // Along x.
  capsule: { kind: 'capsule', from: [-0.03, 0, 0], to: [0.03, 0, 0], radius: 0.02 },
  hull: {
    kind: 'hull',
    points: [-1, 1].flatMap((x) => [-1, 1].flatMap((y) => [-1, 1].map((z) => [0.03 * x, 0.02 * y, 0.02 * z] as const))),
  },
};
const inertial = { mass: 1, center: [0, 0, 0], inertia: [3e-4, 3e-4, 3e-4, 0, 0, 0] } as const;

/** The Panda beside a table at height 0 with a thing of 1 kg on it. */
function sceneWith(shape: Thing['shape'], friction = 0.5): Scene {
  const table = fixedBody({ name: 'table', shape: { kind: 'box', center: [0, 0, -0.1], size: [4, 4, 0.2] } });
  const thing = freeBody({ name: 'thing', shape, mass: 1, inertial, friction });
  return { ...sceneOf(arm), objects: [thing], fixed: [table], contacts: true };
}

/** How a thing is after so many control steps, thrown along y from where nothing is in its way. */
function throwThing(
  simulation: SimulatedArms,
  { speed = 0, steps = 30, dynamics = nominalDynamics, look = (_: SimulatedState) => {} } = {},
) {
  const pose = Float64Array.of(0.8, -0.5, 0.0201, 0, 0, 0, 1);
  const velocity = Float64Array.of(0, speed, 0, 0, 0, 0);
  const state = simulation.place(0, arm.home, null, pose, velocity, dynamics);
  look(state);
  for (let t = 0; t < steps; t++) {
    simulation.command(0, arm.home);
    simulation.step();
    look(simulation.read(0));
  }
  const [x, y, z] = state.pose.subarray(7 * object, 7 * object + 3);
  const [press, down] = [state.contact('thing', 'table'), state.contactForce('thing', 'table')];
  const found = {
    x,
    y: y + 0.5,
    z,
    press,
    down,
    speed: Array.from(state.velocity.subarray(6 * object, 6 * object + 6)),
  };
  simulation.close();
  return found;
}

const inMujoco = (scene: Scene) => engine.open({ scene, physics, controller }, 1);

describe.each(Object.keys(shapes))('a %s in MuJoCo', (name) => {
  it('lies on a table, and presses on it by its weight', () => {
    const { z, press, down, y } = throwThing(inMujoco(sceneWith(shapes[name])));
    expect(Math.abs(z - 0.02)).toBeLessThan(5e-4);
    expect(Math.abs(y)).toBeLessThan(1e-3);
    expect(Math.abs(press - 9.81)).toBeLessThan(0.2);
    expect(Math.abs(down[2] + 9.81)).toBeLessThan(0.2);
  });
});

describe('a box that is thrown', () => {
  const box = (friction: number) => sceneWith(shapes.box, friction);

  it('slides as far as Coulomb has it, whatever factor of friction is drawn', () => {
    for (const [friction, factor] of [
      [0.5, 1],
      [0.5, 0.5],
      [0.2, 1],
    ]) {
      const { y } = throwThing(inMujoco(box(friction)), {
        speed: 1,
        steps: 60,
        dynamics: { ...nominalDynamics, friction: factor },
      });
      const expected = 1 / (2 * 9.81 * friction * 0.5 * factor);
      expect(Math.abs(y / expected - 1)).toBeLessThan(0.03);
    }
  });

  it('slides as in Rapier', () => {
    const [here, there] = [inMujoco(box(0.5)), new ContactSimulation(box(0.5), physics, controller, 1)].map((each) =>
      throwThing(each, { speed: 1, steps: 60 }),
    );
    expect(Math.abs(here.y / there.y - 1)).toBeLessThan(0.08);
  });

  it('begins at the velocities that it is given, spun about its centre of mass', () => {
    const off = { ...inertial, center: [0.01, 0, 0] as const };
    const thing = freeBody({ name: 'thing', shape: shapes.box, mass: 1, inertial: off });
    const simulation = inMujoco({ ...sceneWith(shapes.box), objects: [thing] });
    const turned = [Math.SQRT1_2, 0, 0, Math.SQRT1_2];
    const velocity = Float64Array.of(0.1, 0.2, 0.3, 1, 2, 3);
    const state = simulation.place(0, arm.home, null, Float64Array.of(0.8, 0, 1, ...turned), velocity);
    const found = state.velocity.subarray(6 * object, 6 * object + 6);
    for (let k = 0; k < 6; k++) expect(found[k]).toBeCloseTo(velocity[k], 9);
    expect(state.contactSum()).toBe(0);
    simulation.close();
  });
});

it('says what of a scene MuJoCo does not take', () => {
  const flat = { kind: 'hull', points: [0, 1].flatMap((x) => [0, 1].map((y) => [x, y, 0] as const)) } as const;
  expect(() => inMujoco(sceneWith(flat))).toThrow(/^arm panda: MuJoCo cannot simulate its scene: mesh .* coplanar .*$/);
  expect(() => inMujoco(sceneWith(flat))).toThrow(DefinitionError);
});

it('begins anew where one was lost before', () => {
  const scene = sceneWith(shapes.box);
  const rows = (simulation: SimulatedArms) => {
    const found: number[] = [];
    throwThing(simulation, { speed: 1, steps: 5, look: ({ pose, velocity }) => found.push(...pose, ...velocity) });
    return found;
  };
  const lost = inMujoco(scene);
  const at = Float64Array.of(0.8, 0, 0.02, 0, 0, 0, 1);
  const { pose } = lost.place(0, arm.home, null, at, new Float64Array(6));
  lost.command(0, arm.home);
  lost.push(0, [{ body: object, force: [1e300, 1e300, -1e300] }]);
  for (let t = 0; t < 3; t++) lost.step();
  lost.read(0);
  expect(pose.every((x) => Math.abs(x) < 100)).toBe(false);
  expect(rows(lost)).toEqual(rows(inMujoco(scene)));
});

describe('arms that touch themselves', () => {
  it.each(everyArm.map(({ name }) => name))('%s touches nothing at its home', (name) => {
    const batch = makeEnv('reach', { arm: name, options: { contacts: true }, engine }).open(1);
    batch.start(0, 3);
    for (let t = 0; t < 3; t++) {
      batch.step(new Float32Array(16));
      expect(batch.contact_count?.[0]).toBe(0);
    }
    batch.close();
  });
});

describe('an environment of things in MuJoCo', async () => {
  engine = await loadMujoco();
  const open = (horizon: number) => makeEnv('panda-push', { options: { horizon, goalRadius: 0.1 }, engine });
  testContract(open(12), open(2));
});
