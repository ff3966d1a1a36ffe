import { tensorsOf } from '../../envs/recording/episodes.ts';
import { allocate, type Tensor } from '../../envs/recording/safetensors.ts';
import { encodeSealed } from '../../envs/recording/sealed.ts';
import type { EnvSpec } from '../../envs/spec.ts';
import { parameterTensors, past, policyFormat } from '../policy/file.ts';
import { arraysOf, type Learner } from '../train/learner.ts';
import { versionsOf } from './schema.ts';

/** The tensor that says how many episodes there are in each batch that is used again. */
export const batches = `${past}batches`;

/**
 * A learner as a file: the parameters with the observation statistics, the baseline, and everything else that training
 * goes on from. The same learner gives the same bytes.
 */
export function encodePolicy(learner: Learner, metrics: string | null = null): Promise<Uint8Array<ArrayBuffer>> {
  return encode(learner, () => true, { ...(metrics && { metrics }) });
}

/** What a file says of itself from which no run goes on. */
export const toAct = 'act';

/**
 * A learner as a file without what only training goes on from, which is a third of the size: it acts, is evaluated and is exported as any
 * other.
 */
export function encodeToAct(learner: Learner): Promise<Uint8Array<ArrayBuffer>> {
  return encode({ ...learner, history: [] }, (name) => !isForTraining(name), { use: toAct });
}

/** Whether an array of a learner changes nothing of how it acts: what an algorithm carries on, and Adam's moments of a baseline. */
export function isForTraining(name: string): boolean {
  return /^algorithm\.|^baseline\.(m|v|powers)$/.test(name);
}

function encode(
  learner: Learner,
  isKept: (name: string) => boolean,
  more: Readonly<Record<string, string>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const { theta, ...all } = arraysOf(learner);
  const others = Object.fromEntries(Object.entries(all).filter(([name]) => isKept(name)));
  const tensors = Object.fromEntries(
    Object.entries(others).map(([name, data]): [string, Tensor] => [
      name,
      { dtype: 'F64', shape: [data.length], data: Float64Array.from(data) },
    ]),
  );
  const count: Tensor = { dtype: 'I64', shape: [1], data: allocate('I64', 1).fill(BigInt(learner.normalizer.count)) };
  return encodeSealed(
    policyFormat,
    { ...parameterTensors(learner.acting, theta), ...tensors, 'observations.count': count, ...historyTensors(learner) },
    {
      versions: JSON.stringify(versionsOf(learner.training.backend)),
      config: JSON.stringify(learner.training.config),
      spec: JSON.stringify(learner.env.spec),
      progress: JSON.stringify(learner.progress),
      ...more,
    },
  );
}

/** Nothing is learned from how the joints stood, and files of earlier versions do not have it. */
export function withoutJoints({ joints: _, ...spec }: EnvSpec): EnvSpec {
  return spec;
}

/** The episodes of all batches end to end, and how many there are in each; no tensors where there are none. */
function historyTensors({ env, history }: Learner): Record<string, Tensor> {
  if (!history.length) return {};
  const sizes = Int32Array.from(history, (episodes) => episodes.length);
  const columns = Object.entries(tensorsOf(withoutJoints(env.spec), history.flat()));
  return {
    ...Object.fromEntries(columns.map(([name, tensor]) => [`${past}${name}`, tensor])),
    [batches]: { dtype: 'I32', shape: [sizes.length], data: sizes },
  };
}
