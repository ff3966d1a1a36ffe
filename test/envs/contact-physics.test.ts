import RAPIER from '@dimforge/rapier3d-compat';
import { beforeAll, describe, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { pandaGripper } from '../../envs/arms/panda-grippers.ts';
import { loadPhysics, type SolverParameters } from '../../envs/sim/rapier.ts';
import { contactPhysics, cubeInMujoco, openTable, reachFor, reachFromHome, yawOf } from './pushed-cube.ts';

beforeAll(loadPhysics);

const { home } = arms.panda;
/** Where the middle of the cube comes to rest, m: it sinks in by 70 um. */
const restHeight = 0.01993;

/** How far a cube slides that is thrown along x with spin, m, and how far it turns, rad. */
function thrown(parameters?: SolverParameters): { way: number; turned: number } {
  const table = openTable(home, { position: [-0.1, 0, restHeight], velocity: [0.5, 0, 0, 0, 0, 10] }, { parameters });
  const path = Array.from({ length: 40 }, () => {
    table.step(home);
    return Array.from(table.cube());
  });
  table.close();
  return { way: path[39][0] + 0.1, turned: turnedIn(path) };
}

function turnedIn(path: readonly (readonly number[])[]): number {
  let [sum, before] = [0, 0];
  for (const pose of path) {
    const yaw = yawOf(pose);
    const turn = yaw - before;
    sum += turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI));
    before = yaw;
  }
  return sum;
}

/** Rapier's own friction. */
function simplified(): SolverParameters {
  const { dt, substeps, solverIterations, internalIterations } = contactPhysics;
  const parameters = new RAPIER.IntegrationParameters();
  parameters.dt = dt / substeps;
  parameters.numSolverIterations = solverIterations;
  parameters.numInternalPgsIterations = internalIterations;
  return parameters.raw;
}

describe('a cube that is thrown along the table and spins', () => {
  it("stops where MuJoCo's does, turned as far; by Rapier's own friction it would not", async () => {
    const path = await cubeInMujoco({ position: [-0.1, 0, 0.02], velocity: [0.5, 0, 0, 0, 0, 10] }, 40);
    const expected = { way: path[39][0] + 0.1, turned: turnedIn(path) };
    const isClose = ({ way, turned }: typeof expected) =>
      Math.abs(way - expected.way) < 0.1 * expected.way && Math.abs(turned - expected.turned) < 0.2 * expected.turned;
    const [own, other] = [thrown(), thrown(simplified())];
    expect(isClose(own), `${JSON.stringify(own)}, expected ${JSON.stringify(expected)}`).toBe(true);
    expect(isClose(other), JSON.stringify(other)).toBe(false);
  });
});

describe('a cube at rest', () => {
  it('moves less than 50 um in 4 s, and presses on the table by its weight', () => {
    const table = openTable(home, { position: [0.1, 0.1, 0.02] });
    // What it sinks into the table at first is not its rest.
    for (let t = 0; t < 10; t++) table.step(home);
    const before = Array.from(table.cube());
    for (let t = 0; t < 100; t++) {
      const state = table.step(home);
      expect(state.contact('cube', 'table')).toBeCloseTo(9.81, 3);
    }
    const after = table.cube();
    expect(Math.hypot(after[0] - before[0], after[1] - before[1], after[2] - before[2])).toBeLessThan(50e-6);
    const [x, y, z] = table.state.contactForce('cube', 'table');
    expect([x, y]).toEqual([expect.closeTo(0, 3), expect.closeTo(0, 3)]);
    expect(z).toBeCloseTo(-9.81, 3);
    expect(table.state.contactForce('table', 'cube')[2]).toBeCloseTo(9.81, 3);
    expect(table.state.contact('cube', 'floor')).toBe(0);
    expect(() => table.state.contact('cube', 'tabel')).toThrow('the scene has no body "tabel"');
    table.close();
  });
});

describe('the hand', () => {
  it('does not go through the table, which it presses on', () => {
    const start = reachFromHome([0.05, 0.1, 0.05]);
    const table = openTable(start, { position: [0.3, 0, 0.02] });
    let q = start;
    for (let t = 0; t < 30; t++) {
      q = Float64Array.from(reachFor(q, [0.05, 0.1, Math.max(-0.03, 0.05 - 0.01 * t)]));
      table.step(q);
    }
    // Its fingers end 1 mm beyond the tip.
    expect(table.state.site('tip').position[2]).toBeGreaterThan(-0.004);
    expect(table.state.contact('link7', 'table')).toBeGreaterThan(10);
    table.close();
  });

  it.each([
    [40, true],
    [8, false],
  ])('with %d N of its fingers holds a kilogram: %s', (maxForce, isHeld) => {
    const joints = pandaGripper.joints.map((joint) =>
      joint.motor && joint.kind === 'prismatic' ? { ...joint, motor: { ...joint.motor, maxForce } } : joint,
    );
    const start = reachFromHome([0.05, 0, 0.015]);
    const arm = { ...pandaGripper, joints };
    const table = openTable([...start, 0.04, 0.04], { position: [0.05, 0, 0.02] }, { arm });
    const move = (q: ArrayLike<number>, finger: number, steps: number) => {
      for (let t = 0; t < steps; t++) table.step([...Array.from(q), finger, finger]);
    };
    move(start, 0.04, 5);
    move(start, 0, 25);
    let q = start;
    for (let t = 1; t <= 25; t++) {
      q = Float64Array.from(reachFor(q, [0.05, 0, 0.015 + 0.008 * t]));
      move(q, 0, 1);
    }
    move(q, 0, 5);
    const lifted = table.cube()[2] - table.state.site('tip').position[2];
    move(q, 0, 50);
    const after = table.cube()[2] - table.state.site('tip').position[2];
    if (isHeld) {
      expect(table.cube()[2]).toBeGreaterThan(0.2);
      expect(Math.abs(after - lifted)).toBeLessThan(1e-3);
      expect(table.state.contact('leftfinger', 'cube')).toBeGreaterThan(30);
    } else expect(table.cube()[2]).toBeLessThan(0.03);
    table.close();
  });
});
