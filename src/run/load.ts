import { sha256 } from '../../envs/recording/checksum.ts';
import { FileError } from '../../envs/recording/errors.ts';
import { findBuiltIn, learnerOf } from '../train/config.ts';
import type { Learner } from '../train/learner.ts';
import type { FindRegistry } from '../train/registry.ts';
import { decodePolicy, type PolicyOpening, type SavedPolicy } from './checkpoint.ts';
import { Failure } from './failure.ts';
import { isNumbered, names } from './folder.ts';
import { csvOf, linesUpTo } from './metrics.ts';
import { decodePlan, differences, type SavedPlan } from './plan.ts';
import type { Versions } from './schema.ts';

/** Called with what the user should know of while work goes on. */
export type Warn = (message: string) => void;

/** The files of a run, wherever they lie. */
export interface RunFiles {
  /** The run, for messages. */
  readonly run: string;
  /** Where a file of the run lies, for messages. */
  place(path: string): string;
  /** A file by its path in the run's folder; null where there is none. */
  read(path: string): Promise<Uint8Array | null>;
  /** The names in one of the inner folders; none where that is not there. */
  list(folder: string): Promise<readonly string[]>;
}

/** What a run's folder says that the run is. */
export async function loadPlan(files: RunFiles, find?: FindRegistry): Promise<SavedPlan> {
  const bytes = await files.read(names.config);
  if (!bytes) throw new Failure(`cannot open the run ${files.run}: it holds no ${names.config}`);
  return decodePlan(bytes, files.place(names.config), find);
}

/** A learner to go on with. */
export interface LoadedLearner {
  readonly learner: Learner;
  /** The table of metrics up to the learner's progress. */
  readonly lines: readonly string[];
  /** Whether lines before those are lost: no checkpoint goes with the table that there is. */
  readonly isTableLost: boolean;
  /** Those of what wrote the checkpoint. */
  readonly versions: Versions;
}

/** What a run is opened for. */
export interface RunOpening extends PolicyOpening {
  /** To start another one from it, which has a table of its own. */
  readonly toFork?: boolean;
}

/**
 * The learner of the run's latest whole checkpoint that goes with the table of metrics, or the one before the first iteration.
 * Where the table goes with none of them, it is given up rather than the run.
 * @param warn called with what is wrong with a checkpoint or the table
 * @param opening with the backend that the run was trained on, where the learner is to go on
 */
export async function loadLearner(
  files: RunFiles,
  { plan, versions, isSealed }: SavedPlan,
  warn: Warn,
  opening: RunOpening = {},
): Promise<LoadedLearner> {
  const file = files.place(names.config);
  const checkpoint = await latestCheckpoint(files, warn, opening);
  const changes = checkpoint ? differences(checkpoint.learner.training.config, plan.config) : [];
  if (changes.length) throw new Failure(`${file} is not that of the checkpoint: ${changes.join(', ')}`);
  if (!isSealed) {
    throw new FileError('damaged', file, { place: 'checksum', expected: 'that of the content', found: 'another' });
  }
  if (checkpoint) return checkpoint;
  if (plan.fork) throw new Failure(`cannot resume ${files.run}: it holds no ${names.policy}`);
  const { backend, find = findBuiltIn } = opening;
  const learner = learnerOf(plan.config, { backend, registry: await find(plan.config) });
  return { learner, lines: [], isTableLost: false, versions };
}

/** The newest checkpoint of the run that is whole, and whose table of metrics is; null where there is none. */
async function latestCheckpoint(files: RunFiles, warn: Warn, opening: RunOpening): Promise<LoadedLearner | null> {
  const numbered = (await files.list(names.checkpoints)).filter(isNumbered).toSorted().reverse();
  const table = await tableOf(files);
  let newest: SavedPolicy | null = null;
  for (const path of [names.policy, ...numbered.map((name) => `${names.checkpoints}/${name}`)]) {
    try {
      const bytes = await files.read(path);
      if (!bytes) continue;
      const checkpoint = await decodePolicy(bytes, files.place(path), opening);
      const lines = opening.toFork ? [] : await linesWith(checkpoint, table);
      if (lines) return { ...checkpoint, lines, isTableLost: false };
      newest ??= checkpoint;
      if (newest === checkpoint) warn(`${files.place(names.metrics)} is not as it was written; ${earlier}`);
    } catch (error) {
      if (!(error instanceof FileError) || (error.kind !== 'damaged' && error.kind !== 'foreign')) throw error;
      warn(`${error.message}; ${earlier}`);
    }
  }
  return newest && { ...newest, lines: [], isTableLost: true };
}

const earlier = 'looking for an earlier checkpoint';

/** The text of the table of metrics; empty where there is none that can be read. An editor may have changed its line breaks. */
async function tableOf(files: RunFiles): Promise<string> {
  const bytes = await files.read(names.metrics);
  return bytes ? new TextDecoder().decode(bytes).replaceAll('\r\n', '\n') : '';
}

/** The lines of the table when the checkpoint was written; null where they are not all there. */
async function linesWith({ learner, metrics }: SavedPolicy, table: string): Promise<readonly string[] | null> {
  for (const lines of [linesUpTo(learner.progress.iteration, table), []]) {
    if ((await sha256(new TextEncoder().encode(csvOf(lines)))) === metrics) return lines;
  }
  return null;
}
