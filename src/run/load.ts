import { join } from 'node:path';
import { FileError } from '../../envs/recording/errors.ts';
import type { NetBackend } from '../policy/network/types.ts';
import { createLearner, type Learner } from '../train/learner.ts';
import { decodePolicy, type SavedPolicy } from './checkpoint.ts';
import { Failure } from './failure.ts';
import { exists, isFolder, namesIn, read } from './files.ts';
import { decodePlan, type RunPlan } from './folder.ts';
import { digestOf, linesOfFirst, tableOf } from './metrics.ts';
import { names } from './names.ts';
import type { Versions } from './versions.ts';
import { isCheckpoint } from './writer.ts';

/** A run to go on with. */
export interface LoadedRun {
  readonly plan: RunPlan;
  readonly learner: Learner;
  /** The table of metrics up to where the learner stands. */
  readonly lines: readonly string[];
  readonly madeBy: Versions;
}

/**
 * The run as it was at its latest whole checkpoint, or before its first iteration.
 * @param open opens the backend that the run was trained on, where the run is to go on
 */
export async function loadRun(
  run: string,
  open?: (plan: RunPlan, madeBy: Versions) => Promise<NetBackend>,
): Promise<LoadedRun> {
  const file = join(run, names.config);
  const { plan, versions: madeBy, isSealed } = await decodePlan(await read(file), file);
  const backend = await open?.(plan, madeBy);
  const saved = await latest(run, backend);
  const changes = saved ? differences(saved.learner.config, plan.config) : [];
  if (changes.length) throw new Failure(`${file} is not that of the checkpoint: ${changes.join(', ')}`);
  if (!isSealed) throw damaged(file, 'checksum', 'that of the content', 'another');
  if (saved) return { plan, learner: saved.learner, lines: await linesOf(saved, plan, run), madeBy: saved.versions };
  if (plan.fork) throw new Failure(`cannot resume ${run}: it holds no ${names.policy}`);
  return { plan, learner: createLearner(plan.config, backend), lines: [], madeBy };
}

/** The table of metrics as it was when the policy was saved. */
async function linesOf({ learner, metrics }: SavedPolicy, { fork }: RunPlan, run: string): Promise<string[]> {
  const file = join(run, names.metrics);
  const iterations = learner.progress.iteration - (fork?.iteration ?? 0);
  const lines = linesOfFirst(iterations, exists(file) ? new TextDecoder().decode(await read(file)) : '');
  if (!lines) throw damaged(file, 'lines', `a heading and ${iterations} iterations`, 'less');
  if (iterations && digestOf(tableOf(lines)) !== metrics) {
    throw damaged(file, `its first ${iterations} iterations`, 'those that were written', 'others');
  }
  return lines;
}

function damaged(file: string, place: string, expected: string, found: string): FileError {
  return new FileError('damaged', file, { place, expected, found });
}

/** The newest learner of the run that is whole; null where there is none. Damaged ones are named. */
async function latest(run: string, backend: NetBackend | undefined): Promise<SavedPolicy | null> {
  const folder = join(run, names.checkpoints);
  const numbered = isFolder(folder) ? namesIn(folder).filter(isCheckpoint).reverse() : [];
  const files = [join(run, names.policy), ...numbered.map((name) => join(folder, name))];
  for (const file of files.filter(exists)) {
    try {
      return await decodePolicy(await read(file), file, backend);
    } catch (error) {
      if (!(error instanceof FileError) || (error.kind !== 'damaged' && error.kind !== 'foreign')) throw error;
      process.stderr.write(`warning: ${error.message}; looking for an earlier checkpoint\n`);
    }
  }
  return null;
}

/** What differs, in words: "options.gamma 0.9, not 0.95". */
export function differences(before: object, after: object): string[] {
  const [a, b] = [new Map(leaves(before)), new Map(leaves(after))];
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((name) => a.get(name) !== b.get(name))
    .map((name) => `${name} ${a.get(name) ?? 'none'}, not ${b.get(name) ?? 'none'}`);
}

/** The values in an object with their paths. */
function leaves(value: object, path = ''): [string, string][] {
  return Object.entries(value).flatMap(([name, inner]): [string, string][] =>
    typeof inner === 'object' && inner !== null
      ? leaves(inner, `${path}${name}.`)
      : [[`${path}${name}`, JSON.stringify(inner)]],
  );
}
