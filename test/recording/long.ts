import type { Recording } from '../../envs/recording/header.ts';
import { width } from '../../envs/spec.ts';
import { configureEnv, envOf } from '../../envs/tasks/index.ts';
import { noContacts, noJoints, type Trajectory } from '../../envs/trajectory.ts';

/** A recording of the Panda of any size, in no time: its links circle their places in the arm, each episode in a way of its own. */
export function longRecording(lengths: readonly number[]): Recording {
  const { config, spec: whole, scene } = envOf(configureEnv('panda-reach-joints'));
  // Where the links are, no joints would have them.
  const { joints: _, ...spec } = whole;
  const sizes = { obs: width(spec.obs), act: width(spec.act), terms: spec.terms.length, bodies: spec.bodies.length };
  const policy = { name: 'long', kind: 'synthetic', trainedSteps: 0 };
  const header = { env: config, spec, scene, gamma: 0.99, lambda: 0.95, policy };
  return { header, episodes: lengths.map((steps, e) => episode(steps, e, sizes)) };
}

interface Sizes {
  readonly obs: number;
  readonly act: number;
  readonly terms: number;
  readonly bodies: number;
}

function episode(steps: number, e: number, { obs, act, terms, bodies }: Sizes): Trajectory {
  const pose = new Float32Array((steps + 1) * bodies * 7);
  for (let t = 0; t <= steps; t++) {
    for (let b = 0; b < bodies; b++) pose.set(poseOf(t, b, e), (t * bodies + b) * 7);
  }
  return {
    seed: e,
    steps,
    params: Float32Array.of(0.2 * Math.sin(e), 0.2 * Math.cos(e), 0.2),
    obs: new Float32Array((steps + 1) * obs),
    act: new Float32Array(steps * act).map((_, k) => Math.sin(k)),
    unsquashed: new Float32Array(),
    logp: new Float64Array(steps).fill(-5),
    reward: new Float64Array(steps).map((_, t) => -0.2 - 0.1 * Math.sin(t / 9)),
    terms: new Float64Array(steps * terms).map((_, k) => (-0.2 - 0.1 * Math.sin(Math.floor(k / terms) / 9)) / terms),
    pose,
    ...noJoints,
    ...noContacts,
    dynamics: new Float32Array(),
    mean: new Float64Array(steps * act).map((_, k) => 0.8 * Math.sin(k)),
    scale: new Float64Array(steps * act).fill(0.5),
    value: new Float64Array(steps + 1).map((_, t) => -1 + t / steps),
    success: e % 3 === 0,
    end: e % 3 === 0 ? 'terminated' : 'truncated',
  };
}

/** Position and unit quaternion. */
function poseOf(t: number, body: number, e: number): number[] {
  const angle = t / 23 + body / 3 + e;
  const turn = [0, 0, Math.sin(angle / 2), Math.cos(angle / 2)];
  return [-0.6 + 0.1 * body + 0.05 * Math.cos(angle), 0.05 * Math.sin(angle), 0.3 + 0.03 * body, ...turn];
}
