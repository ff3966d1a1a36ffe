/** The recordings there are to watch: a file, a run with its recordings over training time, or a folder of such. */
import { readFileSync, readSync, realpathSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { recordingFormat } from '../../envs/recording/recording.ts';
import { exists, foldersIn, isFolder, isWithin, namesIn, quietly, withFile } from '../run/files.ts';
import { iterationOf, names } from '../run/folder.ts';
import { isInUse } from '../run/lock.ts';
import { successesIn } from '../run/metrics.ts';

/** A recording under a name to show. */
export interface ListedRecording {
  readonly name: string;
  readonly file: string;
  /** Where the file is, links followed: what is found there later is the same file, or is not shown. */
  readonly real: string;
  /** The same policy's recordings while it was trained, by rising iteration; absent where there are none. */
  readonly training?: readonly ListedInTraining[];
  /** The policy that acts in it, where its run has the file. */
  readonly policy?: ListedRecording;
  /** Whether it is of a training that goes on. */
  readonly going?: true;
}

/** A recording over training time. */
export interface ListedInTraining extends ListedRecording {
  readonly iteration: number;
  /** Share of all goals of the evaluation then, if the run's table says so. */
  readonly success?: number;
}

/** A single file, whatever it is called; whether it is a recording is for its reader to say. */
export function recordingAt(file: string): ListedRecording[] {
  return [{ name: basename(file), file, real: realPath(file) ?? resolve(file) }];
}

/** The recordings of a run's folder, of every run in a folder, and the loose ones of either. Nothing outside of it. */
export function recordingsIn(folder: string): ListedRecording[] {
  const name = basename(resolve(folder));
  const own = [...runIn(folder, name, folder), ...looseIn(folder, name)];
  const inner = foldersIn(folder)
    .filter((run) => run !== names.recordings)
    .flatMap((run) => [...runIn(join(folder, run), run, folder), ...looseIn(join(folder, run), run)]);
  // A folder may itself be a link that leads out.
  return [...own, ...inner].filter(({ real }) => isInside(realPath(folder), real));
}

/** The runs of a folder, or the folder as one, that are being trained. */
export function goingIn(folder: string): string[] {
  return runsAt(folder).filter(isGoing);
}

/** Those of them that have recorded nothing yet, by their names. */
export function waitingIn(folder: string): string[] {
  const waiting = goingIn(folder).filter((run) => trainingIn(run, '').length === 0);
  return waiting.map((run) => basename(resolve(run)));
}

/** The folders in which something appears where a run of a folder, or the folder as one, records. */
export function recordingFoldersOf(folder: string): string[] {
  return runsAt(folder)
    .flatMap((run) => [run, join(run, names.recordings)])
    .filter(isFolder);
}

/** What may be a run: a folder, and those in it. */
function runsAt(folder: string): string[] {
  return [folder, ...foldersIn(folder).map((run) => join(folder, run))];
}

/** Whether a folder is that of a run that is being trained. */
function isGoing(run: string): boolean {
  return isInUse(run) && exists(join(run, names.config));
}

/** A run: the rollouts of its last policy, or the latest of those in training while it is still at it. */
function runIn(folder: string, name: string, all: string): ListedRecording[] {
  const training = trainingIn(folder, name);
  const [policy] = listed(`${name}/${names.policy}`, join(folder, names.policy), all);
  const going = isGoing(folder) && ({ going: true } as const);
  const rest = { ...(training.length && { training }), ...(policy && { policy }), ...going };
  const [last] = listed(`${name}/${names.rollouts}`, join(folder, names.rollouts), all);
  if (last) return [{ ...last, ...rest }];
  const latest = training.at(-1);
  return latest ? [{ name: latest.name, file: latest.file, real: latest.real, ...rest }] : [];
}

function trainingIn(run: string, name: string): ListedInTraining[] {
  const folder = join(run, names.recordings);
  const files = filesIn(folder);
  const successes = files.length > 0 ? successesOf(join(run, names.metrics)) : undefined;
  return files
    .flatMap((entry) => {
      const iteration = iterationOf(entry);
      if (iteration === undefined) return [];
      const found = listed(`${name}/${names.recordings}/${entry}`, join(folder, entry), run);
      const success = successes?.get(iteration);
      return found.map((one) => ({ ...one, iteration, ...(success !== undefined && { success }) }));
    })
    .sort((a, b) => a.iteration - b.iteration);
}

/** What a run's table says of success; nothing where it cannot be read: the recordings are shown all the same. */
function successesOf(table: string): ReadonlyMap<number, number> | undefined {
  const text = quietly(() => readFileSync(table, 'utf8'));
  return text === undefined ? undefined : successesIn(text.split('\n').slice(0, -1));
}

/** Recordings that lie in the folder itself under any other name. */
function looseIn(folder: string, name: string): ListedRecording[] {
  return filesIn(folder)
    .filter((entry) => entry.endsWith('.safetensors') && entry !== names.rollouts)
    .flatMap((entry) => listed(`${name}/${entry}`, join(folder, entry), folder))
    .filter(({ real }) => claimsToBeRecording(real));
}

/** The file under its name, if it lies in the folder, links followed: a link must not lead a reader out of it. */
function listed(name: string, file: string, folder: string): ListedRecording[] {
  const real = realPath(file);
  return real !== undefined && isInside(realPath(folder), real) ? [{ name, file, real }] : [];
}

/** What a folder holds; nothing where it may not be read, so that the runs beside it are shown all the same. */
function filesIn(folder: string): string[] {
  return isFolder(folder) ? (quietly(() => namesIn(folder)) ?? []) : [];
}

function realPath(path: string): string | undefined {
  return quietly(() => realpathSync(path));
}

function isInside(folder: string | undefined, file: string): boolean {
  return folder !== undefined && file !== folder && isWithin(folder, file);
}

/** A run's folder holds other safetensors too: its policy, for one. The format's name stands near their beginning. */
function claimsToBeRecording(file: string): boolean {
  const start = Buffer.alloc(512);
  quietly(() => withFile(file, 'r', (opened) => readSync(opened, start, 0, start.length, 0)));
  return start.includes(`"${recordingFormat.name}"`);
}
