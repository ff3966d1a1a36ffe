import { add, rotate, type Vec3 } from '../../envs/math/rotation.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { siteOf, treeOf } from '../../envs/model/tree.ts';
import { type Arm, type Frame, type Shape, sceneOf } from '../../envs/model/types.ts';
import { escaped } from '../report/format.ts';
import { middleOf, outlineOf, type Point, type Projection } from './outline.ts';

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

export function picturesOf(arm: Arm): Picture[] {
  const posed = poseOf(arm);
  const size = Math.max(0.02, ...views.map(({ project }) => extentOf(posed, project)));
  return views.map((view) => ({ title: view.title, svg: draw(posed, view, scaleTo / size) }));
}

/** What there is to draw, in the world. */
interface Posed {
  readonly solids: readonly { readonly shape: Shape; readonly frame: Frame }[];
  /** From each joint to the one that carries it. */
  readonly bones: readonly (readonly [from: Vec3, to: Vec3])[];
  readonly joints: readonly { readonly name: string; readonly position: Vec3; readonly axis: Vec3 }[];
  readonly tip: Vec3;
  readonly tipName: string;
}

function poseOf(arm: Arm): Posed {
  const scene = sceneOf(arm);
  const { bodies, tip } = forwardKinematics(scene.arm, arm.home);
  const { parents, coordinates, bodies: data } = treeOf(arm);
  const root = scene.arm.frame;
  const frameOf = (body: number) => (body < 0 ? root : bodies[body]);
  const solids = [arm.bodies[0], ...data].flatMap(({ visuals, colliders }, i) => {
    const drawn = visuals.filter((visual) => visual.kind !== 'mesh');
    return (drawn.length ? drawn : colliders).map((shape) => ({ shape, frame: frameOf(i - 1) }));
  });
  const carrier = siteOf(arm, arm.tip).body;
  return {
    solids,
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

function pointsOf({ solids, bones, tip }: Posed, project: Projection): Point[] {
  const flat = (point: Vec3): Point => [project(point)[0], project(point)[1]];
  return [
    ...solids.flatMap(({ shape, frame }) => outlineOf(shape, frame, project)),
    ...bones.flatMap(([from, to]) => [flat(from), flat(to)]),
    flat(tip),
  ];
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
