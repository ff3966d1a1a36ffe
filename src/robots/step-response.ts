import { degreesOf, unitOf } from '../../envs/model/tree.ts';
import type { Arm, Joint } from '../../envs/model/types.ts';
import { sceneOf } from '../../envs/model/types.ts';
import { createEnv } from '../../envs/sim/env.ts';
import { field } from '../../envs/spec.ts';
import type { Task } from '../../envs/task.ts';
import { anyArmOptions, jointSteps } from '../../envs/tasks/any-arm.ts';

/** How a joint answers when its motor is given another target, the others holding theirs. */
export interface StepResponse {
  readonly joint: string;
  readonly unit: 'rad' | 'm';
  /** How far the target moves at time 0, rad or m. */
  readonly step: number;
  /** s, from 0 */
  readonly times: readonly number[];
  /** Shares of the step. */
  readonly values: readonly number[];
  /** From when on the joint is within 2 % of the step around where it comes to rest, s; null where it comes to no rest. */
  readonly settling: number | null;
  /** By how much it goes beyond the target, as a share of the step. */
  readonly overshoot: number;
  /** How far from the target it comes to rest, as a share of the step. */
  readonly steadyError: number;
  /** The fastest that it is on the way, rad/s or m/s. */
  readonly peakSpeed: number;
  /** The joint's own limit, rad/s or m/s; null where it has none. */
  readonly maxVelocity: number | null;
}

/** One solver iteration each, as long as one of training's: four of these make a control step. */
const physics = { dt: 0.01, substeps: 1, solverIterations: 1, internalIterations: 8, gravityCompensation: true };
const duration = 2;
/** What counts as at rest: within this share of the step. */
const band = 0.02;
/** The end of the time, in which a joint should be at rest, s. */
const atTheEnd = 0.2;

/** The largest steps, rad and m. */
const largest = { rad: 0.1, m: 0.01 } as const;

/**
 * The step response of every joint that has a motor, from the arm's home. Await `loadPhysics` before.
 * @throws DefinitionError for an arm that cannot be simulated
 */
export function stepResponses(arm: Arm): StepResponse[] {
  const joints = degreesOf(arm);
  const moved = joints.flatMap((joint, i) => (joint.motor && !joint.mimic ? [i] : []));
  const actions = jointSteps(arm, anyArmOptions.jointStep.default);
  const steps = joints.map((joint, i) => stepOf(joint, arm.home[i], actions[i]));
  const batch = createEnv(stepTask(arm, steps)).open(moved.length);
  const width = joints.length;
  const count = Math.round(duration / physics.dt);
  const values = moved.map(() => [0]);
  const speeds = moved.map(() => 0);
  try {
    const act = new Float32Array(moved.length * width);
    moved.forEach((joint, slot) => {
      act[slot * width + joint] = 1;
      batch.start(slot, 0);
    });
    for (let t = 0; t < count; t++) {
      batch.step(act);
      moved.forEach((joint, slot) => {
        const [q, dq] = [0, width].map((part) => batch.obs[2 * slot * width + part + joint]);
        values[slot].push(batch.fault[slot] ? Number.NaN : (q - arm.home[joint]) / steps[joint]);
        speeds[slot] = Math.max(speeds[slot], batch.fault[slot] ? Number.NaN : Math.abs(dq));
      });
    }
  } finally {
    batch.close();
  }
  return moved.map((joint, slot) => responseOf(joints[joint], steps[joint], values[slot], speeds[slot]));
}

/** What a full action asks for at most, towards the farther of the joint's limits and at most half the way there. */
function stepOf(joint: Joint, home: number, action: number): number {
  const { low = -Infinity, high = Infinity } = joint;
  const most = Math.min(largest[unitOf(joint)], action);
  const [down, up] = [home - low, high - home];
  return up >= down ? Math.min(most, up / 2) : -Math.min(most, down / 2);
}

/** Actions choose whose target is moved. */
function stepTask(arm: Arm, steps: readonly number[]): Task {
  const { length } = steps;
  return {
    name: 'step-response',
    scene: sceneOf(arm),
    physics,
    controller: {
      spec: { kind: 'joint-step', scale: 1, unit: 'rad' },
      act: [field('step', length, '1', 'whether the target of a joint is moved')],
      drive: 'position',
      command(_state, action, out) {
        for (let i = 0; i < length; i++) out[i] = arm.home[i] + action[i] * steps[i];
      },
    },
    obs: [field('q', length, 'rad'), field('dq', length, 'rad/s')],
    terms: ['none'],
    params: [],
    markers: [],
    horizon: Math.round(duration / physics.dt) + 1,
    reset() {},
    observe({ q, dq }, _params, out) {
      out.set(q);
      out.set(dq, length);
    },
    reward: (_state, _params, _action, terms) => terms.fill(0),
  };
}

function responseOf(joint: Joint, step: number, values: readonly number[], peakSpeed: number): StepResponse {
  const end = values.slice(-Math.round(atTheEnd / physics.dt));
  const rest = end.reduce((sum, value) => sum + value, 0) / end.length;
  const isAtRest = end.every((value) => Math.abs(value - rest) <= band);
  const lastOutside = values.findLastIndex((value) => !(Math.abs(value - rest) <= band));
  return {
    joint: joint.name,
    unit: unitOf(joint),
    step,
    times: values.map((_, t) => t * physics.dt),
    values,
    settling: isAtRest ? (lastOutside + 1) * physics.dt : null,
    overshoot: Math.max(0, ...values.map((value) => value - 1)),
    steadyError: Math.abs(1 - rest),
    peakSpeed,
    maxVelocity: joint.maxVelocity ?? null,
  };
}
