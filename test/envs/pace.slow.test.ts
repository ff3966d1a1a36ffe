import { beforeAll, describe, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { sceneOf } from '../../envs/model/types.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { Simulation } from '../../envs/sim/simulation.ts';
import { usualPhysics } from '../../envs/task.ts';
import { jointSteps, paceOf } from '../../envs/tasks/any-arm.ts';
import { makeEnv } from '../../envs/tasks/index.ts';
import { testContract } from './contract.ts';
import { limited, slow } from './slow.ts';

beforeAll(loadPhysics);

describe('a control step', () => {
  it.each(Object.keys(arms))('is the usual one on %s', (name) => {
    expect(paceOf(arms[name], 0.1)).toEqual({ dt: 0.04, substeps: 1 });
  });

  it('is as long as the middle one of the joints takes for a full action', () => {
    expect(paceOf(slow, 0.1)).toEqual({ dt: 0.12, substeps: 3, interpolateTargets: true });
    expect(paceOf(slow, 0.03)).toEqual({ dt: 0.04, substeps: 1 });
    // One joint that creeps makes no slow arm.
    expect(paceOf(limited(arms.panda, [0.01]), 0.1).substeps).toBe(1);
    expect(paceOf(limited(arms.panda, new Array<number>(7).fill(0.01)), 0.1).substeps).toBe(5);
  });

  it('lets no joint be asked for more than it can', () => {
    for (const step of jointSteps(slow, 0.1)) expect(step).toBeCloseTo(0.8 * 0.12, 12);
    for (const step of jointSteps(limited(arms.panda, [0.01]), 0.1).slice(0, 1))
      expect(step).toBeCloseTo(0.01 * 0.04, 12);
  });

  it.each(['reach', 'reach-pose', 'track'])('of %s is that of the arm, and shown', (name) => {
    expect(makeEnv(name, { arm: slow }).spec.dt).toBe(0.12);
    expect(makeEnv(name, { arm: 'panda' }).spec.dt).toBe(0.04);
  });
});

/** Velocities of joint 1 at the end of each control step, rad/s, where it is asked for 0.096 rad in each, and how far it comes, rad. */
function asked(interpolateTargets: boolean): { velocities: number[]; way: number } {
  const physics = { ...usualPhysics, dt: 0.12, substeps: 3, interpolateTargets };
  const world = new Simulation(sceneOf(slow), physics, { drive: 'position' }, 1);
  const { home } = slow;
  const state = world.place(0, home, null);
  const velocities = Array.from({ length: 10 }, (_, t) => {
    world.command(0, [home[0] + 0.096 * (t + 1), ...home.slice(1)]);
    world.step();
    return world.read(0).dq[0];
  });
  const way = state.q[0] - home[0];
  world.close();
  return { velocities: velocities.slice(1), way };
}

describe('a joint that is sent on in every control step', () => {
  it('turns evenly where its target does, no faster than it can', () => {
    const { velocities, way } = asked(true);
    for (const velocity of velocities) expect(velocity).toBeGreaterThan(0.7);
    for (const velocity of velocities) expect(velocity).toBeLessThan(0.9);
    expect(way).toBeGreaterThan(0.95 * 0.96);
  });

  it('is there at once, and at rest again, where the target jumps', () => {
    for (const velocity of asked(false).velocities) expect(velocity).toBeLessThan(0.3);
  });
});

describe.each(['reach', 'track'])('%s on a slow arm', (name) => {
  const open = (horizon: number) => makeEnv(name, { arm: slow, options: { horizon } });
  testContract(open(50), open(2));
});
