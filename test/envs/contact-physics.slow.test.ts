import { beforeAll, describe, expect, it } from 'vitest';
import type { Vec3 } from '../../envs/math/rotation.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
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

describe('a hand that comes at up to 2 m/s', () => {
  it.each([0.4, 0.8, 1.25, 2])('does not go through the cube at %d m/s', (speed) => {
    for (const beside of [0, 0.012]) {
      const start = reachFromHome([-0.12, beside, 0.015]);
      const table = openTable(start, { position: [0, 0, 0.02] });
      let q = start;
      let nearest = 1;
      for (let t = 1; t <= Math.round(0.24 / speed / 0.04); t++) {
        q = Float64Array.from(reachFor(q, [-0.12 + speed * 0.04 * t, beside, 0.015]));
        table.step(q);
        const tip = table.state.site('tip').position[0];
        nearest = Math.min(nearest, table.cube()[0] - tip);
      }
      // 3 cm where they touch: the fingers never get as far as half-way to the cube's middle.
      expect(nearest).toBeGreaterThan(0.0105 + 0.01);
      table.close();
    }
  });
});
