import * as v from 'valibot';
import { parseJson } from '../../envs/recording/json.ts';
import { decodeSealed } from '../../envs/recording/sealed.ts';
import { field, index, real } from '../../envs/schema.ts';
import { type Field, width } from '../../envs/spec.ts';
import { distributions } from './distributions/index.ts';
import { checkNumbers, checkSpread, dataOf, policyFormat, thetaIn } from './file.ts';
import { sizeOf } from './network/types.ts';
import { defaultBackend } from './network/wasm.ts';
import type { Normalizer } from './normalizer.ts';
import { createPolicy, type Policy } from './policy.ts';

/** What of a policy file acts, without the environment that it was trained in. */
export interface OpenedPolicy {
  /** What an observation [O] consists of. */
  readonly observation: readonly Field[];
  /** What an action [A] consists of. */
  readonly action: readonly Field[];
  /** Name of the family of its action distributions. */
  readonly family: string;
  readonly policy: Policy;
  readonly theta: Float64Array;
  readonly normalizer: Normalizer;
  /** JSON by name: what made it. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What of a run's configuration makes the policy. */
const configSchema = v.looseObject({
  options: v.looseObject({
    policy: v.picklist(Object.keys(distributions)),
    initialLogSigma: real,
    hiddenWidth: v.pipe(index, v.minValue(1), v.maxValue(4096)),
    hiddenLayers: v.pipe(index, v.maxValue(16)),
  }),
});

const fields = v.pipe(v.array(field), v.minLength(1));
const specSchema = v.looseObject({ obs: fields, act: fields });

/**
 * @param bytes of a policy.safetensors, as a run's folder has it
 * @param file the file's name, for messages
 * @throws FileError when it is not a whole and consistent policy file
 */
export async function openPolicy(bytes: Uint8Array, file: string): Promise<OpenedPolicy> {
  const content = await decodeSealed(policyFormat, bytes, file);
  const { metadata, tensors } = content;
  checkNumbers(tensors, file);
  const numbers = (name: string, length?: number) => dataOf(tensors, name, 'F64', file, length);
  const { options } = parseJson(configSchema, metadata.config ?? '', file, 'config');
  const mean = numbers('observations.mean');
  const hidden = new Array<number>(options.hiddenLayers).fill(options.hiddenWidth);
  const distributionOf = (actions: number) => distributions[options.policy].create(actions, options.initialLogSigma);
  const widthsFor = (actions: number) => [mean.length, ...hidden, distributionOf(actions).outputs];
  const sizeFor = (actions: number) => sizeOf(widthsFor(actions)) + distributionOf(actions).shared;
  const spec = metadata.spec
    ? parseJson(specSchema, metadata.spec, file, 'spec')
    : unnamed(mean.length, actionsOf(sizeFor, numbers('theta').length));
  numbers('observations.mean', width(spec.obs));
  const squares = numbers('observations.squares', mean.length);
  const distribution = distributionOf(width(spec.act));
  // A network is made only once its parameters are known to be those of the file: a configuration can claim gigabytes.
  const theta = thetaIn(content, widthsFor(width(spec.act)), distribution, file);
  const policy = createPolicy(defaultBackend, mean.length, hidden, distribution);
  checkSpread(policy, theta, content, file);
  const [count] = dataOf(tensors, 'observations.count', 'I64', file, 1);
  const normalizer = { count: Number(count), mean, squares };
  return { observation: spec.obs, action: spec.act, family: options.policy, policy, theta, normalizer, metadata };
}

/** More than any arm has. */
const mostActions = 1000;

/** Files from before there were specs in them tell the number of actions by that of the parameters. */
function actionsOf(sizeFor: (actions: number) => number, size: number): number {
  let actions = 1;
  while (actions < mostActions && sizeFor(actions) < size) actions++;
  return actions;
}

function unnamed(obs: number, act: number) {
  const one = (name: string, size: number): Field => ({ name, size, unit: '', description: '' });
  return { obs: [one('observation', obs)], act: [one('action', act)] };
}
