import { stream } from '../math/random.ts';
import { gravityLoad, jointInertia } from './joint-inertia.ts';
import { degreesOf, treeOf } from './tree.ts';
import type { Arm, Joint, Motor } from './types.ts';
import { drawPosture, limitsOf } from './workspace.ts';

/**
 * Motors for an arm of which only masses and limits are known.
 *
 * A joint that moves an inertia M by itself closes an error critically damped, in the time tau, with stiffness k = M / tau^2 and damping
 * d = 2 M / tau. Three quarters of a small step are then made within a control step of 40 ms, and nothing is left to swing.
 */

/** s; with 10 ms a joint overshoots, with 20 it makes two thirds of a step of 40 ms. */
const tau = 0.015;

/** Damping that no motor adds, N m s/rad: the simulator gives as much to every joint that turns. */
const simulatorDamping = 0.1;

/**
 * Damping of the simulator's implicit motor besides its own, in parts of its stiffness, s: 1.75 times one of its iterations, of which a
 * control step of 40 ms has four. The simulation takes it off a motor's damping.
 */
const implicitDamping = 1.75 * 0.01;

/** How much of what a motor might have to give it can, and the error that it is to close with it, rad or m. */
const reserve = 2;
const step = 0.1;

const postures = 300;

/**
 * A motor for each joint of one degree, at the arm's home posture [J].
 * @param efforts largest force of each joint, N m or N, where it is known [J]
 * @param loads the most that gravity asks of each joint, N m or N [J]
 */
export function motorsOf(
  arm: Arm,
  efforts: readonly (number | undefined)[],
  loads: readonly number[] = largestLoads(arm),
): Motor[] {
  const joints = degreesOf(arm);
  const inertia = jointInertia(arm, arm.home);
  return joints.map((joint, i) => {
    const { stiffness, damping } = gainsOf(inertia[i * joints.length + i], joint);
    return { stiffness, damping, maxForce: efforts[i] ?? reserve * (step * stiffness + loads[i]) };
  });
}

/** The arm with these motors. */
export function withMotors(arm: Arm, motors: readonly Motor[]): Arm {
  const { coordinates } = treeOf(arm);
  return { ...arm, joints: arm.joints.map((joint, i) => ({ ...joint, motor: motors[coordinates[i]] })) };
}

/**
 * Where damping that is there anyway is more than critical, the motor is stiffened until the joint is as quick as the others: light
 * joints would creep otherwise. A prismatic joint has no damping but its own.
 */
function gainsOf(inertia: number, { kind, damping: friction = 0 }: Joint): { stiffness: number; damping: number } {
  const moved = Math.max(inertia, 0);
  const passive = kind === 'prismatic' ? friction : Math.max(simulatorDamping, friction);
  const [stiffness, damping] = [moved / (tau * tau), (2 * moved) / tau];
  if (damping >= passive + implicitDamping * stiffness) return { stiffness, damping: damping - passive };
  const stiffer = Math.max(stiffness, passive / (2 * tau - implicitDamping));
  return { stiffness: stiffer, damping: implicitDamping * stiffer };
}

/** The most that gravity asks of each joint over random postures within its limits, the same ones each time [J], N m or N. */
export function largestLoads(arm: Arm): number[] {
  const [limits, random] = [limitsOf(arm), stream(0, 'workspace')];
  const loads = limits.low.map(() => 0);
  for (let i = 0; i < postures; i++) {
    const load = gravityLoad(arm, drawPosture(arm, limits, random));
    loads.forEach((largest, j) => {
      loads[j] = Math.max(largest, Math.abs(load[j]));
    });
  }
  return loads;
}
