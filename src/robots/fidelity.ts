import { degreesOf, unitOf } from '../../envs/model/tree.ts';
import { type Arm, type Scene, sceneOf } from '../../envs/model/types.ts';
import { loadMujoco } from '../../envs/sim/mujoco-engine.ts';
import { type SimulatedArms, Simulation } from '../../envs/sim/simulation.ts';
import { type PhysicsSettings, usualPhysics } from '../../envs/task.ts';
import { figures } from '../report/format.ts';
import type { Table } from '../report/page.ts';
import { type Motion, motionsOf } from './motions.ts';

/** How far an arm's joints are from where MuJoCo has them, in one kind of motion. */
export interface Fidelity {
  readonly motion: string;
  /** RMS difference of each joint, rad or m [J], and of all of them. */
  readonly joints: readonly number[];
  readonly all: number;
  /** Largest difference, rad or m. */
  readonly largest: number;
}

/** Motions of a task that are compared. */
const tasks = 5;

/**
 * The arm with its motors here and in MuJoCo, under gravity that nothing compensates: a smooth motion and those of a task. Await
 * `loadPhysics` before.
 * @throws MujocoMissing where its package is not installed
 */
export async function fidelityOf(arm: Arm, physics: PhysicsSettings = usualPhysics): Promise<Fidelity[]> {
  const { smooth, taskMotion } = motionsOf(arm);
  const steps = Array.from({ length: tasks }, (_, seed) => taskMotion(seed + 1));
  const compared: [string, Motion[]][] = [
    ['smooth motion', [smooth]],
    ['steps of a task', steps],
  ];
  const heavy = { ...physics, gravityCompensation: false };
  return Promise.all(
    compared.map(async ([motion, motions]) => {
      const pairs = motions.map(async (targets): Promise<[Positions, Positions]> => {
        const scene = sceneOf(arm);
        return [moveInRapier(scene, targets, heavy), await moveInMujoco(scene, targets, heavy)];
      });
      return { motion, ...differenceOf(await Promise.all(pairs)) };
    }),
  );
}

/** Joint positions at the ends of the control steps, rad or m [T][J]. */
export type Positions = readonly (readonly number[])[];

/** What an arm's motors make of targets [T][J], from its home posture. */
export function moveInRapier(scene: Scene, targets: Motion, physics: PhysicsSettings): Positions {
  return move(new Simulation(scene, physics, { drive: 'position' }, 1), scene, targets);
}

/** Steps so small that MuJoCo's own error does not count, s. */
const fineTimestep = 0.0005;

/**
 * The same in MuJoCo.
 * @throws MujocoMissing where its package is not installed
 */
export async function moveInMujoco(scene: Scene, targets: Motion, physics: PhysicsSettings): Promise<Positions> {
  const engine = await loadMujoco(fineTimestep);
  return move(engine.open({ scene, physics, controller: { drive: 'position' } }, 1), scene, targets);
}

function move(simulation: SimulatedArms, { arm }: Scene, targets: Motion): Positions {
  const none = new Float64Array(0);
  try {
    const state = simulation.place(0, arm.model.home, null, none, none);
    return targets.map((target) => {
      simulation.command(0, target);
      simulation.step();
      simulation.read(0);
      return Array.from(state.q);
    });
  } finally {
    simulation.close();
  }
}

/** Differences of positions [T][J], each pair from two engines. */
export function differenceOf(pairs: readonly (readonly [Positions, Positions])[]): Omit<Fidelity, 'motion'> {
  const rows = pairs.flatMap(([a, b]) => a.map((row, t) => row.map((value, i) => Math.abs(value - b[t][i]))));
  const rms = (values: readonly number[]) =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  return {
    joints: rows[0].map((_, i) => rms(rows.map((row) => row[i]))),
    all: rms(rows.flat()),
    largest: Math.max(...rows.flat()),
  };
}

/** RMS differences by joint and motion. */
export function fidelityTable(arm: Arm, found: readonly Fidelity[]): Table {
  const joints = degreesOf(arm);
  const unit = joints.some(({ kind }) => kind === 'prismatic') ? 'rad or m' : 'rad';
  return {
    title: 'Against MuJoCo',
    columns: ['RMS difference', ...found.map(({ motion }) => motion)],
    rows: [
      ...joints.map(({ name }, i) => [
        `${i + 1} ${name}`,
        ...found.map((one) => `${figures(one.joints[i])} ${unitOf(joints[i])}`),
      ]),
      ['all joints', ...found.map(({ all }) => `${figures(all)} ${unit}`)],
      ['at most', ...found.map(({ largest }) => `${figures(largest)} ${unit}`)],
    ],
    note: `The same links, limits and motors for 3 s from home, under gravity that nothing compensates: sines of 0.3 rad, and ${tasks} times the random steps of up to 0.05 rad that an untrained policy takes. Slides move a fifth as far, in m.`,
  };
}
