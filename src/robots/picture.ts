import { add, rotate, type Vec3 } from '../../envs/math/rotation.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { type Surface, surfaceOf } from '../../envs/model/mesh-surface.ts';
import { isMesh } from '../../envs/model/meshes.ts';
import { withStandIns } from '../../envs/model/stand-ins.ts';
import { siteOf, treeOf } from '../../envs/model/tree.ts';
import { type Arm, type Frame, type Meshes, type Shape, sceneOf, type Visual } from '../../envs/model/types.ts';
import { escaped } from '../report/format.ts';
import { middleOf, outlineOf, type Point, type Projection } from './outline.ts';
import { halved, pngOf, rasterized } from './raster.ts';

/** An arm at its home posture in three views, as SVG: its solids, its joints by name with their axes, and its tip. */

interface View {
  readonly title: string;
  readonly project: Projection;
  /** Whether the joints' names stand beside it; numbers do everywhere. */
  readonly hasNames?: boolean;
}

/** In the plane y points down, as in SVG. */
const views: readonly View[] = [
  { title: 'from the side', project: ([x, y, z]) => [x, -z, -y], hasNames: true },
  { title: 'from the front', project: ([x, y, z]) => [y, -z, x] },
  { title: 'from above', project: ([x, y, z]) => [x, -y, z] },
];

/** px */
const scaleTo = 320;
const margin = 26;
const nameWidth = 170;
const lineHeight = 19;

export interface Picture {
  readonly title: string;
  readonly svg: string;
}

/** @param meshes of the arm, as far as they are at hand */
export function picturesOf(arm: Arm, meshes: Meshes = {}): Picture[] {
  const posed = poseOf(arm, meshes);
  const size = Math.max(0.02, ...views.map(({ project }) => extentOf(posed, project)));
  return views.map((view) => ({ title: view.title, svg: draw(posed, view, scaleTo / size) }));
}

/** What there is to draw, in the world. */
interface Posed {
  readonly solids: readonly { readonly shape: Shape; readonly frame: Frame }[];
  readonly meshes: readonly (Surface & { readonly isDark: boolean })[];
  /** From each joint to the one that carries it. */
  readonly bones: readonly (readonly [from: Vec3, to: Vec3])[];
  readonly joints: readonly { readonly name: string; readonly position: Vec3; readonly axis: Vec3 }[];
  readonly tip: Vec3;
  readonly tipName: string;
}

function poseOf(arm: Arm, meshes: Meshes): Posed {
  const scene = sceneOf(arm);
  const { bodies, tip } = forwardKinematics(scene.arm, arm.home);
  const { parents, coordinates } = treeOf(arm);
  const root = scene.arm.frame;
  const frameOf = (body: number) => (body < 0 ? root : bodies[body]);
  const drawn = withStandIns(arm, meshes);
  const all = [drawn.bodies[0], ...treeOf(drawn).bodies];
  const visuals = all.flatMap((body, i) => body.visuals.map((visual) => ({ visual, frame: frameOf(i - 1) })));
  const carrier = siteOf(arm, arm.tip).body;
  return {
    solids: visuals.flatMap(({ visual, frame }) => (isMesh(visual) ? [] : [{ shape: visual, frame }])),
    meshes: visuals.flatMap(({ visual, frame }) =>
      isMesh(visual)
        ? [{ ...placed(surfaceOf(visual, meshes[visual.tensor]), visual.frame, frame), isDark: isDark(visual) }]
        : [],
    ),
    bones: [
      ...bodies.map(({ position }, i) => [frameOf(parents[i]).position, position] as const),
      [frameOf(carrier).position, tip.position],
    ],
    joints: arm.joints.flatMap(({ name, axis }, i) =>
      coordinates[i] < 0 ? [] : [{ name, position: bodies[i].position, axis: rotate(bodies[i].rotation, axis) }],
    ),
    tip: tip.position,
    tipName: arm.tip,
  };
}

/** Motors and grippers stand out. */
const isDark = ({ part }: Visual) => part === 'joint' || part === 'hand';

/** A surface in the world. */
function placed({ positions, normals }: Surface, own: Frame, body: Frame): Surface {
  const moved = (numbers: Float32Array, place: (vector: Vec3) => Vec3) => {
    const out = new Float32Array(numbers.length);
    for (let i = 0; i < numbers.length; i += 3) {
      out.set(place([numbers[i], numbers[i + 1], numbers[i + 2]]), i);
    }
    return out;
  };
  const turn = (vector: Vec3) => rotate(body.rotation, rotate(own.rotation, vector));
  const offset = add(body.position, rotate(body.rotation, own.position));
  return { positions: moved(positions, (point) => add(turn(point), offset)), normals: moved(normals, turn) };
}

function pointsOf({ solids, meshes, bones, tip }: Posed, project: Projection): Point[] {
  const flat = (point: Vec3): Point => [project(point)[0], project(point)[1]];
  return [
    ...meshes.flatMap(({ positions }) => endsOf(positions, flat)),
    ...solids.flatMap(({ shape, frame }) => outlineOf(shape, frame, project)),
    ...bones.flatMap(([from, to]) => [flat(from), flat(to)]),
    flat(tip),
  ];
}

/** Opposite corners of the rectangle around points [3 N]; none where there are none. */
function endsOf(points: Float32Array, flat: (point: Vec3) => Point): Point[] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 3) {
    const [x, y] = flat([points[i], points[i + 1], points[i + 2]]);
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return points.length
    ? [
        [left, top],
        [right, bottom],
      ]
    : [];
}

function boundsOf(points: readonly Point[]) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function extentOf(posed: Posed, project: Projection): number {
  const { left, right, top, bottom } = boundsOf(pointsOf(posed, project));
  return Math.max(right - left, bottom - top);
}

function draw(posed: Posed, { title, project, hasNames }: View, scale: number): string {
  const { left, right, top, bottom } = boundsOf(pointsOf(posed, project));
  const names = [...posed.joints.map(({ name }, i) => `${i + 1} ${name}`), posed.tipName];
  const drawn = [2 * margin + (right - left) * scale, 2 * margin + (bottom - top) * scale];
  const width = drawn[0] + (hasNames ? nameWidth : 0);
  const flat = (point: Vec3): Point => {
    const [x, y] = project(point);
    return [margin + (x - left) * scale, margin + (y - top) * scale];
  };
  const named = [...posed.joints.map(({ position }) => flat(position)), flat(posed.tip)];
  const heights = hasNames ? labelHeights(named) : [];
  const height = Math.max(drawn[1], ...heights.map((y) => y + margin));
  const parts = [
    ...heights.flatMap((y, i) => label(named[i], names[i], [drawn[0], y])),
    ...solidPaths(posed, project, (x, y) => [margin + (x - left) * scale, margin + (y - top) * scale]),
    ...meshImage(posed, project, flat, drawn),
    ...posed.bones.map(([from, to]) => line(flat(from), flat(to), 'bone')),
    ...posed.joints.map(({ position, axis }) => axisLine(position, axis, flat, 24 / scale)),
    ...posed.joints.map(({ name, position }, i) => jointMark(flat(position), i + 1, name)),
    tipMark(flat(posed.tip), posed.tipName),
  ];
  const box = `0 0 ${n(width)} ${n(height)}`;
  const words = `The arm ${title}; joints: ${posed.joints.map(({ name }) => name).join(', ')}`;
  return `<svg class="robot" viewBox="${box}" width="${n(width)}" role="img" aria-label="${escaped(words)}">${parts.join('')}</svg>`;
}

/** The farthest first, so that what is near covers it. */
function solidPaths({ solids }: Posed, project: Projection, place: (x: number, y: number) => Point): string[] {
  const nearOf = ({ shape, frame }: Posed['solids'][number]) =>
    project(add(frame.position, rotate(frame.rotation, middleOf(shape))))[2];
  return [...solids]
    .sort((a, b) => nearOf(a) - nearOf(b))
    .map(({ shape, frame }) => {
      const points = outlineOf(shape, frame, project).map(([x, y]) => place(x, y).map(n).join(' '));
      return `<path class="solid" d="M${points.join('L')}Z"/>`;
    });
}

/** Pixels of the picture for each one of the page, on screens that have them; and as many again for smooth edges. */
const sharpness = 2;
/** From where light comes: over the left shoulder of who looks. */
const light: Vec3 = [-0.38, -0.6, 0.7];

/** The meshes as an image under the lines; none without meshes. */
function meshImage(
  { meshes }: Posed,
  project: Projection,
  flat: (point: Vec3) => Point,
  [width, height]: readonly number[],
): string[] {
  if (!meshes.length) return [];
  const scale = 2 * sharpness;
  const surfaces = meshes.map(({ positions, normals, isDark }) => {
    const points = new Float32Array(positions.length);
    const shades = new Float32Array(positions.length / 3);
    for (let i = 0; i < positions.length; i += 3) {
      const point: Vec3 = [positions[i], positions[i + 1], positions[i + 2]];
      const [x, y] = flat(point);
      points.set([x * scale, y * scale, project(point)[2]], i);
      const [nx, ny, near] = project([normals[i], normals[i + 1], normals[i + 2]]);
      const lit = 0.42 + 0.55 * Math.max(0, nx * light[0] + ny * light[1] + near * light[2]);
      shades[i / 3] = lit * (isDark ? 0.42 : 0.98);
    }
    return { points, light: shades };
  });
  const image = halved(rasterized(surfaces, Math.ceil(width * scale), Math.ceil(height * scale)));
  const png = Buffer.from(pngOf(image)).toString('base64');
  const size = `width="${n(image.width / sharpness)}" height="${n(image.height / sharpness)}"`;
  return [`<image ${size} href="data:image/png;base64,${png}"/>`];
}

function axisLine(position: Vec3, axis: Vec3, flat: (point: Vec3) => Point, length: number): string {
  const end: Vec3 = [axis[0] * length, axis[1] * length, axis[2] * length];
  return line(flat(position), flat(add(position, end)), 'axis');
}

function jointMark([x, y]: Point, number: number, name: string): string {
  return `<g class="joint"><title>${escaped(name)}</title><circle cx="${n(x)}" cy="${n(y)}" r="8"/><text x="${n(x)}" y="${n(y + 3.7)}">${number}</text></g>`;
}

function tipMark([x, y]: Point, name: string): string {
  return `<g class="tip"><title>${escaped(name)}</title><path d="M${n(x - 6)} ${n(y)}H${n(x + 6)}M${n(x)} ${n(y - 6)}V${n(y + 6)}"/></g>`;
}

/** Where names stand in a column beside the drawing: as high as what they name, but for the room that they need. */
function labelHeights(points: readonly Point[]): number[] {
  const heights: number[] = points.map(() => 0);
  let next = margin;
  for (const i of points.map((_, i) => i).sort((a, b) => points[a][1] - points[b][1])) {
    heights[i] = Math.max(next, points[i][1]);
    next = heights[i] + lineHeight;
  }
  return heights;
}

function label([x, y]: Point, name: string, [left, height]: Point): string[] {
  const text = `<text class="name" x="${n(left + 6)}" y="${n(height + 4)}">${escaped(name)}</text>`;
  return [line([x, y], [left, height], 'leader'), text];
}

function line([x1, y1]: Point, [x2, y2]: Point, kind: string): string {
  return `<path class="${kind}" d="M${n(x1)} ${n(y1)}L${n(x2)} ${n(y2)}"/>`;
}

/** A number of pixels, to the tenth. */
function n(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '').replace(/^-0$/, '0');
}
