import { degreesOf, unitOf } from '../../envs/model/tree.ts';
import type { Arm, Joint } from '../../envs/model/types.ts';
import { reachOf } from '../../envs/model/workspace.ts';
import { usualPhysics } from '../../envs/task.ts';
import { anyArmOptions, paceOf } from '../../envs/tasks/any-arm.ts';
import { count, figures } from '../report/format.ts';
import type { Table } from '../report/page.ts';
import { fromHere, isWithin } from '../run/files.ts';
import type { RobotReading } from './load.ts';
import type { StepResponse } from './step-response.ts';

/** What an arm is, in words and tables, for the terminal and for pages. */

/** kg */
export function massOf({ bodies }: Arm): number {
  return bodies.reduce((sum, { inertial }) => sum + (inertial?.mass ?? 0), 0);
}

/** "5 joints, reaches 0.42 m, 0.63 kg" */
export function summaryOf(arm: Arm): string {
  const { length } = degreesOf(arm);
  return `${length} ${length === 1 ? 'joint' : 'joints'}, reaches ${reachOf(arm).toFixed(2)} m, ${figures(massOf(arm))} kg`;
}

export function jointTable(arm: Arm): Table {
  return {
    title: 'Joints',
    columns: ['joint', 'kind', 'from', 'to', 'axis', 'limits', 'home', 'velocity'],
    rows: degreesOf(arm).map((joint, i) => [
      `${i + 1} ${joint.name}`,
      joint.mimic ? `${joint.kind}, follows ${joint.mimic.joint}` : joint.kind,
      joint.parent,
      joint.child,
      joint.axis.map(plain).join(' '),
      limitsOf(joint),
      plain(arm.home[i] ?? 0),
      joint.maxVelocity === undefined ? '–' : `${plain(joint.maxVelocity)} ${unitOf(joint)}/s`,
    ]),
    note: 'Axes in the joint’s own frame; limits and home in rad, of slides in m.',
  };
}

export function motorTable(arm: Arm, responses: readonly StepResponse[]): Table {
  return {
    title: 'Motors',
    columns: ['joint', 'stiffness', 'damping', 'effort', 'step', 'settles', 'overshoot', 'steady error', 'peak speed'],
    rows: degreesOf(arm).flatMap(({ name, motor, kind }, i) => {
      if (!motor) return [];
      const found = responses.find(({ joint }) => joint === name);
      const gains = [motor.stiffness, motor.damping, motor.maxForce].map(figures);
      return [
        [
          `${i + 1} ${name}`,
          ...gains.map((gain, k) => `${gain} ${gainUnits[kind === 'prismatic' ? 1 : 0][k]}`),
          ...answer(found),
        ],
      ];
    }),
    note: 'A step of the target, from home, the others holding theirs; a joint has settled when it stays within 2 % of the step.',
  };
}

const gainUnits = [
  ['N m/rad', 'N m s/rad', 'N m'],
  ['N/m', 'N s/m', 'N'],
] as const;

function answer(found: StepResponse | undefined): string[] {
  if (!found) return ['–', '–', '–', '–', '–'];
  const { step, unit, settling, overshoot, steadyError, peakSpeed } = found;
  return [
    `${plain(step)} ${unit}`,
    settling === null ? 'never' : `${settling.toFixed(2)} s`,
    share(overshoot),
    share(steadyError),
    Number.isFinite(peakSpeed) ? `${peakSpeed.toFixed(2)} ${unit}/s` : '–',
  ];
}

function share(value: number): string {
  return Number.isFinite(value) ? `${(100 * value).toFixed(1)} %` : '–';
}

export function bodyTable({ bodies }: Arm): Table {
  return {
    title: 'Bodies',
    columns: ['body', 'mass', 'centre of mass', 'Ixx', 'Iyy', 'Izz'],
    rows: bodies.map(({ name, inertial }) => {
      if (!inertial) return [name, 'stands still', '', '', '', ''];
      const [xx, yy, zz] = inertial.inertia;
      const center = inertial.center.map((value) => plain(value)).join(' ');
      return [name, `${figures(inertial.mass)} kg`, center, ...[xx, yy, zz].map(figures)];
    }),
    note: 'Centres in the body’s own frame, m; moments of inertia about them, kg m².',
  };
}

/** What of the step responses is not as it should be. */
export function remarksOn(responses: readonly StepResponse[]): string[] {
  const fast = responses.filter(({ peakSpeed, maxVelocity }) => maxVelocity !== null && peakSpeed > maxVelocity);
  const each = responses.flatMap(({ joint, settling, overshoot, steadyError }) => [
    ...(settling === null ? [`${joint} does not come to rest within 2 s`] : []),
    ...(overshoot > 0.25 ? [`${joint} goes beyond its target by ${share(overshoot)} of the step`] : []),
    ...(steadyError > 0.05 ? [`${joint} comes to rest ${share(steadyError)} of the step away from its target`] : []),
  ]);
  return fast.length ? [...each, `${fast.map(({ joint }) => joint).join(', ')}: ${fasterForAMoment}`] : each;
}

const fasterForAMoment =
  'faster than the velocity limit for a moment, for the target jumps by what a full action may ask for in a control step';

/** What was read of the meshes, and what is kept of them; null where there are none. */
export function meshTable({ drawn, missing }: Pick<RobotReading, 'drawn' | 'missing'>): Table | null {
  const lost = missing.flatMap(({ link, uri, instead }) =>
    instead ? [[link, lastOf(uri), 'not found', '–', instead]] : [],
  );
  if (!drawn.length && !lost.length) return null;
  const rows = drawn.map(({ link, uri, read, kept, bytes }) => [
    link,
    lastOf(uri),
    count(read),
    kept ? count(kept) : 'none',
    bytes ? `${(bytes / 1000).toFixed(1)} kB` : kept ? 'as above' : '–',
  ]);
  const total = drawn.reduce((sum, { bytes }) => sum + bytes, 0);
  const sum = (of: 'read' | 'kept') => count(drawn.reduce((all, row) => all + row[of], 0));
  const all = drawn.length > 1 ? [['all', '', sum('read'), sum('kept'), `${(total / 1000).toFixed(1)} kB`]] : [];
  return {
    title: 'Meshes',
    columns: ['link', 'mesh', 'triangles', 'kept', 'size'],
    rows: [...rows, ...lost, ...all],
    note: 'Each recording holds what is kept, once for all places where it stands: at most 400 kB.',
  };
}

function lastOf(uri: string): string {
  return uri.replace(/^.*[\\/]/, '');
}

/** What was assumed, a line each. */
export function assumptionsOf({ arm, notes, standIns, missing }: RobotReading): string[] {
  const drawn = missing.length ? 'drawn by other shapes, for meshes are missing' : 'drawn by collision shapes or bones';
  const bodies = standIns.map(({ body, by }) => `${body} (${by})`);
  return [...notes, ...slowness(arm), ...(bodies.length ? [`${drawn}: ${bodies.join(', ')}`] : [])];
}

function slowness(arm: Arm): string[] {
  const step = anyArmOptions.jointStep.default;
  const { dt } = paceOf(arm, step);
  return dt > usualPhysics.dt
    ? [`slow joints: a control step takes ${plain(dt)} s, most of them need as long, or longer, for ${step} rad`]
    : [];
}

/** The meshes that are not there, a line each. */
export function missingMeshesOf({ missing }: Pick<RobotReading, 'missing'>): string[] {
  const shown = (path: string) => (isWithin('', path) ? fromHere(path) : path);
  return missing.map(({ uri, line, lookedAt, instead }) => {
    const drawn = instead ? `; drawn instead: ${instead}` : '';
    return `line ${line}: ${uri}, looked for at ${lookedAt.map(shown).join(', ')}${drawn}`;
  });
}

function limitsOf({ low, high, kind }: Joint): string {
  return low === undefined || high === undefined || kind === 'continuous' ? 'none' : `${plain(low)} to ${plain(high)}`;
}

/** Four decimals at most. */
function plain(value: number): string {
  return String(Number(value.toFixed(4)) + 0);
}
