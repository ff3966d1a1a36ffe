import { beforeAll, describe, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { degreesOf } from '../../envs/model/tree.ts';
import type { Arm, Motor } from '../../envs/model/types.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { remarksOn } from '../../src/robots/description.ts';
import { type StepResponse, stepResponses } from '../../src/robots/step-response.ts';

beforeAll(() => loadPhysics());

/** A rotor of 1 kg m^2 on a motor of its own. */
function rotor(motor: Motor, limits: { low: number; high: number; maxVelocity?: number }): Arm {
  return {
    name: 'rotor',
    description: 'one joint',
    bodies: [
      { name: 'foot', colliders: [], visuals: [] },
      {
        name: 'disc',
        inertial: { mass: 1, center: [0, 0, 0], inertia: [1, 1, 1, 0, 0, 0] },
        colliders: [],
        visuals: [],
      },
    ],
    joints: [
      {
        name: 'turning',
        kind: 'revolute',
        parent: 'foot',
        child: 'disc',
        frame: { position: [0, 0, 0], rotation: [0, 0, 0, 1] },
        axis: [0, 0, 1],
        motor,
        ...limits,
      },
    ],
    sites: [{ name: 'tip', body: 'disc', frame: { position: [0.1, 0, 0], rotation: [0, 0, 0, 1] } }],
    home: [0],
    tip: 'tip',
  };
}

const wide = { low: -2, high: 2 };
const of = (motor: Motor, limits: Parameters<typeof rotor>[1] = wide): StepResponse =>
  stepResponses(rotor(motor, limits))[0];

describe('a step response', () => {
  it('overshoots as a second-order system of the same damping ratio does', () => {
    // zeta = d / (2 sqrt(k I)); overshoot exp(-pi zeta / sqrt(1 - zeta^2)). Rapier's joint has 0.1 N m s/rad of its own.
    const stiffness = 100;
    for (const zeta of [0.3, 0.5, 0.7]) {
      const { overshoot } = of({ stiffness, damping: 2 * zeta * Math.sqrt(stiffness) - 0.1, maxForce: 1000 });
      expect(Math.abs(overshoot - Math.exp((-Math.PI * zeta) / Math.sqrt(1 - zeta ** 2)))).toBeLessThan(0.03);
    }
  });

  it('has settled from the first of the samples on that all lie within the band', () => {
    const { settling, values, times, steadyError } = of({ stiffness: 400, damping: 40, maxForce: 1000 });
    expect(steadyError).toBeLessThan(0.01);
    const from = times.indexOf(settling as number);
    expect(values.slice(from).every((value) => Math.abs(value - 1) < 0.03)).toBe(true);
    expect(Math.abs(values[from - 1] - 1)).toBeGreaterThan(0.02);
  });

  it('never settles where it swings on and on', () => {
    expect(of({ stiffness: 30, damping: 0, maxForce: 1000 }).settling).toBeNull();
  });

  it('says how far a joint without the strength for it stays behind', () => {
    expect(of({ stiffness: 100, damping: 20, maxForce: 0 }).steadyError).toBeCloseTo(1, 6);
  });

  it('is as fast on its way as one that is damped critically: step omega / e', () => {
    for (const omega of [5, 10, 20]) {
      const { peakSpeed } = of({ stiffness: omega ** 2, damping: 2 * omega - 0.1, maxForce: 1000 });
      expect(peakSpeed / ((0.1 * omega) / Math.E)).toBeGreaterThan(0.9);
      expect(peakSpeed / ((0.1 * omega) / Math.E)).toBeLessThan(1.05);
    }
  });

  it('of a slow joint is no longer than a full action, and a line says where it is faster than the joint may be', () => {
    const motor = { stiffness: 4000, damping: 126, maxForce: 1000 };
    const slow = of(motor, { ...wide, maxVelocity: 0.2 });
    // Five of the usual control steps of 0.04 s.
    expect(slow.step).toBeCloseTo(0.04, 12);
    expect(slow).toMatchObject({ maxVelocity: 0.2, peakSpeed: expect.any(Number) });
    expect(slow.peakSpeed).toBeGreaterThan(0.2);
    expect(remarksOn([slow])).toEqual([expect.stringMatching(/^turning: faster than the velocity limit for a moment/)]);
    expect(remarksOn([of(motor), of(motor, { ...wide, maxVelocity: 20 })])).toEqual([]);
  });

  it('goes to where the limits leave most room, and at most half the way', () => {
    const motor = { stiffness: 400, damping: 40, maxForce: 1000 };
    expect(of(motor, { low: -1, high: 0.5 }).step).toBe(-0.1);
    expect(of(motor, { low: -0.01, high: 0.05 }).step).toBe(0.025);
  });
});

it.each(Object.entries(arms))('every joint of %s settles near its target, and the same each time', (_name, arm) => {
  const responses = stepResponses(arm);
  expect(responses.map(({ joint }) => joint)).toEqual(degreesOf(arm).map(({ name }) => name));
  for (const { settling, steadyError } of responses) {
    expect(settling).not.toBeNull();
    expect(steadyError).toBeLessThan(0.05);
  }
  expect(stepResponses(arm)).toEqual(responses);
});
