import { beforeAll, describe, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { pandaBlocked } from '../../envs/arms/panda-grippers.ts';
import type { Vec3 } from '../../envs/math/rotation.ts';
import { fixedBody, freeBody } from '../../envs/model/free-body.ts';
import { treeOf } from '../../envs/model/tree.ts';
import type { Scene } from '../../envs/model/types.ts';
import { ContactSimulation } from '../../envs/sim/contact-simulation.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { tableScene } from '../../envs/tasks/panda-table.ts';
import { contactPhysics, cubeInMujoco, openTable, reachFor, reachFromHome } from './pushed-cube.ts';

beforeAll(loadPhysics);

/** A push along a line beside the cube's middle. */
interface Push {
  /** m/s */
  readonly speed: number;
  /** How far the line is beside the middle, m, and its direction, rad. */
  readonly beside: number;
  readonly direction: number;
  /** Of the cube, rad. */
  readonly yaw: number;
}

const directions = [0, 1.2, -0.8];
const pushes: Push[] = [0.1, 0.2, 0.4]
  .flatMap((speed) => [0, 0.006, -0.01, 0.014].flatMap((beside) => [0, 0.35].map((yaw) => ({ speed, beside, yaw }))))
  .map((push, k) => ({ ...push, direction: directions[k % 3] }));

/** The targets of a push of 20 cm, and half a second of standing still. */
function planOf({ speed, beside, direction }: Push): { q: Float64Array; targets: Float64Array[] } {
  const [along, across] = [
    [Math.cos(direction), Math.sin(direction)],
    [-Math.sin(direction), Math.cos(direction)],
  ];
  const at = (way: number): Vec3 => [
    (way - 0.08) * along[0] + beside * across[0],
    (way - 0.08) * along[1] + beside * across[1],
    0.015,
  ];
  const start = reachFromHome(at(0));
  const moving = Math.round(0.2 / speed / 0.04);
  let q = start;
  const targets = Array.from({ length: moving + 12 }, (_, t) => {
    q = Float64Array.from(reachFor(q, at(Math.min(t + 1, moving) * speed * 0.04), 10));
    return q;
  });
  return { q: start, targets };
}

function inRapier(push: Push, settings = contactPhysics): number[] {
  const { q, targets } = planOf(push);
  const table = openTable(q, { position: [0, 0, 0.02], yaw: push.yaw }, { settings });
  for (const target of targets) table.step(target);
  const end = Array.from(table.cube());
  table.close();
  return end;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
const apart = (a: readonly number[], b: readonly number[]) => Math.hypot(a[0] - b[0], a[1] - b[1]);

describe('24 pushes', () => {
  it('end within 6 mm of where the same engine has them with steps of 1.25 ms (median)', () => {
    // Iterations of 1.25 ms, four of them in a world step of 5 ms.
    const fine = { ...contactPhysics, substeps: 8, solverIterations: 4 };
    const errors = pushes.map((push) => apart(inRapier(push), inRapier(push, fine)));
    console.info(
      `median ${(1000 * median(errors)).toFixed(1)} mm, largest ${(1000 * Math.max(...errors)).toFixed(1)} mm`,
    );
    expect(median(errors)).toBeLessThan(6e-3);
  });

  it('along x end within 6 mm of where MuJoCo has them (median)', async () => {
    const straight = pushes.filter(({ direction }) => direction === 0);
    const errors: number[] = [];
    for (const push of straight) {
      const { q, targets } = planOf(push);
      const path = await cubeInMujoco({ position: [0, 0, 0.02], yaw: push.yaw }, targets.length, { q, targets });
      errors.push(apart(inRapier(push), path[path.length - 1]));
    }
    console.info(
      `median ${(1000 * median(errors)).toFixed(1)} mm, largest ${(1000 * Math.max(...errors)).toFixed(1)} mm`,
    );
    expect(median(errors)).toBeLessThan(6e-3);
  });
});

/** Where a cube can be met within a control step, in parts of the way of one. */
const phases = Array.from({ length: 24 }, (_, k) => k / 24);

/** What a hand that is sent along x at a speed comes to, beside the middle of a cube that is so far ahead. */
function meet(speed: number, beside: number, ahead: number): { nearest: number; fastest: number } {
  const start = reachFromHome([-0.12, beside, 0.015]);
  const table = openTable(start, { position: [ahead, 0, 0.02] });
  let [q, nearest, fastest] = [start, 1, 0];
  for (let t = 1; t <= Math.round(0.24 / speed / 0.04); t++) {
    q = Float64Array.from(reachFor(q, [-0.12 + speed * 0.04 * t, beside, 0.015]));
    table.step(q);
    const { position, velocity } = table.state.site('tip');
    nearest = Math.min(nearest, table.cube()[0] - position[0]);
    fastest = Math.max(fastest, velocity[0]);
  }
  table.close();
  return { nearest, fastest };
}

describe('a hand that comes at up to 2 m/s', () => {
  // Whether it goes through depends on where in a step it meets the cube.
  const meetings = (speed: number) =>
    [0, 0.012].flatMap((beside) => phases.map((phase) => meet(speed, beside, phase * speed * 0.04)));

  it.each([0.4, 0.8, 1.25])('does not go into the cube when it is sent at %d m/s', (speed) => {
    // 3 cm where they touch: the fingers never get as far as half-way to the cube's middle.
    for (const { nearest } of meetings(speed)) expect(nearest).toBeGreaterThan(0.0105 + 0.01);
  });

  it('does not go through the cube when it is sent at 1.6 m/s', () => {
    const met = meetings(1.6);
    // From a standstill it falls behind, and then makes up for it.
    expect(Math.max(...met.map(({ fastest }) => fastest))).toBeGreaterThan(2);
    for (const { nearest } of met) expect(nearest).toBeGreaterThan(0);
  });
});

const home = arms.panda.home;
const size = [0.04, 0.04, 0.04] as const;

/** A cube, or another thing, thrown along x at its place in a scene from every millimetre of two world steps' way. */
function thrown(scene: Scene, { speed, ahead, q = home }: { speed: number; ahead: number; q?: ArrayLike<number> }) {
  const simulation = new ContactSimulation(scene, contactPhysics, { drive: 'position' }, 1);
  const others = scene.objects.length - 1;
  const at = 7 * treeOf(scene.arm.model).bodies.length;
  const farthest = Array.from({ length: 80 }, (_, k) => {
    const pose = [ahead - 0.001 - k / 1000, 0, 0.02, 0, 0, 0, 1];
    const standing = Array.from({ length: others }, () => [0.2, 0, 0.02, 0, 0, 0, 1]).flat();
    const velocity = new Float64Array(6 * (1 + others));
    velocity[0] = speed;
    const state = simulation.place(0, q, null, Float64Array.of(...pose, ...standing), velocity);
    let most = pose[0];
    for (let t = 0; t < 15; t++) {
      simulation.command(0, q);
      simulation.step();
      simulation.read(0);
      // Against the other one, where there is one; that stands at 0.2 m at first.
      most = Math.max(most, others ? 0.2 + state.pose[at] - state.pose[at + 7] : state.pose[at]);
    }
    return most;
  });
  simulation.close();
  return Math.max(...farthest);
}

describe('a cube that is thrown at 2 m/s', () => {
  const cube = freeBody({ name: 'cube', shape: { kind: 'box', center: [0, 0, 0], size }, mass: 1 });
  const table = tableScene(pandaBlocked, cube, { length: 1.4, x: -0.1 }, 9.81);

  it.each([0.02, 0.005])('does not go through a wall of %d m', (thick) => {
    const wall = fixedBody({
      name: 'wall',
      shape: { kind: 'box', center: [0, 0, 0.04], size: [thick, 0.3, 0.08] },
      position: [0.2, 0, 0],
      friction: 1,
    });
    // Not to the wall's middle: without the wall it would be far beyond.
    expect(thrown({ ...table, fixed: [...table.fixed, wall] }, { speed: 2, ahead: 0.18 - thick / 2 })).toBeLessThan(
      0.2,
    );
  });

  it('does not go through another cube', () => {
    const other = freeBody({ name: 'other', shape: { kind: 'box', center: [0, 0, 0], size }, mass: 1 });
    expect(thrown({ ...table, objects: [...table.objects, other] }, { speed: 2, ahead: 0.16 })).toBeLessThan(0.2);
  });

  it('does not go through the hand', () => {
    const q = reachFromHome([0.2, 0, 0.015]);
    expect(thrown(table, { speed: 2, ahead: 0.16, q })).toBeLessThan(0.2);
  });
});
