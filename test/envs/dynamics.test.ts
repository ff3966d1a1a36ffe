import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pandaGripper } from '../../envs/arms/panda-grippers.ts';
import { drawDynamics, moveStart } from '../../envs/dynamics/draw.ts';
import { type DynamicsName, dynamicsFields, dynamicsNames, nominalDynamics } from '../../envs/dynamics/fields.ts';
import {
  checkRanges,
  type DynamicsRanges,
  dynamicsSets,
  fieldsIn,
  parseRanges,
  rangesText,
} from '../../envs/dynamics/ranges.ts';
import { treeOf } from '../../envs/model/tree.ts';
import { UsageError } from '../../envs/options.ts';

const whole: readonly string[] = ['delay', 'gravity'];

/** Ranges within the bounds of some of the fields. */
const someRanges = fc
  .array(
    fc.tuple(
      fc.constantFrom(...dynamicsFields),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ),
  )
  .map((some): DynamicsRanges => {
    const ends = some.map(({ 0: { name, low, high }, 1: a, 2: b }) => {
      const at = (share: number) => {
        const value = Math.min(low + (high - low) * share, high);
        return whole.includes(name) ? Math.round(value) : value;
      };
      return [name, [at(Math.min(a, b)), at(Math.max(a, b))]] as const;
    });
    return Object.fromEntries(ends);
  });
const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('ranges', () => {
  test('are read as a command line has them, in the order of the fields', () => {
    const text = 'start=0.3,mass=0.8:1.2,gravity=on,delay=0:2,friction=0.7:1.3';
    expect(Object.entries(parseRanges(text))).toEqual([
      ['mass', [0.8, 1.2]],
      ['delay', [0, 2]],
      ['start', [0.3, 0.3]],
      ['gravity', [1, 1]],
      ['friction', [0.7, 1.3]],
    ]);
    expect(parseRanges('transfer')).toEqual(dynamicsSets.transfer.ranges);
    expect(parseRanges('transfer, payload=2')).toEqual({ ...dynamicsSets.transfer.ranges, payload: [2, 2] });
    expect(parseRanges('nominal')).toEqual({});
  });

  test('are written as they are read', () => {
    fc.assert(
      fc.property(someRanges, (ranges) => {
        expect(parseRanges(rangesText(ranges))).toEqual(ranges);
      }),
    );
  });

  test('of a set leave out what a task does not have', () => {
    const { mass, payload } = dynamicsSets.transfer.ranges;
    expect(parseRanges('transfer', ['payload', 'mass'])).toEqual({ mass, payload });
  });

  test.each([
    ['mas=1', /expected one of mass, .*, friction; found "mas"/],
    ['transfr', /expected name=low:high, .* or one of nominal, transfer; found "transfr"/],
    ['', /expected name=low:high, .* found ""/],
    ['mass=heavy', /expected mass=low:high, as mass=0:1, or one number; found "mass=heavy"/],
    ['mass=', /found "mass="/],
    ['mass=1:2:3', /found "mass=1:2:3"/],
    ['mass=2:1', /mass is expected as low:high, found 2:1/],
    ['mass=0', /mass is expected to be a number from 0.1 to 10, found 0/],
    ['delay=0.5', /delay is expected to be an integer from 0 to 50, found 0.5/],
    ['payload=0:51', /payload is expected to be a number from 0 to 50, found 0:51/],
    ['__proto__=1', /expected one of mass/],
    ['constructor', /found "constructor"/],
    ['mass=1,mass=2', /mass is expected once, found twice in "mass=1,mass=2"/],
    ['payload=on', /found "payload=on"/],
  ])('of %j are refused in one line', (text, message) => {
    expect(() => parseRanges(text)).toThrow(UsageError);
    expect(() => parseRanges(text)).toThrow(message);
  });

  test.each([
    [{ mass: 1.2 }, 'mass is expected as [low, high], found 1.2'],
    [{ mass: [1, 2, 3] }, 'mass is expected as [low, high], found [1,2,3]'],
    [{ mass: [0.8] }, 'mass is expected as [low, high], found [0.8]'],
    [{ mass: null }, 'mass is expected as [low, high], found null'],
  ])('of a program, %j, are refused in one line', (ranges, message) => {
    const given = ranges as unknown as DynamicsRanges;
    expect(() => checkRanges(given)).toThrow(UsageError);
    expect(() => checkRanges(given)).toThrow(message);
    expect(checkRanges({ mass: undefined, delay: [0, 1] })).toEqual({ delay: [0, 1] });
  });

  test('of what a task does not have are refused by its name', () => {
    expect(() => parseRanges('friction=1', ['mass', 'start'], 'reacher')).toThrow(
      'reacher has no "friction" to vary; it has: mass, start',
    );
  });

  test('of the sets are within the bounds of their fields', () => {
    for (const name of Object.keys(dynamicsSets)) {
      expect(parseRanges(rangesText(parseRanges(name)))).toEqual(dynamicsSets[name].ranges);
    }
  });
});

describe('dynamics that are drawn', () => {
  test('are within their ranges, float32, and nominal where nothing is drawn', () => {
    fc.assert(
      fc.property(someRanges, seeds, (ranges, seed) => {
        const drawn = drawDynamics(ranges, seed);
        expect(Object.keys(drawn)).toEqual(dynamicsNames);
        for (const name of dynamicsNames) {
          const [low, high] = ranges[name] ?? [nominalDynamics[name], nominalDynamics[name]];
          expect(drawn[name]).toBeGreaterThanOrEqual(Math.fround(low));
          expect(drawn[name]).toBeLessThanOrEqual(Math.fround(high));
          expect(drawn[name]).toBe(Math.fround(drawn[name]));
          if (whole.includes(name)) expect(Number.isInteger(drawn[name])).toBe(true);
        }
      }),
    );
  });

  test('of one name do not depend on what else is drawn', () => {
    const everything: DynamicsRanges = Object.fromEntries(
      dynamicsFields.map(({ name, low, high }) => [name, [low, high]]),
    );
    fc.assert(
      fc.property(seeds, fc.constantFrom(...dynamicsNames), (seed, name: DynamicsName) => {
        const alone = drawDynamics({ [name]: everything[name] }, seed);
        expect(alone[name]).toBe(drawDynamics(everything, seed)[name]);
      }),
    );
  });

  test('of two names are two numbers', () => {
    const shares = (['mass', 'motor.stiffness', 'motor.strength', 'friction'] as const).map(
      (name) => drawDynamics({ [name]: [1, 2] }, 11)[name],
    );
    expect(new Set(shares).size).toBe(4);
  });

  test('take every whole number, and spread over a range', () => {
    const many = Array.from({ length: 600 }, (_, seed) => drawDynamics({ delay: [0, 2], mass: [0.8, 1.2] }, seed));
    for (const steps of [0, 1, 2]) {
      const share = many.filter(({ delay }) => delay === steps).length / many.length;
      expect(share).toBeGreaterThan(0.25);
      expect(share).toBeLessThan(0.42);
    }
    const masses = many.map(({ mass }) => mass);
    expect(Math.min(...masses)).toBeLessThan(0.81);
    expect(Math.max(...masses)).toBeGreaterThan(1.19);
    expect(masses.reduce((sum, mass) => sum + mass, 0) / many.length).toBeCloseTo(1, 1);
  });

  test('have fields with the bounds of the ranges, in the order of all', () => {
    const fields = fieldsIn(parseRanges('start=0.3,mass=0.8:1.2'));
    expect(fields.map(({ name, low, high, unit }) => [name, low, high, unit])).toEqual([
      ['mass', 0.8, 1.2, '1'],
      ['start', 0.3, 0.3, 'rad'],
    ]);
  });
});

describe('a start posture', () => {
  const { joints } = treeOf(pandaGripper);

  test('is off by no more than it may, within the limits of the joints, and fingers stay', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 3, noNaN: true }), (seed, most) => {
        const q = Float64Array.from(pandaGripper.home);
        moveStart(pandaGripper, q, most, seed);
        joints.forEach(({ kind, low = -Infinity, high = Infinity }, i) => {
          const off = Math.abs(q[i] - pandaGripper.home[i]);
          expect(off).toBeLessThanOrEqual(kind === 'prismatic' ? 0 : most + 1e-12);
          expect(q[i]).toBeGreaterThanOrEqual(Math.min(low, pandaGripper.home[i]));
          expect(q[i]).toBeLessThanOrEqual(Math.max(high, pandaGripper.home[i]));
        });
      }),
    );
  });

  test('is another for another seed, every joint for itself, and the same for the same', () => {
    const at = (seed: number, most = 0.3) => {
      const q = Float64Array.from(pandaGripper.home);
      moveStart(pandaGripper, q, most, seed);
      return [...q];
    };
    expect(at(5)).toEqual(at(5));
    const turning = joints.flatMap(({ kind }, i) => (kind === 'prismatic' ? [] : [i]));
    for (const i of turning) expect(at(5)[i]).not.toBe(at(6)[i]);
    const offs = turning.map((i) => at(5)[i] - pandaGripper.home[i]);
    expect(new Set(offs).size).toBe(turning.length);
    // Twice as far goes twice as far: the direction is the seed's.
    turning.forEach((i, k) => {
      expect(at(5, 0.15)[i] - pandaGripper.home[i]).toBeCloseTo(offs[k] / 2, 12);
    });
  });
});
