import { expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { fixedBody, freeBody } from '../../envs/model/free-body.ts';
import { type Scene, sceneOf } from '../../envs/model/types.ts';
import { safeSpeedsOf } from '../../envs/sim/safe-speeds.ts';

const arm = sceneOf(
  { ...arms.planar, bodies: arms.planar.bodies.map((body) => ({ ...body, colliders: [] })) },
  undefined,
  9.81,
);
const wall = fixedBody({ name: 'wall', shape: { kind: 'box', center: [0, 0, 0], size: [1, 0.01, 1] } });
const things: Scene['objects'] = [
  freeBody({ name: 'box', shape: { kind: 'box', center: [0, 0, 0], size: [0.1, 0.2, 0.03] }, mass: 1 }),
  freeBody({ name: 'ball', shape: { kind: 'sphere', center: [0, 0, 0], radius: 0.02 }, mass: 1 }),
  freeBody({ name: 'puck', shape: { kind: 'cylinder', from: [0, 0, 0], to: [0, 0, 0.01], radius: 0.02 }, mass: 1 }),
  freeBody({ name: 'pill', shape: { kind: 'capsule', from: [0, 0, 0], to: [0, 0, 0.01], radius: 0.02 }, mass: 1 }),
];

it('the safe speed of a body is half of it and half of the thinnest thing that stands in a world step', () => {
  const speeds = safeSpeedsOf({ ...arm, objects: things, fixed: [wall] }, 0.01);
  expect(speeds).toEqual([0.04, 0.05, 0.02, 0.05].map((way) => expect.closeTo(way / 2 / 0.01, 12)));
});

it('any speed is safe where nothing stands', () => {
  expect(safeSpeedsOf({ ...arm, objects: things, fixed: [] }, 0.01)).toEqual(things.map(() => Infinity));
});
