import { describe, expect, it } from 'vitest';
import { principal } from '../../envs/model/inertia.ts';
import type { Inertial } from '../../envs/model/types.ts';
import { type MeshTriangles, readUrdf, UrdfError, type UrdfOptions } from '../../envs/model/urdf/index.ts';
import { joint, link, robotOf } from './robots.ts';

/** Mass properties of one moving link with these contents. */
function massOf(inside: string, options?: UrdfOptions): { inertial: Inertial; notes: string } {
  const text = robotOf(
    link('base'),
    link('arm', inside),
    link('hand'),
    joint('j', 'base', 'arm'),
    joint('k', 'arm', 'hand'),
  );
  const { arm, notes } = readUrdf(text, 'arm.urdf', options);
  const { inertial } = arm.bodies[1];
  if (!inertial) throw new Error('no inertial');
  return { inertial, notes: notes.join('\n') };
}

const solid = (geometry: string, origin = '', use = 'collision') =>
  `<${use}>${origin}<geometry>${geometry}</geometry></${use}>`;

/** The same by counting points that lie inside, spread evenly over a cube: multiples of the powers of a root of x^4 = x + 1. */
function counted(isInside: (x: number, y: number, z: number) => boolean, half: number, count = 200_000): Inertial {
  const root = 1.2207440846057596;
  const points: [number, number, number][] = [];
  for (let i = 1; i <= count; i++) {
    const [x, y, z] = [1, 2, 3].map((power) => half * (2 * ((i / root ** power) % 1) - 1));
    if (isInside(x, y, z)) points.push([x, y, z]);
  }
  const each = (1000 * (2 * half) ** 3) / count;
  const mass = each * points.length;
  const mean = (f: (p: [number, number, number]) => number) => points.reduce((sum, p) => sum + f(p), 0) / points.length;
  const center = [mean((p) => p[0]), mean((p) => p[1]), mean((p) => p[2])] as const;
  const about = (a: number, b: number) => mass * mean((p) => (p[a] - center[a]) * (p[b] - center[b]));
  const [xx, yy, zz] = [about(0, 0), about(1, 1), about(2, 2)];
  return { mass, center, inertia: [yy + zz, xx + zz, xx + yy, -about(0, 1), -about(0, 2), -about(1, 2)] };
}

function expectClose(found: Inertial, expected: Inertial, within: number): void {
  expect(Math.abs(found.mass / expected.mass - 1)).toBeLessThan(within);
  const size = Math.max(...expected.inertia);
  found.inertia.forEach((value, i) => {
    expect(Math.abs(value - expected.inertia[i]) / size).toBeLessThan(within);
  });
  found.center.forEach((value, i) => {
    expect(Math.abs(value - expected.center[i])).toBeLessThan(within * 0.2);
  });
}

describe('a moving link without inertial gets the mass of its shapes', () => {
  const turned = '<origin xyz="0.02 0 0.01" rpy="0 0.7853981633974483 0"/>';
  /** In the frame of a solid that stands there. */
  const own = (x: number, y: number, z: number) => {
    const [u, w, c] = [x - 0.02, z - 0.01, Math.SQRT1_2];
    return [c * (u - w), y, c * (u + w)] as const;
  };
  const solids: readonly (readonly [string, string, (x: number, y: number, z: number) => boolean])[] = [
    ['a box', '<box size="0.1 0.06 0.2"/>', (x, y, z) => Math.abs(x) < 0.05 && Math.abs(y) < 0.03 && Math.abs(z) < 0.1],
    ['a sphere', '<sphere radius="0.08"/>', (x, y, z) => Math.hypot(x, y, z) < 0.08],
    [
      'a cylinder',
      '<cylinder radius="0.05" length="0.18"/>',
      (x, y, z) => Math.hypot(x, y) < 0.05 && Math.abs(z) < 0.09,
    ],
    [
      'a capsule',
      '<capsule radius="0.04" length="0.1"/>',
      (x, y, z) => Math.hypot(x, y, z - Math.min(Math.max(z, -0.05), 0.05)) < 0.04,
    ],
  ];

  it.each(solids)('%s, turned and moved', (_, text, isInside) => {
    const { inertial, notes } = massOf(solid(text, turned));
    expectClose(
      inertial,
      counted((x, y, z) => isInside(...own(x, y, z)), 0.14),
      0.02,
    );
    expect(notes).toMatch(/"arm" has no mass in the file: [\d.]+ kg by its collision shapes, of 1000 kg\/m\^3/);
  });

  it('two of them together', () => {
    const both =
      solid('<sphere radius="0.05"/>', '<origin xyz="0.08 0 0"/>') +
      solid('<sphere radius="0.05"/>', '<origin xyz="-0.08 0 0"/>');
    const { inertial } = massOf(both);
    expectClose(
      inertial,
      counted((x, y, z) => Math.hypot(Math.abs(x) - 0.08, y, z) < 0.05, 0.14),
      0.02,
    );
  });

  it('what is drawn, where nothing can be touched', () => {
    expect(massOf(solid('<sphere radius="0.08"/>', '', 'visual')).notes).toContain('by its visual shapes');
  });

  it('a ball made up, where there is nothing', () => {
    const { inertial, notes } = massOf('');
    expect(inertial.mass).toBeCloseTo(0.01, 12);
    expect(notes).toContain('"arm" has no mass in the file, nor a shape to take it from: 0.01 kg made up');
  });
});

/** A box from corner to corner, its faces turned outwards. */
function boxMesh([x, y, z]: readonly number[], at: readonly number[]): MeshTriangles {
  const corners = Array.from({ length: 8 }, (_, i) => [
    at[0] + (i & 1) * x,
    at[1] + ((i >> 1) & 1) * y,
    at[2] + (i >> 2) * z,
  ]);
  const faces = [
    0, 2, 3, 0, 3, 1, 4, 5, 7, 4, 7, 6, 0, 1, 5, 0, 5, 4, 2, 6, 7, 2, 7, 3, 0, 4, 6, 0, 6, 2, 1, 3, 7, 1, 7, 5,
  ];
  return { positions: Float32Array.from(corners.flat()), indices: Uint32Array.from(faces) };
}

describe('a mesh', () => {
  const text = solid(
    '<mesh filename="box.stl" scale="0.001 0.001 0.002"/>',
    '<origin xyz="0 0 0.1" rpy="0.3 0.2 0.1"/>',
  );
  const box = solid('<box size="0.1 0.06 0.08"/>', '<origin xyz="0 0 0.1" rpy="0.3 0.2 0.1"/>');
  const triangles = boxMesh([100, 60, 40], [-50, -30, -20]);

  it('weighs what it encloses', () => {
    const asked: string[] = [];
    const { inertial } = massOf(text, {
      mesh: (uri) => {
        asked.push(uri);
        return triangles;
      },
    });
    expect(new Set(asked)).toEqual(new Set(['box.stl']));
    expectClose(inertial, massOf(box).inertial, 1e-6);
  });

  it('turned inside out, or mirrored, weighs the same', () => {
    const inside = { ...triangles, indices: triangles.indices.toReversed() };
    expectClose(massOf(text, { mesh: () => inside }).inertial, massOf(box).inertial, 1e-6);
    const mirrored = text.replace('0.001 0.001 0.002', '-0.001 0.001 0.002');
    expectClose(massOf(mirrored, { mesh: () => triangles }).inertial, massOf(box).inertial, 1e-6);
  });

  it('that encloses nothing counts as the box around it', () => {
    const open = { ...triangles, indices: triangles.indices.subarray(0, 6) };
    const { inertial, notes } = massOf(text, { mesh: () => open });
    expectClose(inertial, massOf(box).inertial, 1e-6);
    expect(notes).toContain('mesh box.stl encloses no volume: the box around it counts');
  });

  it.each([
    ['is missing', null],
    ['is empty', { positions: new Float32Array(), indices: new Uint32Array() }],
    ['has points that are none', { ...triangles, positions: triangles.positions.map(() => Number.NaN) }],
    ['is flat', boxMesh([100, 60, 0], [0, 0, 0])],
  ])('that %s weighs nothing', (_, mesh) => {
    expect(massOf(text, { mesh: () => mesh }).notes).toContain('nor a shape to take it from');
  });
});

const given = (moments: string, mass = 1) =>
  `<inertial><origin xyz="0 0 0.1" rpy="0.5 0.4 0.3"/><mass value="${mass}"/><inertia ${moments}/></inertial>`;

describe('an impossible inertia', () => {
  const sound = given('ixx="0.01" iyy="0.02" izz="0.025" ixy="0.001"');
  const unsound = 'ixx="0.01" iyy="0.01" izz="0.05"';
  const negative = 'ixx="0.01" iyy="-0.01" izz="0.01"';
  const where = '<inertia> of <inertial> of link "arm": ';
  const cases: readonly (readonly [string, string, string])[] = [
    ['negative', negative, 'are not all positive'],
    ['with products too large', 'ixx="0.01" iyy="0.01" izz="0.01" ixy="0.02"', 'are not all positive'],
    ['of no solid', unsound, 'break the triangle inequality'],
  ];

  it.each(cases)('%s is mended on request', (_, moments, why) => {
    const { inertial, notes } = massOf(given(moments), { mend: true });
    expect(notes).toContain(`line 3: ${where}no solid has these moments of inertia:`);
    expect(notes).toContain(`${why}; mended`);
    const [least, middle, most] = [...principal(inertial).principal].sort((a, b) => a - b);
    expect(least).toBeGreaterThan(0);
    expect(most).toBeLessThan(least + middle);
    expect(inertial.mass).toBe(1);
    expect(inertial.center).toEqual(massOf(sound).inertial.center);
  });

  it('of no solid is otherwise reported, and kept', () => {
    const { notes } = massOf(given(unsound));
    expect(notes).toContain(`line 3: ${where}no solid has these moments of inertia: 0.01, 0.01, 0.05 kg m^2`);
    expect(notes).toContain('break the triangle inequality; kept as they are; --mend mends them');
  });

  it.each([
    ['below 0', given(negative), 3, '-0.01, 0.01, 0.01'],
    [
      'below 0, on a line of its own',
      given('ixx="-0.5" iyy="0.01" izz="0.01"').replace('<inertia ', '\n<inertia '),
      4,
      '-0.5, 0.01, 0.01',
    ],
    ['below 0 by its products', given('ixx="0.01" iyy="0.01" izz="0.01" ixy="0.02"'), 3, '-0.01, 0.01, 0.03'],
  ])('%s is otherwise refused', (_, inside, line, found) => {
    const expected = `expected principal moments of inertia above 0, found ${found} kg m^2; --mend (in code, mend: true) mends them`;
    expect(() => massOf(inside)).toThrow(UrdfError);
    expect(() => massOf(inside)).toThrow(`arm.urdf:${line}: ${where}${expected}`);
  });

  it('below 0 is named by the link that has it, of several in a body', () => {
    const read = (moments: string) =>
      readUrdf(
        robotOf(
          link('base'),
          link('arm'),
          joint('j', 'base', 'arm'),
          link('plate', given('ixx="-0.001" iyy="0.001" izz="0.001"')),
          joint('to plate', 'arm', 'plate', { type: 'fixed' }),
          link('cover', given(moments)),
          joint('to cover', 'arm', 'cover', { type: 'fixed' }),
        ),
        'arm.urdf',
      );
    const message =
      'arm.urdf:7: <inertia> of <inertial> of link "cover": expected principal moments of inertia above 0';
    expect(() => read('ixx="-5" iyy="-5" izz="-5"')).toThrow(message);
    // What the body as a whole can turn with is kept.
    expect(read('ixx="0.01" iyy="0.01" izz="0.01"').notes.join('\n')).toContain(
      'line 5: <inertia> of <inertial> of link "plate": no solid has these moments of inertia: -0.001, 0.001, 0.001 kg m^2',
    );
  });

  it('keeps the moments that are possible as they are', () => {
    expect(massOf(sound, { mend: true })).toEqual(massOf(sound));
  });
});

it('a link without mass weighs nothing beside one that has some, and that is said', () => {
  const shape = solid('<sphere radius="0.05"/>', '', 'visual');
  const read = (inside: string) => {
    const parts = ['cover', 'screw'].flatMap((name) => [
      link(name, shape),
      joint(`to ${name}`, 'arm', name, { type: 'fixed' }),
    ]);
    const frame = link('frame', '') + joint('to frame', 'arm', 'frame', { type: 'fixed' });
    return readUrdf(robotOf(link('base'), link('arm', inside), joint('j', 'base', 'arm'), ...parts, frame), 'arm.urdf');
  };
  const note = 'no mass in the file: "cover", "screw"; taken as 0 kg, for other links of "arm" have mass';
  const { arm, notes } = read(given('ixx="0.01" iyy="0.01" izz="0.01"'));
  expect(notes).toContain(note);
  expect(arm.bodies[1].inertial?.mass).toBe(1);
  // Where none has mass, shapes give it.
  expect(read('').notes.join('\n')).not.toContain('taken as 0 kg');
});

it('a rod and a point get the moments that they lack', () => {
  for (const moments of ['ixx="0.01" iyy="0.01" izz="0"', 'ixx="0" iyy="0" izz="0"']) {
    const { inertial, notes } = massOf(given(moments));
    expect(Math.min(...principal(inertial).principal)).toBeGreaterThan(0);
    expect(notes).toContain('"arm" has no moment of inertia about an axis');
  }
});

it('an inertia that is out of proportion is reported', () => {
  expect(massOf(given('ixx="1" iyy="1" izz="1"', 0.1)).notes).toContain(
    '"arm" turns like 0.1 kg at 3.16 m from its middle',
  );
});
