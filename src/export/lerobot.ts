import { FileError } from '../../envs/recording/errors.ts';
import type { Recording } from '../../envs/recording/header.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { statisticNames, statisticsOf, statisticsWidth, widthOf, writeStatistics } from './column-statistics.ts';
import { type Feature, featuresOf, type Place } from './lerobot-features.ts';
import { openParquet, type Parquet, type ParquetColumn, type ParquetFile, type Write } from './parquet.ts';

/**
 * Rollouts as a LeRobotDataset v3.0, with the files and columns that its own reader opens (github.com/huggingface/lerobot, 0.6:
 * dataset_metadata.py and dataset_writer.py under src/lerobot/datasets).
 */
export interface DataSet {
  readonly recording: Recording;
  /** The recording's file, for messages. */
  readonly file: string;
  /** What the arm is to do, in words. */
  readonly task: string;
  /** Of a file, MB of 2^20 bytes; files in a folder. */
  readonly limits?: Limits;
}

export interface Limits {
  readonly megabytes: number;
  readonly files: number;
}

const usualLimits: Limits = { megabytes: 100, files: 1000 };
/** Of videos, of which there are none. */
const videoMegabytes = 200;

/** Opens a file of the data set, by its path within. Several are written by turns. */
export type OpenFile = (path: string) => Write;

/** An episode as the data set lists it. */
interface Entry extends Place {
  readonly steps: number;
  /** Of each feature each statistic, end to end. */
  readonly statistics: Float64Array;
  readonly file: FileIndex;
}

interface FileIndex {
  readonly chunk: number;
  readonly file: number;
}

/** @throws FileError that names a number of the recording that is none */
export function writeLeRobot(
  { recording, file, task, limits = usualLimits }: DataSet,
  parquet: Parquet,
  open: OpenFile,
): void {
  const { header, episodes } = recording;
  const fps = framesPerSecond(header.spec.dt);
  const features = featuresOf(header, fps);
  // First what can go wrong.
  const overall = features.map((feature) => statisticsOf(allOf(feature, recording, file), feature.width));
  const listed = openEpisodes({ features, task, limits }, parquet, open);
  writeData(recording, { features, limits, list: listed.add }, parquet, open);
  listed.close();
  writeTasks(task, parquet, open);
  writeJson(open('meta/stats.json'), Object.fromEntries(features.map(({ name }, i) => [name, overall[i]])));
  writeJson(open('meta/info.json'), {
    codebase_version: 'v3.0',
    fps,
    features: Object.fromEntries(
      features.map(({ name, dtype, width, names }) => [name, { dtype, shape: [width], names }]),
    ),
    total_episodes: episodes.length,
    total_frames: framesIn(recording),
    total_tasks: 1,
    chunks_size: limits.files,
    data_files_size_in_mb: limits.megabytes,
    video_files_size_in_mb: videoMegabytes,
    data_path: 'data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet',
    video_path: null,
    robot_type: header.env.arm,
    splits: { train: `0:${episodes.length}` },
  });
}

/** A whole number wherever the control period is one over it but for rounding. */
export function framesPerSecond(dt: number): number {
  const whole = Math.round(1 / dt);
  return Math.abs(whole * dt - 1) < 1e-9 ? whole : 1 / dt;
}

export function framesIn({ episodes }: Recording): number {
  return episodes.reduce((sum, { steps }) => sum + steps, 0);
}

/** The numbers of a feature in all episodes [frames, width]. */
function allOf({ name, dtype, width, of }: Feature, recording: Recording, file: string): Float32Array | Float64Array {
  const all = new (dtype === 'int64' ? Float64Array : Float32Array)(framesIn(recording) * width);
  let from = 0;
  recording.episodes.forEach((episode, index) => {
    const own = of(episode, { index, from });
    const bad = own.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      const place = `episode ${index}, step ${Math.floor(bad / width)}, ${name}[${bad % width}]`;
      throw new FileError('inconsistent', file, { place, expected: 'a number', found: String(own[bad]) });
    }
    all.set(own, from * width);
    from += episode.steps;
  });
  return all;
}

/** Frames in a row group at least, but for the last: whole episodes, so that one can be read almost alone. */
const framesAtOnce = 1000;

interface DataOptions {
  readonly features: readonly Feature[];
  readonly limits: Limits;
  /** Takes in what there is to say of an episode that was written. */
  list(entry: Entry): void;
}

function writeData(
  { episodes }: Recording,
  { features, limits, list }: DataOptions,
  parquet: Parquet,
  open: OpenFile,
): void {
  const columns = features.map(({ name, dtype, width }): ParquetColumn => ({ name, dtype, isList: width > 1 }));
  const files = openFiles('data', columns, limits, parquet, open);
  let some: Omit<Entry, 'file'>[] = [];
  let [from, frames] = [0, 0];
  const write = () => {
    const group = features.map((feature) => {
      const numbers = some.map((place) => feature.of(episodes[place.index], place));
      return valuesOf(joined(numbers), feature);
    });
    const file = files.add(group, frames, frames);
    for (const each of some) list({ ...each, file });
    [some, frames] = [[], 0];
  };
  episodes.forEach((episode, index) => {
    const { steps } = episode;
    const place = { index, from };
    some.push({ ...place, steps, statistics: episodeStatistics(features, episode, place) });
    from += steps;
    frames += steps;
    if (frames >= framesAtOnce) write();
  });
  if (frames > 0) write();
  files.close();
}

function joined(parts: readonly (Float32Array | Float64Array)[]): Float32Array | Float64Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = parts[0] instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function episodeStatistics(features: readonly Feature[], episode: Trajectory, place: Place): Float64Array {
  const all = new Float64Array(features.reduce((sum, { width }) => sum + statisticsWidth(width), 0));
  let at = 0;
  for (const { width, of } of features) {
    writeStatistics(of(episode, place), width, all.subarray(at));
    at += statisticsWidth(width);
  }
  return all;
}

/** As Parquet takes them: in lists where there are several to a row. */
function valuesOf(numbers: Float32Array | Float64Array, { width, dtype }: Feature): ArrayLike<unknown> {
  if (width > 1) {
    return Array.from({ length: numbers.length / width }, (_, t) =>
      Array.from(numbers.subarray(t * width, (t + 1) * width)),
    );
  }
  if (dtype === 'bool') return Array.from(numbers, (value) => value === 1);
  return dtype === 'int64' ? BigInt64Array.from(numbers, BigInt) : numbers;
}

/** Episodes that are listed at once. */
const episodesAtOnce = 100;

interface EpisodeOptions {
  readonly features: readonly Feature[];
  readonly task: string;
  readonly limits: Limits;
}

/** The list of episodes. */
function openEpisodes({ features, task, limits }: EpisodeOptions, parquet: Parquet, open: OpenFile) {
  const files = openFiles('meta/episodes', episodeColumns(features), limits, parquet, open);
  let some: Entry[] = [];
  const write = () => {
    const own = files.next(some.length);
    const integers = (of: (entry: Entry) => number) => BigInt64Array.from(some, (entry) => BigInt(of(entry)));
    const values = [
      integers(({ index }) => index),
      some.map(() => [task]),
      integers(({ steps }) => steps),
      integers(({ file }) => file.chunk),
      integers(({ file }) => file.file),
      integers(({ from }) => from),
      integers(({ from, steps }) => from + steps),
      ...statisticColumns(some, features),
      integers(() => own.chunk),
      integers(() => own.file),
    ];
    files.add(values, some.length, some.length);
    some = [];
  };
  return {
    add(entry: Entry) {
      some.push(entry);
      if (some.length === episodesAtOnce) write();
    },
    close() {
      if (some.length) write();
      files.close();
    },
  };
}

function episodeColumns(features: readonly Feature[]): ParquetColumn[] {
  const integer = (name: string): ParquetColumn => ({ name, dtype: 'int64' });
  return [
    integer('episode_index'),
    { name: 'tasks', dtype: 'string', isList: true },
    ...['length', 'data/chunk_index', 'data/file_index', 'dataset_from_index', 'dataset_to_index'].map(integer),
    ...features.flatMap(({ name }) =>
      statisticNames.map((statistic): ParquetColumn => {
        return { name: `stats/${name}/${statistic}`, dtype: statistic === 'count' ? 'int64' : 'float64', isList: true };
      }),
    ),
    ...['meta/episodes/chunk_index', 'meta/episodes/file_index'].map(integer),
  ];
}

/** Of each feature each statistic in some episodes, as lists. */
function statisticColumns(some: readonly Entry[], features: readonly Feature[]): (number | bigint)[][][] {
  let at = 0;
  return features.flatMap(({ width }) =>
    statisticNames.map((name) => {
      const from = at;
      at += widthOf(name, width);
      return some.map(({ statistics }) => {
        const numbers = Array.from(statistics.subarray(from, from + widthOf(name, width)));
        return name === 'count' ? numbers.map(BigInt) : numbers;
      });
    }),
  );
}

/** A data frame of pandas whose index is the task. */
function writeTasks(task: string, parquet: Parquet, open: OpenFile): void {
  const column = (name: string, type: string, inNumpy: string) => ({
    ...{ name, field_name: name, pandas_type: type, numpy_type: inNumpy, metadata: null },
  });
  const pandas = {
    index_columns: ['task'],
    column_indexes: [
      { ...column('', 'unicode', 'object'), name: null, field_name: null, metadata: { encoding: 'UTF-8' } },
    ],
    columns: [column('task_index', 'int64', 'int64'), column('task', 'unicode', 'object')],
    creator: { library: 'armature', version: '1' },
    pandas_version: '2.0.0',
  };
  const columns: ParquetColumn[] = [
    { name: 'task_index', dtype: 'int64' },
    { name: 'task', dtype: 'string' },
  ];
  const file = openParquet(parquet, columns, open('meta/tasks.parquet'), { pandas: JSON.stringify(pandas) });
  file.add([BigInt64Array.of(0n), [task]], 1);
  file.close();
}

/** A table in files that are about as large as they may be, each in a folder of so many. */
interface Files {
  /** The file that rows for so many units, frames or episodes, will go to. */
  next(units: number): FileIndex;
  /** Adds a row group, and says to which file. */
  add(values: readonly ArrayLike<unknown>[], rows: number, units: number): FileIndex;
  close(): void;
}

function openFiles(
  folder: string,
  columns: readonly ParquetColumn[],
  { megabytes, files }: Limits,
  parquet: Parquet,
  open: OpenFile,
): Files {
  let at: FileIndex = { chunk: 0, file: 0 };
  let current: ParquetFile | null = null;
  /** Units in the present file. */
  let written = 0;
  const next = (units: number): FileIndex => {
    const isFull = current && written > 0 && (current.size / written) * (written + units) >= megabytes * 2 ** 20;
    if (!isFull) return at;
    current?.close();
    [current, written] = [null, 0];
    at = at.file === files - 1 ? { chunk: at.chunk + 1, file: 0 } : { ...at, file: at.file + 1 };
    return at;
  };
  return {
    next,
    add(values, rows, units) {
      const own = next(units);
      current ??= openParquet(
        parquet,
        columns,
        open(`${folder}/chunk-${padded(own.chunk)}/file-${padded(own.file)}.parquet`),
      );
      current.add(values, rows);
      written += units;
      return own;
    },
    close: () => current?.close(),
  };
}

const padded = (index: number) => String(index).padStart(3, '0');

function writeJson(write: Write, value: unknown): void {
  write(new TextEncoder().encode(`${JSON.stringify(value, null, 4)}\n`));
}
