import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { arms } from '../../envs/arms/index.ts';
import type { Arm } from '../../envs/model/types.ts';
import type { PhysicsSettings } from '../../envs/task.ts';
import type { Motion } from '../../src/robots/motions.ts';
import { quantile } from '../../src/statistics/intervals.ts';
import {
  type Angles,
  differenceOf,
  forced,
  inMujoco,
  inRapier,
  smooth,
  squares,
  taskMotion,
} from '../envs/arm-in-mujoco.ts';
import { motorOf } from '../envs/support.ts';
import { bareSteps, physicsOf, targetsOf } from './arms.ts';
import { isOnFront, type Point } from './front.ts';
import { drawFront } from './front-plot.ts';
import { interleave, spread } from './measure.ts';
import { digits, type Section } from './report.ts';

const { panda } = arms;

/** What envs/sim/plan.ts takes off a motor's damping, in units of its stiffness times the small step. */
const ownCorrection = 1.75;
interface Setting {
  readonly substeps: number;
  readonly solverIterations: number;
  readonly internalIterations: number;
  /** Damping taken off the motors; `ownCorrection` as the arm is. */
  readonly correction: number;
}

const iterations = [
  [1, 1],
  [1, 8],
  [2, 1],
  [2, 4],
  [2, 8],
  [3, 4],
  [3, 8],
  [4, 1],
  [4, 2],
  [4, 4],
  [4, 8],
  [4, 16],
  [5, 8],
  [6, 8],
  [8, 1],
  [8, 8],
  [16, 8],
] as const;
const substeps = [
  [2, 2, 8],
  [4, 1, 8],
] as const;
const corrections = [0, 1, 1.5, 2];

function settingsOf(own: PhysicsSettings): Setting[] {
  const { solverIterations, internalIterations } = own;
  return [
    ...iterations.map(([solver, internal]) => settingOf(1, solver, internal)),
    ...substeps.map(([count, solver, internal]) => settingOf(count, solver, internal)),
    ...corrections.map((correction) => ({ ...settingOf(1, solverIterations, internalIterations), correction })),
  ];
}

function settingOf(substeps: number, solverIterations: number, internalIterations: number): Setting {
  return { substeps, solverIterations, internalIterations, correction: ownCorrection };
}

/**
 * Cost against accuracy: what of the solver's effort buys how much likeness to MuJoCo, under gravity.
 * @param write whether the plot in the repository is drawn anew
 */
export async function physicsSection(rounds: number, write: boolean): Promise<Section> {
  const own = physicsOf({ gravityCompensation: false });
  const settings = settingsOf(own);
  const errors = await errorsOf(settings, own);
  const costs = costsOf(settings, own, Math.max(3, Math.ceil(rounds / 2)));
  const points = settings.map((setting, i): Point => {
    const { median: cost, low, high } = spread(costs[i]);
    const name = nameOf(setting);
    const isPlain = setting.correction === ownCorrection && setting.substeps === 1;
    const isDefault = name === nameOf({ ...own, correction: ownCorrection });
    return { name, isDefault, isPlain, cost, low, high, ...errors[i] };
  });
  const plot = 'assets/physics-front.svg';
  if (write) writeFileSync(fileURLToPath(new URL(`../../../${plot}`, import.meta.url)), drawFront(points));
  return {
    name: 'physics',
    title: 'Physics: cost of a control step of the Panda against its distance from MuJoCo, with gravity',
    figures: [],
    grids: [gridOf(points)],
    notes: [
      'RMS difference of a joint angle over 3 s of 1 smooth motion, 20 task motions, and 4 and 3 at the force limits.',
      'MuJoCo has the same links and motors, implicitfast, and steps of 0.5 ms.',
      `* on the front: nothing cheaper is closer at its worst. ${write ? 'Plot:' : '--write draws'} ${plot}`,
    ],
  };
}

function nameOf({ substeps, solverIterations, internalIterations, correction }: Setting): string {
  const steps = substeps > 1 ? `${substeps} substeps of ` : '';
  const motors = correction === ownCorrection ? '' : `, damping less ${correction} k h`;
  return `${steps}${solverIterations}x${internalIterations}${motors}`;
}

function physicsFor(
  own: PhysicsSettings,
  { substeps, solverIterations, internalIterations }: Setting,
): PhysicsSettings {
  return { ...own, substeps, solverIterations, internalIterations };
}

/** The Panda whose motors come to another correction. */
function armFor(own: PhysicsSettings, { correction, substeps, solverIterations }: Setting): Arm {
  const h = own.dt / substeps / solverIterations;
  const joints = panda.joints.map((joint) => {
    const motor = motorOf(joint);
    const damping = motor.damping + (ownCorrection - correction) * motor.stiffness * h;
    return { ...joint, motor: { ...motor, damping } };
  });
  return { ...panda, joints };
}

async function errorsOf(settings: readonly Setting[], own: PhysicsSettings) {
  const motions: Record<'smooth' | 'task' | 'forced' | 'square', Motion[]> = {
    smooth: [smooth],
    task: Array.from({ length: 20 }, (_, i) => taskMotion(i + 1)),
    forced,
    square: squares,
  };
  const reference = new Map<Motion, Angles>();
  for (const motion of Object.values(motions).flat()) reference.set(motion, await inMujoco(motion, own.dt));
  return settings.map((setting) => {
    const off = (kind: keyof typeof motions) =>
      motions[kind].map((motion) => {
        const angles = inRapier(motion, physicsFor(own, setting), armFor(own, setting));
        return differenceOf(angles, reference.get(motion) as Angles).rms;
      });
    const [still, task] = [off('smooth'), off('task')];
    return {
      smooth: together(still),
      task: together(task),
      worst: Math.max(...still, ...task),
      forced: together(off('forced')),
      square: together(off('square')),
    };
  });
}

/** Root mean square. */
function together(rms: readonly number[]): number {
  return Math.sqrt(rms.reduce((sum, value) => sum + value * value, 0) / rms.length);
}

/** World.step alone, 64 arms: its median, for steps are alike. */
function costsOf(settings: readonly Setting[], own: PhysicsSettings, rounds: number) {
  const targets = targetsOf(own, 64, 20);
  const ways = Object.fromEntries(
    settings.map((setting, i) => [String(i), () => quantile(bareSteps(physicsFor(own, setting), targets), 0.5)]),
  );
  const samples = interleave(rounds, ways, 1);
  return settings.map((_, i) => samples[String(i)]);
}

function gridOf(points: readonly Point[]) {
  return {
    title: 'Solver iterations x internal iterations; us per arm and control step, 64 arms; rad RMS',
    heads: ['', 'us', 'quartiles', 'smooth', 'task', 'worst of both', 'fast sines', 'square waves', ''],
    rows: points.map((point) => [
      point.name,
      point.cost,
      `${digits(point.low)} .. ${digits(point.high)}`,
      point.smooth,
      point.task,
      point.worst,
      point.forced,
      point.square,
      [isOnFront(point, points) ? '*' : '', point.isDefault ? 'default' : ''].join(' ').trim(),
    ]),
  };
}
