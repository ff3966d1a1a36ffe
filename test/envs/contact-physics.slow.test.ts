import { beforeAll, describe, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { pandaBlocked } from '../../envs/arms/panda-grippers.ts';
import type { Vec3 } from '../../envs/math/rotation.ts';
import { fixedBody, freeBody } from '../../envs/model/free-body.ts';
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

// With the usual two world steps a control step some do: a world step is 4 cm of their way.
it('a cube that is thrown at 2 m/s at a wall of 2 cm does not go through it, with four world steps a control step', () => {
  const size = [0.04, 0.04, 0.04] as const;
  const cube = freeBody({ name: 'cube', shape: { kind: 'box', center: [0, 0, 0], size }, mass: 1 });
  const wall = fixedBody({
    name: 'wall',
    shape: { kind: 'box', center: [0, 0, 0.04], size: [0.02, 0.3, 0.08] },
    position: [0.2, 0, 0],
    friction: 1,
  });
  const base = tableScene(pandaBlocked, cube, { length: 1.4, x: -0.1 }, 9.81);
  const scene = { ...base, fixed: [...base.fixed, wall] };
  const simulation = new ContactSimulation(scene, { ...contactPhysics, substeps: 4 }, { drive: 'position' }, 1);
  const { home } = arms.panda;
  // A control step's way, by millimetres; the first is one from the wall.
  for (let k = 0; k < 80; k++) {
    const start = Float64Array.of(0.169 - k / 1000, 0, 0.02, 0, 0, 0, 1);
    const { pose } = simulation.place(0, home, null, start, Float64Array.of(2, 0, 0, 0, 0, 0));
    let farthest = start[0];
    for (let t = 0; t < 15; t++) {
      simulation.command(0, home);
      simulation.step();
      simulation.read(0);
      farthest = Math.max(farthest, pose[pose.length - 7]);
    }
    // Not to the wall's middle: without the wall it would be far beyond.
    expect(farthest, `${k + 1} mm from it`).toBeLessThan(0.2);
  }
  simulation.close();
});
