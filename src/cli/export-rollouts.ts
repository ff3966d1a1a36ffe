import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../../envs/options.ts';
import type { Recording, RecordingHeader } from '../../envs/recording/header.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { decodeSafetensors } from '../../envs/recording/safetensors.ts';
import { tasks } from '../../envs/tasks/index.ts';
import { csvOf } from '../export/csv.ts';
import { framesIn, writeLeRobot } from '../export/lerobot.ts';
import { type Mcap, writeMcap } from '../export/mcap.ts';
import type { Parquet, Write } from '../export/parquet.ts';
import { recordingsIn } from '../pages/library.ts';
import { policyFormat } from '../policy/file.ts';
import { commandLine, count, plural, size } from '../report/format.ts';
import { Failure } from '../run/failure.ts';
import { checkOutput, exists, isFolder, isWithin, quietly, read } from '../run/files.ts';
import { names } from '../run/folder.ts';
import { checkOutputFolder, writeFolder, writePieces } from '../run/pieces.ts';
import { printJson, printLines } from './output.ts';

export interface ExportFlags {
  readonly format: string;
  readonly out?: string;
  readonly task?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Rollouts that are to leave, and where to. */
interface Leaving {
  readonly recording: Recording;
  readonly file: string;
  readonly out: string;
  readonly task?: string;
}

/** Each writes everything, and gives the bytes to `counting` on their way. */
const writers: Readonly<Record<string, (leaving: Leaving, counting: (write: Write) => Write) => Promise<void>>> = {
  async lerobot({ recording, file, out, task = taskOf(recording.header) }, counting) {
    const parquet = await hyparquet();
    writeFolder(out, (open) => writeLeRobot({ recording, file, task }, parquet, (path) => counting(open(path))));
  },
  async mcap({ recording, out }, counting) {
    const mcap = await mcapCore();
    await writePieces(out, (write) => writeMcap(recording, mcap, counting(write)));
  },
  csv: ({ recording, out }, counting) =>
    writePieces(out, (write) => {
      const own = counting(write);
      for (const rows of csvOf(recording)) own(new TextEncoder().encode(rows));
    }),
};

export const rolloutFormats: readonly string[] = Object.keys(writers);

export function isOfRollouts({ format }: ExportFlags): boolean {
  return rolloutFormats.includes(format);
}

/** What a data set of LeRobot's has at its top. */
const folders: readonly string[] = ['data', 'meta'];

/** Whether a folder of these names is a data set of LeRobot's, by what it says of itself. */
function isDataSet(folder: string, inside: readonly string[]): boolean {
  const version = quietly(() => JSON.parse(readFileSync(join(folder, 'meta', 'info.json'), 'utf8')).codebase_version);
  return inside.every((name) => folders.includes(name)) && typeof version === 'string';
}

export async function exportRollouts(run: string, flags: ExportFlags): Promise<void> {
  const { format, out = nameOf(run, format), task, force = false, json } = flags;
  if (task !== undefined && format !== 'lerobot') throw new UsageError('--task is for --format lerobot');
  if (task?.trim() === '') throw new UsageError('--task is expected to say what the arm is to do, found no words');
  const file = recordingOf(run);
  if (resolve(out) === resolve(file)) throw new UsageError(`--out ${out} is the recording itself: choose another`);
  if (format === 'lerobot' && isWithin(resolve(out), resolve(file))) {
    throw new UsageError(`--out ${out} is a folder that holds the recording itself: choose another`);
  }
  if (format === 'lerobot') checkOutputFolder(out, force, (inside) => isDataSet(out, inside));
  else checkOutput(out, force);
  const opened = await open(file, format);
  if (format === 'lerobot' && !opened.header.spec.joints) throw withoutJoints(run, file);
  const recording = format === 'lerobot' ? toLearnFrom(opened, file) : opened;
  const faults = opened.episodes.length - recording.episodes.length;
  let bytes = 0;
  await writers[format]({ recording, file, out, task }, (write) => (piece) => {
    bytes += piece.length;
    write(piece);
  });
  const [{ length: episodes }, steps] = [recording.episodes, framesIn(recording)];
  const without = faults ? `, without ${faults} in which the simulation diverged` : '';
  if (json) printJson({ type: 'result', file: out, format, bytes, episodes, steps, faults });
  else
    printLines([`${out}, ${size(bytes)}: ${plural(episodes, 'episode')}, ${count(steps)} steps of ${file}${without}`]);
}

function nameOf(run: string, format: string): string {
  const name = basename(resolve(run)).replace(/\.safetensors$/, '');
  return `${name}${format === 'lerobot' ? '-lerobot' : `.${format}`}`;
}

/**
 * The recording to export: the file itself, or of a run the rollouts of its last policy, or the latest in training.
 * @throws Failure where there is none
 */
function recordingOf(run: string): string {
  if (!exists(run)) throw new Failure(`cannot export ${run}: there is no such folder or file`);
  if (!isFolder(run)) return run;
  const [first] = recordingsIn(run);
  const places = [join(run, names.rollouts), join(run, names.recordings)];
  if (first && places.some((place) => isWithin(resolve(place), resolve(first.file)))) return first.file;
  if (first) throw new Failure(`cannot export ${run}: it is no run; name a file or a run of it, as ${first.file}`);
  throw new Failure(`cannot export ${run}: it holds no ${names.rollouts}`);
}

async function open(file: string, format: string): Promise<Recording> {
  const bytes = await read(file);
  if (quietly(() => decodeSafetensors(bytes, file).metadata.format) === policyFormat.name) {
    const record = commandLine('record', file, '--out', 'rollouts.safetensors');
    throw new Failure(`${file} is a policy, and --format ${format} is for rollouts: record some: \`${record}\``);
  }
  return decodeRecording(bytes, file);
}

/**
 * A recording without the episodes in which the simulation diverged, of which nothing is to be learned.
 * @throws Failure where none is left
 */
function toLearnFrom(recording: Recording, file: string): Recording {
  const episodes = recording.episodes.filter(({ end }) => end !== 'fault');
  if (episodes.length) return { ...recording, episodes };
  throw new Failure(
    `cannot export ${file}: in every episode the simulation diverged, and there is nothing to learn from`,
  );
}

function withoutJoints(run: string, file: string): Failure {
  const record = commandLine('record', isFolder(run) ? run : 'RUN', '--out', 'rollouts.safetensors');
  return new Failure(
    `${file} does not tell how the joints stand, as files of earlier versions did not, nor do environments without q and dq: ` +
      `record anew: \`${record}\`, or choose --format csv or mcap, which leave them out`,
  );
}

/** What a task that ships says of itself, without where it is from; the name of any other. */
function taskOf({ env: { env, modules } }: RecordingHeader): string {
  const description = !modules?.task && Object.hasOwn(tasks, env) ? tasks[env].description : undefined;
  return description?.replace(/ \([^()]*\)$/, '') ?? env;
}

/**
 * A package that is installed by whoever wants it: most who train never leave.
 * @throws Failure where it is not there
 */
export async function optionalPackage<T>(load: () => Promise<T>, missing: string): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Failure(missing);
  }
}

/** Those that write data, in the versions that are tested: the same rollouts give the same bytes. */
export const dataPackages = { 'hyparquet-writer': '0.17.0', '@mcap/core': '2.2.2' } as const;

async function hyparquet(): Promise<Parquet> {
  const missing = needed('lerobot', 'hyparquet-writer', 'mcap or csv');
  return (await optionalPackage(() => import('hyparquet-writer'), missing)) as unknown as Parquet;
}

async function mcapCore(): Promise<Mcap> {
  const missing = needed('mcap', '@mcap/core', 'lerobot or csv');
  return (await optionalPackage(() => import('@mcap/core'), missing)) as unknown as Mcap;
}

function needed(format: string, name: keyof typeof dataPackages, others: string): string {
  return `--format ${format} needs ${name}: npm install ${name}@${dataPackages[name]}, or choose --format ${others}`;
}
