import * as v from 'valibot';
import { DefinitionError } from '../../envs/model/definition-error.ts';
import { UsageError } from '../../envs/options.ts';
import { episodesOf } from '../../envs/recording/episodes.ts';
import { FileError } from '../../envs/recording/errors.ts';
import { checked, parseJson } from '../../envs/recording/json.ts';
import type { Tensor } from '../../envs/recording/safetensors.ts';
import { decodeSealed, type Unsealed } from '../../envs/recording/sealed.ts';
import { upgradeTensors } from '../../envs/recording/upgrade.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { checkNumbers, checkSpread, dataOf, past, policyFormat, thetaIn } from '../policy/file.ts';
import type { NetBackend } from '../policy/network/types.ts';
import { policyFor } from '../rollout/acting-policy.ts';
import { type AtHand, configureTraining, findBuiltIn, trainingOf } from '../train/config.ts';
import { arraysOf, createLearner, type Learner, type Progress, policyPartsOf } from '../train/learner.ts';
import type { FindRegistry } from '../train/registry.ts';
import type { TrainConfig, Training } from '../train/training.ts';
import { batches, isForTraining, toAct, withoutJoints } from './encode-policy.ts';
import { asConfigured, configSchema, index, real, type Versions, versionsSchema } from './schema.ts';

/** A learner out of a file, and the versions of what wrote it. */
export interface SavedPolicy {
  readonly learner: Learner;
  readonly versions: Versions;
  /** SHA-256 of the table of metrics that goes with it, in hex; null where there is none. */
  readonly metrics: string | null;
}

const progressSchema: v.GenericSchema<unknown, Progress> = v.strictObject({
  iteration: index,
  envSteps: index,
  evalSteps: index,
  lastEvaluated: index,
  solvedInARow: index,
  solvedAt: v.nullable(index),
  best: v.nullable(
    v.strictObject({ iteration: index, isWhole: v.optional(v.boolean(), true), successRate: real, meanReturn: real }),
  ),
});

/** What is looked at of the environment's description, all of which the configuration tells anew. */
const stepSchema = v.looseObject({ dt: real });

type Tensors = Readonly<Record<string, Tensor>>;

/** What a policy file is opened with. */
export interface PolicyOpening {
  /** What the policy was trained on, to go on with; to act, it needs none. */
  readonly backend?: NetBackend;
  /** What the names in it stand for; what ships if not given. */
  readonly find?: FindRegistry;
}

/**
 * @param file the file's name, for messages
 * @throws FileError when it is not a whole and consistent policy file
 */
export async function decodePolicy(
  bytes: Uint8Array,
  file: string,
  { backend, find = findBuiltIn }: PolicyOpening = {},
): Promise<SavedPolicy> {
  const content = await decodeSealed(policyFormat, bytes, file);
  const { metadata, tensors, version } = content;
  checkNumbers(tensors, file);
  const parse = <T>(schema: v.GenericSchema<unknown, T>, name: string) =>
    parseJson(schema, metadata[name] ?? '', file, name);
  const saved = parse(configSchema, 'config');
  const registry = await find(saved);
  const config = asConfigured(saved, configureTraining, registry, file);
  const training = trainingIn(file, config, { backend, registry });
  if (metadata.spec !== undefined) checkStep(training, parse(stepSchema, 'spec').dt, file);
  const learner = sizedLearner(training, content, file);
  const isToAct = metadata.use === toAct;
  if (isToAct && backend) {
    const expected = 'a policy with all that training goes on from';
    throw new FileError('inconsistent', file, { place: 'use', expected, found: 'one to act by' });
  }
  const { theta: _, ...others } = arraysOf(learner);
  for (const [name, data] of Object.entries(others)) {
    if (isToAct && isForTraining(name)) continue;
    data.set(dataOf(tensors, name, 'F64', file, data.length));
  }
  checkSpread(learner.acting, learner.theta, content, file);
  const [count] = dataOf(tensors, 'observations.count', 'I64', file, 1);
  learner.normalizer.count = checked(index, Number(count), file, 'observations.count');
  // Version 2 had another name for the progress, and in its episodes the parameters were a goal.
  const isOld = version === 2;
  Object.assign(learner.progress, parse(progressSchema, isOld ? 'standing' : 'progress'));
  learner.history.push(...historyOf(learner, tensors, file, isOld ? upgradeTensors : (columns) => columns));
  return { learner, versions: parse(versionsSchema, 'versions'), metrics: metadata.metrics ?? null };
}

/**
 * The training of a file's configuration. Its options are possible each by itself, but need not go together; its robot has the shape of
 * an arm, which need not be one that can be simulated.
 */
function trainingIn(file: string, config: TrainConfig, atHand: AtHand): Training {
  try {
    return trainingOf(config, atHand);
  } catch (error) {
    if (error instanceof UsageError) {
      const expected = 'options that go together';
      throw new FileError('inconsistent', file, { place: 'config', expected, found: error.message });
    }
    if (!config.env.robot || !(error instanceof DefinitionError)) throw error;
    const place = 'config.env.robot';
    throw new FileError('inconsistent', file, { place, expected: 'an arm', found: error.message });
  }
}

/** Actions are for a control step of one length: in steps of another they would move the arm by something else. */
function checkStep({ env: { spec } }: Training, dt: number, file: string): void {
  if (dt === spec.dt) return;
  const expected = `control steps of ${spec.dt} s, as this version has them here`;
  throw new FileError('inconsistent', file, { place: 'spec.dt', expected, found: `${dt} s` });
}

/** A new learner, made only once its size is known to be the file's: a configuration can claim gigabytes. */
function sizedLearner(training: Training, content: Unsealed, file: string): Learner {
  const { widths, distribution } = policyFor(training.env.spec, policyPartsOf(training));
  const theta = thetaIn(content, widths, distribution, file);
  const learner = createLearner(training);
  learner.theta.set(theta);
  return learner;
}

function historyOf(
  { env, policy, training }: Learner,
  tensors: Tensors,
  file: string,
  upgrade: (columns: Tensors) => Tensors,
): Trajectory[][] {
  if (!tensors[batches]) return [];
  const most = training.options.reuse;
  const sizes = Array.from(dataOf(tensors, batches, 'I32', file, Math.min(most, tensors[batches].data.length)));
  const columns = Object.entries(tensors).filter(([name]) => name.startsWith(past) && name !== batches);
  const own = Object.fromEntries(columns.map(([name, tensor]) => [name.slice(past.length), tensor]));
  const episodes = episodesOf(withoutJoints(env.spec), upgrade(own), file, policy.distribution.squashed);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== episodes.length || sizes.some((size) => size < 1)) {
    const [expected, found] = [`batches of ${episodes.length} episodes in all`, sizes.join(', ')];
    throw new FileError('inconsistent', file, { place: `tensor ${batches}`, expected, found });
  }
  return sizes.map((size) => episodes.splice(0, size));
}
