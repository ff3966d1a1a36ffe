import type { Redis } from 'ioredis';
import * as v from 'valibot';
import { parseJson } from '../../envs/recording/json.ts';
import { digestOf } from '../run/digest.ts';
import type { Tally } from '../sweep/executor.ts';
import { chunksOf, type Manifest } from './manifest.ts';
import { keysOf } from './names.ts';
import {
  checkpointSchema,
  type JobProgress,
  type JobRecord,
  progressSchema,
  recordSchema,
  type Told,
  tallySchema,
  toldSchema,
} from './records.ts';
import { deliver, keepProgress, putTally } from './scripts.ts';

/** Who has a job: the key of its lock, and the token that is in it. */
export interface Holder {
  readonly lock: string;
  readonly token: string;
}

/** What `keepProgress` answers. */
export type Keeping = 'kept' | 'done' | 'gone' | 'taken' | 'missing';

/** Bytes of an input, at most: a robot with meshes is within it. */
const mostInput = 32 * 2 ** 20;
const mostRecord = 2_000_000;
const mostNews = 1_000_000;

/**
 * What of a sweep stands in a Redis, apart from the queue itself. All of it goes by itself when nobody has used it for long. What is
 * read is of the right shape, or a FileError says what is not.
 */
export class SweepStore {
  readonly name: string;
  private readonly redis: Redis;
  private readonly keys: ReturnType<typeof keysOf>;
  private readonly keepFor: number;

  /** @param keepFor seconds until what nobody uses any more is gone */
  constructor(redis: Redis, name: string, keepFor: number) {
    this.name = name;
    this.redis = redis;
    this.keys = keysOf(name);
    this.keepFor = keepFor;
  }

  /** For a planner that puts jobs. */
  async begin(tally: Tally): Promise<void> {
    await this.redis.del(this.keys.cancelled);
    await this.putTally(tally);
  }

  /** Says how far the sweep is as a whole, and that its planner is there. */
  async putTally(tally: Tally): Promise<void> {
    await this.redis.eval(putTally, 1, this.keys.tally, JSON.stringify(tally), this.keepFor);
  }

  /** What the planner said last; null where none is, or was lately. */
  async tally(): Promise<Told<Tally> | null> {
    return this.parsed(toldSchema(tallySchema), await this.redis.get(this.keys.tally), 'tally');
  }

  /** The server's clock, s. */
  async now(): Promise<number> {
    return Number((await this.redis.time())[0]);
  }

  /** Puts what jobs have in common; nothing where it is there. */
  async putInput(content: string): Promise<void> {
    await this.redis.hsetnx(this.keys.inputs, digestOf(content), content);
    await this.redis.expire(this.keys.inputs, this.keepFor);
  }

  async hasInput(digest: string): Promise<boolean> {
    return (await this.redis.hexists(this.keys.inputs, digest)) === 1;
  }

  /** Null where it is not there, too large, or not what its digest says. */
  async input(digest: string): Promise<string | null> {
    const content = await this.bounded(this.keys.inputs, digest, mostInput);
    return content !== null && digestOf(content) === digest ? content : null;
  }

  /** Whether the sweep is there, and not cancelled or forgotten. */
  async exists(): Promise<boolean> {
    return (await this.redis.exists(this.keys.inputs)) === 1;
  }

  async keepProgress(
    job: string,
    progress: JobProgress,
    { lock, token }: Holder,
    checkpoint?: Manifest,
  ): Promise<Keeping> {
    const { results, inputs, running, run } = this.keys;
    const chunks = (checkpoint ?? []).flatMap(chunksOf);
    const text = checkpoint ? JSON.stringify(checkpoint) : '';
    const keys = [results, inputs, running, run(job), lock];
    const values = [job, token, this.keepFor, JSON.stringify(progress), text, ...chunks];
    return (await this.redis.eval(keepProgress, keys.length, ...keys, ...values)) as Keeping;
  }

  /** How far jobs are; what is not of the right shape is left out. */
  async progress(): Promise<ReadonlyMap<string, Told<JobProgress>>> {
    const all = Object.entries(await this.redis.hgetall(this.keys.running));
    return new Map(
      all.flatMap(([job, text]): [string, Told<JobProgress>][] => {
        const read = v.safeParse(v.pipe(v.string(), v.parseJson(), toldSchema(progressSchema)), text);
        return read.success ? [[job, read.output]] : [];
      }),
    );
  }

  /** The latest checkpoint of a job; null where there is none. */
  async checkpoint(job: string): Promise<Manifest | null> {
    return this.parsed(
      checkpointSchema,
      await this.bounded(this.keys.run(job), 'checkpoint', mostRecord),
      'checkpoint',
    );
  }

  async hasCheckpoint(job: string): Promise<boolean> {
    return (await this.redis.hexists(this.keys.run(job), 'checkpoint')) === 1;
  }

  /** Where a worker has not put one meanwhile. */
  async putCheckpoint(job: string, files: Manifest): Promise<void> {
    await this.redis.hsetnx(this.keys.run(job), 'checkpoint', JSON.stringify(files));
    await this.redis.expire(this.keys.run(job), this.keepFor);
  }

  /** @returns the record that is there already, if there is one */
  async deliver(job: string, record: JobRecord): Promise<'delivered' | 'gone' | 'missing' | JobRecord> {
    const { results, inputs, running, run, news } = this.keys;
    const chunks = record.type === 'run' ? record.files.flatMap(chunksOf) : [];
    const keys = [results, inputs, running, run(job), news];
    const values = [job, JSON.stringify(record), this.keepFor, ...chunks];
    const answer = (await this.redis.eval(deliver, keys.length, ...keys, ...values)) as string;
    if (answer === '') return 'delivered';
    return answer === 'gone' || answer === 'missing' ? answer : parseJson(recordSchema, answer, this.title, 'record');
  }

  /** What became of a job; null where that is not known yet. */
  async record(job: string): Promise<JobRecord | null> {
    return this.parsed(recordSchema, await this.bounded(this.keys.results, job, mostRecord), 'record');
  }

  /** Whether it is known what became of jobs. */
  async recorded(jobs: readonly string[]): Promise<boolean[]> {
    const asked = this.redis.pipeline();
    for (const job of jobs) asked.hexists(this.keys.results, job);
    return ((await asked.exec()) ?? []).map(([, found]) => found === 1);
  }

  /** Tells the planner what was found wrong. */
  async tell(text: string): Promise<void> {
    const { news } = this.keys;
    await this.redis.multi().xadd(news, 'MAXLEN', '~', mostNews, '*', 'fault', text).expire(news, this.keepFor).exec();
  }

  /** How many jobs are done whose planner does not know it yet. */
  async delivered(): Promise<number> {
    return this.redis.xlen(this.keys.news);
  }

  /**
   * Forgets all there is of a job.
   * @param run what its run came to, where its planner has that: another worker that delivers it once more is held to it
   */
  async settle(job: string, run: string | null): Promise<void> {
    const { results, running, run: runKey } = this.keys;
    const all = this.redis.multi().del(runKey(job)).hdel(running, job);
    if (run === null) all.hdel(results, job);
    else all.hset(results, job, JSON.stringify({ type: 'fetched', run } satisfies JobRecord));
    await all.exec();
  }

  async chunkNames(job: string): Promise<ReadonlySet<string>> {
    return new Set(await this.redis.hkeys(this.keys.run(job)));
  }

  async putChunk(job: string, name: string, bytes: Buffer): Promise<void> {
    const key = this.keys.run(job);
    await this.redis.multi().hset(key, name, bytes).expire(key, this.keepFor).exec();
  }

  /** Null where it is not there, or larger than it may be. */
  async chunk(job: string, name: string, most: number): Promise<Buffer | null> {
    const key = this.keys.run(job);
    return (await this.redis.hstrlen(key, name)) <= most ? this.redis.hgetBuffer(key, name) : null;
  }

  /** Removes all that the sweep's jobs need, and for its planner leaves a word that it was cancelled. */
  async cancel(): Promise<void> {
    await this.clear();
    await this.redis.set(this.keys.cancelled, '1', 'EX', this.keepFor);
  }

  async isCancelled(): Promise<boolean> {
    return (await this.redis.exists(this.keys.cancelled)) === 1;
  }

  /** Removes all that is there of the sweep, but for runs that nobody took, which go by themselves. */
  async clear(): Promise<void> {
    const { inputs, results, news, running, tally, cancelled } = this.keys;
    await this.redis.del(inputs, results, news, running, tally, cancelled);
  }

  /** Keeps what is there for another while. */
  async refresh(): Promise<void> {
    const { inputs, results, news, running } = this.keys;
    await Promise.all([inputs, results, news, running].map((key) => this.redis.expire(key, this.keepFor)));
  }

  private get title(): string {
    return `the sweep ${this.name} on the queue`;
  }

  private parsed<T>(schema: v.GenericSchema<unknown, T>, text: string | null, place: string): T | null {
    return text === null ? null : parseJson(schema, text, this.title, place);
  }

  /** A field's text; null where there is none, or one that is too long. */
  private async bounded(key: string, field: string, most: number): Promise<string | null> {
    return (await this.redis.hstrlen(key, field)) <= most ? this.redis.hget(key, field) : null;
  }
}
