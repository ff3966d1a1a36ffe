import type { Vec3 } from '../../math/rotation.ts';
import { combine, placed, principal } from '../inertia.ts';
import type { Inertial } from '../types.ts';
import { compose, type Part, type RigidBody } from './bodies.ts';
import type { Geometry } from './links.ts';
import type { MeshSource } from './mesh.ts';
import { inertialOf, meshInertial } from './solids.ts';
import { listed, quoted, short } from './words.ts';
import { fail } from './xml.ts';

/** kg/m^3: water's; printed plastic with its gaps, or a shell of aluminium with a motor in it, come near. */
const density = 1000;

/** A mass that stands for none, kg. */
const negligible = 1e-6;

/** Radius of gyration of what is made up, m. */
const gyration = 0.02;

interface Settings {
  readonly mend: boolean;
  readonly mesh?: MeshSource;
}

/**
 * Mass properties of each moving body, in order; the root has none, because it does not move.
 * @throws UrdfError for a body with a moment of inertia below 0, which nothing can move
 */
export function massesOf(bodies: readonly RigidBody[], settings: Settings, notes: string[]): (Inertial | undefined)[] {
  const given = bodies.map((body, i) => (i ? givenMass(body, settings.mend, notes) : undefined));
  const known = given.map((inertial, i) => {
    if (!i || inertial) return inertial;
    return massOfSolids(bodies[i], settings.mesh, notes);
  });
  const total = known.reduce((sum, inertial) => sum + (inertial?.mass ?? 0), 0);
  return known.map((inertial, i) => {
    if (!i) return undefined;
    if (!inertial) return madeUp(bodies[i], total, notes);
    return withoutZeros(bodies[i], inertial, notes);
  });
}

/** What the file says of a body's links, combined; null where that is nothing. */
function givenMass({ name, parts }: RigidBody, mend: boolean, notes: string[]): Inertial | null {
  const inertials = parts.flatMap((part): Inertial[] => {
    const own = part.link.inertial && possible(part, mend, notes);
    return own ? [placed(own, part.frame.position, part.frame.rotation)] : [];
  });
  const mass = inertials.reduce((sum, inertial) => sum + inertial.mass, 0);
  if (!(mass > negligible)) return null;
  const weightless = parts.filter(({ link }) => !link.inertial && (link.visuals.length || link.collisions.length));
  if (weightless.length) {
    const links = listed(weightless.map(({ link }) => quoted(link.name)));
    notes.push(`no mass in the file: ${links}; taken as 0 kg, for other links of ${quoted(name)} have mass`);
  }
  return combine(inertials);
}

/** A link's own inertial, reported where no solid has it, and mended on request. */
function possible({ link }: Part, mend: boolean, notes: string[]): Inertial | undefined {
  const { inertial } = link;
  if (!inertial) return undefined;
  const [least, middle, most] = momentsOf(inertial);
  const isNegative = least < -1e-9 * Math.max(most, -least);
  if (!isNegative && most <= 1.01 * (least + middle)) return inertial;
  if (most === 0 && !isNegative) return inertial;
  const { line, element } = inertial.element;
  const about = shown([least, middle, most]);
  const why = isNegative ? 'are not all positive' : 'break the triangle inequality';
  const what = `line ${line}: ${element}: no solid has these moments of inertia: ${about} kg m^2 ${why}`;
  notes.push(mend ? `${what}; mended` : `${what}; kept as they are; --mend mends them`);
  return mend ? mended(inertial) : inertial;
}

/** Principal moments of inertia, the least first, kg m^2. */
function momentsOf(inertial: Inertial): number[] {
  return [...principal(inertial).principal].sort((a, b) => a - b);
}

const shown = (moments: readonly number[]) => moments.map(short).join(', ');

/**
 * The nearest moments that a solid could have, about the same axes: the mass's second moments along the principal axes, of which
 * each moment of inertia is the sum of two, are raised to a thousandth of the largest.
 */
function mended(inertial: Inertial): Inertial {
  const { mass, center, principal: moments, frame } = principal(inertial);
  const half = (moments[0] + moments[1] + moments[2]) / 2;
  const seconds = moments.map((moment) => half - moment);
  const largest = Math.max(...seconds, mass * 1e-6);
  const [x, y, z] = seconds.map((second) => Math.max(second, largest / 1000));
  return placed({ mass, center: [0, 0, 0], inertia: [y + z, x + z, x + y, 0, 0, 0] }, center, frame);
}

/** Mass of a body whose links have none, from their collision shapes, or else from what is drawn of them. */
function massOfSolids(body: RigidBody, mesh: MeshSource | undefined, notes: string[]): Inertial | null {
  for (const use of ['collisions', 'visuals'] as const) {
    const boxes: string[] = [];
    const solids = body.parts.flatMap(({ link, frame }) =>
      link[use].flatMap((geometry) => solidMass(geometry, { link, frame, isHand: false }, mesh, boxes)),
    );
    if (!solids.length) continue;
    const inertial = combine(solids);
    if (!(inertial.mass > negligible)) continue;
    const from = use === 'collisions' ? 'collision shapes' : 'visual shapes';
    const of = `${from}, of ${density} kg/m^3`;
    notes.push(`"${body.name}" has no mass in the file: ${short(inertial.mass)} kg by its ${of}`);
    for (const uri of boxes) notes.push(`mesh ${uri} encloses no volume: the box around it counts`);
    return inertial;
  }
  return null;
}

function solidMass(geometry: Geometry, part: Part, mesh: MeshSource | undefined, boxes: string[]): Inertial[] {
  const frame = compose(part.frame, geometry.frame);
  if (geometry.kind !== 'mesh') return [inertialOf(geometry, frame, density)];
  const triangles = mesh?.(geometry.uri, geometry.element.line);
  const found = triangles ? meshInertial(triangles, geometry.scale, frame, density) : null;
  if (!found) return [];
  if (!found.isClosed) boxes.push(geometry.uri);
  return [found.inertial];
}

/** A hundredth of what the arm weighs, as a ball: any mass does for a link that the file gives none. */
function madeUp({ name }: RigidBody, total: number, notes: string[]): Inertial {
  const mass = total > 0 ? total / 100 : 0.1;
  notes.push(`"${name}" has no mass in the file, nor a shape to take it from: ${short(mass)} kg made up`);
  return ball(mass, [0, 0, 0]);
}

function ball(mass: number, center: Vec3): Inertial {
  const moment = mass * gyration * gyration;
  return { mass, center, inertia: [moment, moment, moment, 0, 0, 0] };
}

/** A body that resists turning about every axis, as each one does: a rod or a point in the file gets what it lacks. */
function withoutZeros(body: RigidBody, inertial: Inertial, notes: string[]): Inertial {
  const [least, , most] = momentsOf(inertial);
  if (least > 0) return inertial;
  if (least < -1e-9 * most) refuseNegative(body, inertial);
  const added = most > 0 ? most / 100 : inertial.mass * gyration * gyration;
  const [xx, yy, zz, ...products] = inertial.inertia;
  notes.push(`"${body.name}" has no moment of inertia about an axis: ${short(added)} kg m^2 added`);
  return { ...inertial, inertia: [xx + added, yy + added, zz + added, ...products] };
}

/** By the link whose moments reach farthest below 0: of all that are merged into the body it is the one to look at. */
function refuseNegative({ parts }: RigidBody, inertial: Inertial): never {
  const own = parts.flatMap(({ link }) => (link.inertial ? [link.inertial] : []));
  const worst = own.reduce((a, b) => (momentsOf(b)[0] < momentsOf(a)[0] ? b : a), own[0]);
  const found = shown(momentsOf(worst ?? inertial));
  return fail(
    worst?.element ?? parts[0].link.element,
    `expected principal moments of inertia above 0, found ${found} kg m^2; --mend (in code, mend: true) mends them`,
  );
}

/** Reports moving bodies whose mass lies farther out than the arm could carry it: often a placeholder, or a slip of a digit. */
export function noteWide(
  bodies: readonly RigidBody[],
  masses: readonly (Inertial | undefined)[],
  reach: number,
  notes: string[],
): void {
  masses.forEach((inertial, i) => {
    if (!inertial) return;
    const radius = Math.sqrt(Math.max(...principal(inertial).principal, 0) / inertial.mass);
    if (radius <= 0.3 * reach) return;
    notes.push(
      `"${bodies[i].name}" turns like ${short(inertial.mass)} kg at ${short(radius)} m from its middle: far for an arm that reaches ${short(reach)} m; kept`,
    );
  });
}
