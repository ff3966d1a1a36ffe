import * as v from 'valibot';
import { arms } from '../../envs/arms/index.ts';
import { software } from '../../envs/recording/sealed.ts';
import type { Field } from '../../envs/spec.ts';
import { parameterTensors } from '../policy/file.ts';
import { clipAt, deviations } from '../policy/normalizer.ts';
import type { OpenedPolicy } from '../policy/open.ts';

/** A policy as plain numbers: all that another program needs to act as Armature does. */
export interface PolicyModel {
  readonly observation: readonly Field[];
  readonly action: readonly Field[];
  /** x = clip((observation - mean) / deviation, -clip, clip); mean and deviation [O]. */
  readonly normalizer: { readonly mean: Float64Array; readonly deviation: Float64Array; readonly clip: number };
  /** In turn: tanh(x W + b), but for the last, which is linear. */
  readonly layers: readonly Layer[];
  readonly distribution: Spread;
  /** Facts about the policy, texts by name: task, arm, control. */
  readonly about: Readonly<Record<string, string>>;
}

/** y = x W + b */
export interface Layer {
  /** What its tensors' names begin with. */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** W [inputs, outputs], row-major. */
  readonly weight: Float64Array;
  /** b [outputs] */
  readonly bias: Float64Array;
}

/** The Gaussian around the last layer's first A outputs. */
export interface Spread {
  readonly family: string;
  /** Whether an action is the tanh of what the Gaussian gives. */
  readonly squashed: boolean;
  /**
   * Standard deviations [A], or the lower Cholesky factor of the covariance [A, A]; null where log sigma is the second half of the
   * last layer's outputs.
   */
  readonly scale: Float64Array | null;
}

/** @param digest SHA-256 of the policy file, in hex */
export function modelOf(opened: OpenedPolicy, digest: string): PolicyModel {
  const { observation, action, family, policy, theta, normalizer } = opened;
  const { distribution } = policy;
  const { squashed, outputs, actions, shared } = distribution;
  const phi = theta.subarray(theta.length - shared);
  return {
    observation,
    action,
    normalizer: { mean: normalizer.mean, deviation: deviations(normalizer), clip: clipAt },
    layers: layersOf(opened),
    distribution: {
      family,
      squashed,
      scale: outputs === actions ? distribution.scale(new Float64Array(outputs), phi, 1) : null,
    },
    about: { ...aboutRun(opened), policy_sha256: digest, written_by: software },
  };
}

function layersOf({ policy, theta }: OpenedPolicy): Layer[] {
  const tensors = parameterTensors(policy, theta);
  const of = (name: string) => tensors[name].data as Float64Array;
  return policy.widths.slice(1).map((outputs, l) => {
    const name = `network.${l}`;
    return { name, inputs: policy.widths[l], outputs, weight: of(`${name}.weight`), bias: of(`${name}.bias`) };
  });
}

const armSchema = v.looseObject({
  joints: v.array(v.looseObject({ name: v.string(), kind: v.string(), mimic: v.optional(v.unknown()) })),
});
const configSchema = v.looseObject({
  env: v.looseObject({
    env: v.string(),
    arm: v.string(),
    options: v.record(v.string(), v.unknown()),
    robot: v.optional(armSchema),
  }),
  algorithm: v.string(),
  seed: v.number(),
});
const specSchema = v.looseObject({
  dt: v.number(),
  controller: v.looseObject({ kind: v.string() }),
});

/** What the file tells of itself; of a file of long ago, less. */
function aboutRun({ metadata, observation, action }: OpenedPolicy): Record<string, string> {
  const config = v.safeParse(configSchema, JSON.parse(metadata.config ?? 'null'));
  const spec = v.safeParse(specSchema, JSON.parse(metadata.spec ?? 'null'));
  return {
    ...(config.success && {
      task: config.output.env.env,
      arm: config.output.env.arm,
      ...jointsOf(config.output.env),
      task_options: JSON.stringify(config.output.env.options),
      algorithm: config.output.algorithm,
      seed: String(config.output.seed),
    }),
    ...(spec.success && {
      control_period_s: String(spec.output.dt),
      controller: JSON.stringify(spec.output.controller),
    }),
    observation_fields: JSON.stringify(observation),
    action_fields: JSON.stringify(action),
  };
}

/** Names of the joints that move by themselves, in the order of joint angles and actions; none for an arm of a user's module. */
function jointsOf({ arm, robot }: v.InferOutput<typeof configSchema>['env']): { joints?: string } {
  const found = robot ?? (Object.hasOwn(arms, arm) ? arms[arm] : undefined);
  if (!found) return {};
  const moving = found.joints.filter(({ kind, mimic }) => kind !== 'fixed' && kind !== 'free' && !mimic);
  return { joints: JSON.stringify(moving.map(({ name }) => name)) };
}
