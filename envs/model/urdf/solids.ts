import { add, cross, dot, norm, rotate, subtract, type Vec3 } from '../../math/rotation.ts';
import { placed, principal } from '../inertia.ts';
import type { Frame, Inertial, Shape } from '../types.ts';
import { unitMoments } from '../unit-moments.ts';
import type { Geometry } from './links.ts';
import type { MeshTriangles } from './mesh.ts';

type Solid = Exclude<Geometry, { kind: 'mesh' }>;

/** A solid of a link as a shape of the body in whose frame it lies. */
export function shapeOf(solid: Solid, frame: Frame): Shape {
  const { position, rotation } = frame;
  switch (solid.kind) {
    case 'box': {
      const isTurned = Math.abs(rotation[3]) < 1 - 1e-15;
      return { kind: 'box', center: position, size: solid.size, ...(isTurned && { rotation }) };
    }
    case 'sphere':
      return { kind: 'sphere', center: position, radius: solid.radius };
    default: {
      const half = rotate(rotation, [0, 0, solid.length / 2]);
      return { kind: solid.kind, from: subtract(position, half), to: add(position, half), radius: solid.radius };
    }
  }
}

/** Mass properties of a solid of one density, kg/m^3, in the frame that carries it. */
export function inertialOf(solid: Solid, { position, rotation }: Frame, density: number): Inertial {
  const { volume, moments } = unitMoments(solid);
  const mass = density * volume;
  const [xx, yy, zz] = moments.map((moment) => mass * moment);
  return placed({ mass, center: [0, 0, 0], inertia: [xx, yy, zz, 0, 0, 0] }, position, rotation);
}

/**
 * Mass properties of the solid that a mesh encloses, of one density, in the frame that carries the mesh: sums over the tetrahedra
 * between its triangles and its middle. A mesh that encloses nothing, such as one with holes, counts as the box around it.
 */
export function meshInertial(
  { positions, indices }: MeshTriangles,
  scale: Vec3,
  frame: Frame,
  density: number,
): { readonly inertial: Inertial; readonly isClosed: boolean } | null {
  const point = (i: number): Vec3 => [
    positions[3 * i] * scale[0],
    positions[3 * i + 1] * scale[1],
    positions[3 * i + 2] * scale[2],
  ];
  const bounds = boundsOf(positions.length / 3, point);
  if (!bounds?.size.every((size) => size > 0)) return null;
  const { middle, size } = bounds;
  const [width, depth, height] = size;
  const box: Solid & { kind: 'box' } = { kind: 'box', size, frame, element: undefined as never };
  const enclosed = enclosedBy(indices, positions.length / 3, (i) => subtract(point(i), middle), density);
  const whole = density * width * depth * height;
  const isClosed =
    enclosed !== null && enclosed.mass > 0.005 * whole && enclosed.mass <= 1.001 * whole && isSolid(enclosed);
  const own = isClosed ? enclosed : inertialOf(box, { position: [0, 0, 0], rotation: [0, 0, 0, 1] }, density);
  const position = add(frame.position, rotate(frame.rotation, middle));
  return { inertial: placed(own, position, frame.rotation), isClosed };
}

function boundsOf(count: number, point: (i: number) => Vec3): { middle: Vec3; size: Vec3 } | null {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < count; i++) {
    point(i).forEach((value, k) => {
      low[k] = Math.min(low[k], value);
      high[k] = Math.max(high[k], value);
    });
  }
  if (![...low, ...high].every(Number.isFinite)) return null;
  const middle = [0, 1, 2].map((k) => (low[k] + high[k]) / 2);
  const size = [0, 1, 2].map((k) => high[k] - low[k]);
  return { middle: [middle[0], middle[1], middle[2]], size: [size[0], size[1], size[2]] };
}

/**
 * The volume integrals of 1, x and x x^T over a closed surface; null where the triangles name points that are not there, or leave
 * holes: the areas of a closed surface add up to nothing, as vectors.
 */
function enclosedBy(indices: Uint32Array, count: number, point: (i: number) => Vec3, density: number): Inertial | null {
  let volume = 0;
  let area = 0;
  let outwards: Vec3 = [0, 0, 0];
  const first = [0, 0, 0];
  const second = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i + 2 < indices.length; i += 3) {
    if (Math.max(indices[i], indices[i + 1], indices[i + 2]) >= count) return null;
    const [a, b, c] = [point(indices[i]), point(indices[i + 1]), point(indices[i + 2])];
    const face = cross(subtract(b, a), subtract(c, a));
    area += norm(face);
    outwards = add(outwards, face);
    const six = dot(a, cross(b, c));
    volume += six / 6;
    const sum = add(add(a, b), c);
    for (let k = 0; k < 3; k++) first[k] += (six / 24) * sum[k];
    pairs.forEach(([k, l], m) => {
      second[m] += (six / 120) * (a[k] * a[l] + b[k] * b[l] + c[k] * c[l] + sum[k] * sum[l]);
    });
  }
  if (volume === 0 || norm(outwards) > mostOpen * area) return null;
  const center: Vec3 = [first[0] / volume, first[1] / volume, first[2] / volume];
  const mass = density * Math.abs(volume);
  const [xx, yy, zz, xy, xz, yz] = pairs.map(([k, l], m) => mass * (second[m] / volume - center[k] * center[l]));
  return { mass, center, inertia: [yy + zz, xx + zz, xx + yy, -xy, -xz, -yz] };
}

/** How much of a surface may be missing. */
const mostOpen = 0.01;

/** Rows and columns of xx yy zz xy xz yz. */
const pairs = [
  [0, 0],
  [1, 1],
  [2, 2],
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

/** Whether something of positive density could have these moments. */
function isSolid(inertial: Inertial): boolean {
  const moments = [...principal(inertial).principal].sort((a, b) => a - b);
  return moments[0] > 0 && moments[2] < moments[0] + moments[1] && norm(inertial.center) < Infinity;
}
