/** What the motors of an arm gave in a step, from how the arm moved. */
import { treeOf } from '../../envs/model/tree.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import type { JointTorque } from './command.ts';
import { jointAxis, jointInertia } from './inertia.ts';
import { drivenJoints } from './kinematics.ts';

/** Friction of every joint that turns, N m s/rad: Rapier's own. */
const leastDamping = 0.1;

/** Physics of an episode that change what a motion takes. */
const weighing = ['mass', 'payload', 'gravity'];

/**
 * Whether the motions of a recording tell what its motors gave: position motors moved the arm, nothing touched it, gravity was
 * cancelled, and its links weighed what the scene says.
 */
export function tellsTorques({ scene, spec, env }: RecordingHeader): boolean {
  return (
    spec.controller.kind !== 'joint-torque' &&
    !scene.contacts &&
    env.options.gravityCompensation !== false &&
    !spec.dynamics.some(({ name }) => weighing.includes(name)) &&
    treeOf(scene.arm.model).bodies.some(({ inertial }) => inertial)
  );
}

/**
 * The mean torques that the motors of the driven joints gave in the step in view, or in the last one: M dv / dt, with the inertia M
 * half way, and what the joints' friction took. The motors' own law at the recorded states says nothing of a step's mean: within one
 * step a motor speeds its joint up at its limit and brakes. None where a recording holds no velocities.
 */
export function motorTorques({ recording: { header }, episode, step }: Step): JointTorque[] {
  const { scene, spec } = header;
  const { degrees, coordinates } = treeOf(scene.arm.model);
  if (episode.dq.length === 0) return [];
  const t = Math.min(step, episode.steps - 1);
  const bodies = spec.bodies.length * 7;
  const poseOf = (state: number) => episode.pose.subarray(state * bodies, (state + 1) * bodies);
  const [before, after] = [t, t + 1].map((state) => jointInertia(scene, poseOf(state)));
  const change = (values: Float32Array, j: number) =>
    (values[(t + 1) * degrees + j] - values[t * degrees + j]) / spec.dt;
  return drivenJoints(scene).map(({ body, kind, motor, damping = 0 }) => {
    const j = coordinates[body];
    const slides = kind === 'prismatic';
    const friction = (slides ? damping : Math.max(damping, leastDamping)) * change(episode.q, j);
    const moved = before[j].reduce((sum, m, k) => sum + 0.5 * (m + after[j][k]) * change(episode.dq, k), 0);
    const torque = moved + friction;
    const share = motor ? Math.max(-1, Math.min(torque / motor.maxForce, 1)) : 0;
    return { ...jointAxis(scene, poseOf(t), body), slides, torque, share };
  });
}

interface Step {
  readonly recording: { readonly header: RecordingHeader };
  readonly episode: Trajectory;
  readonly step: number;
}
