import { solvePositiveDefinite } from '../../envs/math/cholesky.ts';
import { jointInertia } from '../../envs/model/joint-inertia.ts';
import { forwardKinematics, jacobian } from '../../envs/model/kinematics.ts';
import { drivenColumns, followLeaders, treeOf } from '../../envs/model/tree.ts';
import type { Recording, RecordingHeader } from '../../envs/recording/header.ts';
import { scaleOf } from '../../envs/spec.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { openEnv, recorded } from '../envs/support.ts';

/** An episode of random actions, of which some are beyond their bounds. */
export function randomEpisode(task: string, arm: string): Recording {
  const env = openEnv(task, arm);
  return recorded(env, randomActor(env), { seedOf: (e) => 5 + e, until: { episodes: 1 }, deterministic: false });
}

/** Where the clipped action of step t sends the tip. */
export function commandedIn({ header, episodes: [{ act, q, steps }] }: Recording, t: number): number[] {
  const [width, joints] = [act.length / steps, q.length / (steps + 1)];
  const action = Array.from(act.subarray(t * width, (t + 1) * width), (a) => Math.min(Math.max(a, -1), 1));
  return sent(header, q.subarray(t * joints, (t + 1) * joints), action);
}

/**
 * How far a drawn command lies off the true one, over its own length; of torques the directions alone are compared.
 * @param drawn from the tip to the arrow's end, m
 */
export function wrongBy({ spec }: RecordingHeader, drawn: readonly number[], truth: readonly number[]): number {
  const length = Math.hypot(...drawn);
  const scale = spec.controller.kind === 'joint-torque' ? length / Math.hypot(...truth) : 1;
  return Math.hypot(...drawn.map((x, i) => x - scale * truth[i])) / Math.max(length, 1e-5);
}

/** Where an action sends the tip by the arm's own kinematics and inertia, m [3]; of a torque, the direction alone. */
function sent({ scene, spec }: RecordingHeader, q: ArrayLike<number>, action: readonly number[]): number[] {
  const { controller } = spec;
  if (controller.kind === 'end-effector-step') return action.slice(0, 3).map((a) => controller.scale * a);
  const { model } = scene.arm;
  const { driven } = treeOf(model);
  if (controller.kind === 'joint-torque') {
    const columns = drivenColumns(model, jacobian(model, forwardKinematics(scene.arm, q)).linear);
    const full = jointInertia(model, q);
    const n = treeOf(model).degrees;
    const inertia = Float64Array.from(driven.flatMap((i) => driven.map((j) => full[i * n + j])));
    const speedUp = solvePositiveDefinite(inertia, Float64Array.from(action));
    return [0, 1, 2].map((i) => columns.reduce((sum, column, k) => sum + column[i] * speedUp[k], 0));
  }
  const h = 1e-5;
  const moved = (by: number) => {
    const to = Float64Array.from(q);
    driven.forEach((i, k) => {
      to[i] += by * scaleOf(controller, k) * (action[k] ?? 0);
    });
    return forwardKinematics(scene.arm, followLeaders(model, to)).tip.position;
  };
  return [0, 1, 2].map((i) => (moved(h)[i] - moved(-h)[i]) / (2 * h));
}
