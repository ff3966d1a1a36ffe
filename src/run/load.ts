import { join } from 'node:path';
import { FileError } from '../../envs/recording/errors.ts';
import { findBuiltIn, learnerOf } from '../train/config.ts';
import type { Learner } from '../train/learner.ts';
import type { FindRegistry } from '../train/registry.ts';
import { decodePolicy, type PolicyOpening, type SavedPolicy } from './checkpoint.ts';
import { Failure } from './failure.ts';
import { exists, isFolder, namesIn, read } from './files.ts';
import { isNumbered, names } from './folder.ts';
import { csvOf, digestOf, linesOfFirst } from './metrics.ts';
import { decodePlan, differences, type RunPlan, type SavedPlan } from './plan.ts';
import type { Versions } from './schema.ts';

/** Called with what the user should know of while work goes on. */
export type Warn = (message: string) => void;

/** What a run's folder says that the run is. */
export async function loadPlan(run: string, find?: FindRegistry): Promise<SavedPlan> {
  const file = join(run, names.config);
  return decodePlan(await read(file), file, find);
}

/** A learner to go on with. */
export interface LoadedLearner {
  readonly learner: Learner;
  /** The table of metrics up to the learner's progress. */
  readonly lines: readonly string[];
  /** Those of what wrote the checkpoint. */
  readonly versions: Versions;
}

/**
 * The learner of the run's latest whole checkpoint, or the one before the first iteration.
 * @param warn called with what is wrong with a checkpoint that is passed over
 * @param opening with the backend that the run was trained on, where the learner is to go on
 */
export async function loadLearner(
  run: string,
  { plan, versions, isSealed }: SavedPlan,
  warn: Warn,
  opening: PolicyOpening = {},
): Promise<LoadedLearner> {
  const file = join(run, names.config);
  const checkpoint = await latestCheckpoint(run, warn, opening);
  const changes = checkpoint ? differences(checkpoint.learner.training.config, plan.config) : [];
  if (changes.length) throw new Failure(`${file} is not that of the checkpoint: ${changes.join(', ')}`);
  if (!isSealed) throw damaged(file, 'checksum', 'that of the content', 'another');
  if (checkpoint) return { ...checkpoint, lines: await linesOf(checkpoint, plan, run) };
  if (plan.fork) throw new Failure(`cannot resume ${run}: it holds no ${names.policy}`);
  const { backend, find = findBuiltIn } = opening;
  return { learner: learnerOf(plan.config, { backend, registry: await find(plan.config) }), lines: [], versions };
}

/** The table of metrics as it was when the checkpoint was written. */
async function linesOf({ learner, metrics }: SavedPolicy, { fork }: RunPlan, run: string): Promise<string[]> {
  const file = join(run, names.metrics);
  const iterations = learner.progress.iteration - (fork?.iteration ?? 0);
  const lines = linesOfFirst(iterations, exists(file) ? new TextDecoder().decode(await read(file)) : '');
  if (!lines) throw damaged(file, 'lines', `a heading and ${iterations} iterations`, 'less');
  if (iterations && digestOf(csvOf(lines)) !== metrics) {
    throw damaged(file, `its first ${iterations} iterations`, 'those that were written', 'others');
  }
  return lines;
}

function damaged(file: string, place: string, expected: string, found: string): FileError {
  return new FileError('damaged', file, { place, expected, found });
}

/** The newest checkpoint of the run that is whole; null where there is none. */
async function latestCheckpoint(run: string, warn: Warn, opening: PolicyOpening): Promise<SavedPolicy | null> {
  const folder = join(run, names.checkpoints);
  const numbered = isFolder(folder) ? namesIn(folder).filter(isNumbered).reverse() : [];
  const files = [join(run, names.policy), ...numbered.map((name) => join(folder, name))];
  for (const file of files.filter(exists)) {
    try {
      return await decodePolicy(await read(file), file, opening);
    } catch (error) {
      if (!(error instanceof FileError) || (error.kind !== 'damaged' && error.kind !== 'foreign')) throw error;
      warn(`${error.message}; looking for an earlier checkpoint`);
    }
  }
  return null;
}
