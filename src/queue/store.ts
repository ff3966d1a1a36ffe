import type { Redis } from 'ioredis';
import * as v from 'valibot';
import { parseJson } from '../../envs/recording/json.ts';
import { digestOf } from '../run/metrics.ts';
import { chunksOf, type Manifest } from './manifest.ts';
import { keysOf } from './names.ts';
import { checkpointSchema, type JobProgress, type JobRecord, progressSchema, recordSchema } from './records.ts';
import { deliver, keepProgress } from './scripts.ts';

/** What of a sweep stands in a Redis, apart from the queue itself. All of it goes by itself when nobody has used it for long. */
export interface SweepStore {
  readonly name: string;
  /** Puts what jobs have in common; nothing where it is there. */
  putInput(content: string): Promise<void>;
  hasInput(digest: string): Promise<boolean>;
  /** Null where it is not there. @throws FileError for one that is too large or not what its name says */
  input(digest: string): Promise<string | null>;
  /** Whether the sweep is still there, and not cancelled or forgotten. */
  exists(): Promise<boolean>;
  keepProgress(job: string, progress: JobProgress, holder: Holder, checkpoint?: Manifest): Promise<Keeping>;
  progress(): Promise<ReadonlyMap<string, JobProgress>>;
  /** The latest checkpoint of a job; null where there is none. */
  checkpoint(job: string): Promise<Manifest | null>;
  putCheckpoint(job: string, files: Manifest): Promise<void>;
  /** @returns the record that is there already, if there is one */
  deliver(job: string, record: JobRecord): Promise<'delivered' | 'gone' | 'missing' | JobRecord>;
  record(job: string): Promise<JobRecord | null>;
  /** Forgets the files of a run that its planner has, and what else there was of it. */
  settle(job: string, record: JobRecord): Promise<void>;
  chunkNames(job: string): Promise<ReadonlySet<string>>;
  putChunk(job: string, name: string, bytes: Buffer): Promise<void>;
  /** Null where it is not there, or larger than it may be. */
  chunk(job: string, name: string, most: number): Promise<Buffer | null>;
  /** Removes all of the sweep but for what stands on the queue. */
  clear(jobs: Iterable<string>): Promise<void>;
  /** Keeps what is there for another while. */
  refresh(): Promise<void>;
}

/** Who has a job: the key of its lock, and the token that is in it. */
export interface Holder {
  readonly lock: string;
  readonly token: string;
}

export type Keeping = 'kept' | 'done' | 'gone' | 'taken' | 'missing';

/** Bytes of an input: a robot with meshes is within it. */
const mostInput = 32 * 2 ** 20;
const mostRecord = 2_000_000;

/** @param keepFor seconds until what nobody uses any more is gone */
export function sweepStore(redis: Redis, name: string, keepFor: number): SweepStore {
  const { inputs, results, news, running, run } = keysOf(name);
  const parsed = <T>(schema: v.GenericSchema<unknown, T>, text: string | null, what: string): T | null =>
    text === null ? null : parseJson(schema, text, `the sweep ${name} on the queue`, what);
  const bounded = async (key: string, field: string, most: number) =>
    (await redis.hstrlen(key, field)) <= most ? redis.hget(key, field) : null;

  return {
    name,
    async putInput(content) {
      const digest = digestOf(content);
      if (!(await redis.hexists(inputs, digest))) await redis.hset(inputs, digest, content);
      await redis.expire(inputs, keepFor);
    },
    hasInput: async (digest) => (await redis.hexists(inputs, digest)) === 1,
    async input(digest) {
      const content = await bounded(inputs, digest, mostInput);
      return content !== null && digestOf(content) === digest ? content : null;
    },
    exists: async () => (await redis.exists(inputs)) === 1,
    async keepProgress(job, progress, { lock, token }, checkpoint) {
      const chunks = (checkpoint ?? []).flatMap(chunksOf);
      const text = checkpoint ? JSON.stringify(checkpoint) : '';
      const keys = [results, inputs, running, run(job), lock];
      const values = [job, token, keepFor, JSON.stringify(progress), text, ...chunks];
      return (await redis.eval(keepProgress, keys.length, ...keys, ...values)) as Keeping;
    },
    async progress() {
      const all = Object.entries(await redis.hgetall(running));
      return new Map(
        all.flatMap(([job, text]): [string, JobProgress][] => {
          const read = v.safeParse(progressSchema, parsed(v.unknown(), text, 'progress'));
          return read.success ? [[job, read.output]] : [];
        }),
      );
    },
    checkpoint: async (job) =>
      parsed(checkpointSchema, await bounded(run(job), 'checkpoint', mostRecord), 'checkpoint'),
    async putCheckpoint(job, files) {
      await redis.hset(run(job), 'checkpoint', JSON.stringify(files));
      await redis.expire(run(job), keepFor);
    },
    async deliver(job, record) {
      const chunks = record.type === 'run' ? record.files.flatMap(chunksOf) : [];
      const keys = [results, inputs, running, run(job), news];
      const values = [job, JSON.stringify(record), keepFor, ...chunks];
      const answer = (await redis.eval(deliver, keys.length, ...keys, ...values)) as string;
      if (answer === '') return 'delivered';
      return answer === 'gone' || answer === 'missing' ? answer : (parsed(recordSchema, answer, 'record') as JobRecord);
    },
    record: async (job) => parsed(recordSchema, await bounded(results, job, mostRecord), 'record'),
    async settle(job, record) {
      const rest = record.type === 'run' ? JSON.stringify({ type: 'fetched', run: record.run }) : null;
      const all = redis.multi().del(run(job)).hdel(running, job);
      await (rest === null ? all.hdel(results, job) : all.hset(results, job, rest)).exec();
    },
    chunkNames: async (job) => new Set(await redis.hkeys(run(job))),
    async putChunk(job, name, bytes) {
      await redis.multi().hset(run(job), name, bytes).expire(run(job), keepFor).exec();
    },
    async chunk(job, name, most) {
      if ((await redis.hstrlen(run(job), name)) > most) return null;
      return redis.hgetBuffer(run(job), name);
    },
    async clear(jobs) {
      await redis.del(inputs, results, news, running);
      for (const job of jobs) await redis.del(run(job));
    },
    async refresh() {
      await Promise.all([inputs, results, news, running].map((key) => redis.expire(key, keepFor)));
    },
  };
}
