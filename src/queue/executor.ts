import { join } from 'node:path';
import { FileError } from '../../envs/recording/errors.ts';
import { defaultBackend } from '../policy/network/index.ts';
import { Failure } from '../run/failure.ts';
import type { Warn } from '../run/load.ts';
import { Stopped } from '../run/stop.ts';
import type { Executor, ExecutorListener, NamedJob, Outcome, Tally } from '../sweep/executor.ts';
import { jobDigest } from '../sweep/job.ts';
import { performedIn } from '../sweep/kept.ts';
import type { Performed } from '../sweep/result.ts';
import { type Board, openBoard } from './board.ts';
import type { Connection } from './connection.ts';
import { fetchRun, sendRun, Unfit } from './fetch.ts';
import { Inputs } from './inputs.ts';
import type { Manifest } from './manifest.ts';
import { News } from './news.ts';
import type { Payload } from './records.ts';
import { SweepStore } from './store.ts';

export interface QueueOptions {
  readonly connection: Connection;
  /** The sweep's name on the queue. */
  readonly sweep: string;
  /** Where the runs' folders go. */
  readonly folder: string;
  /** Seconds that what is on the queue stays there without anybody who uses it. */
  readonly keepFor: number;
  readonly warn: Warn;
  /** Without news for so long it is seen whether all is well, ms. */
  readonly patience?: number;
}

/** Jobs that are put at once. */
const atOnce = 250;
const usualPatience = 10_000;
/** Between two looks at how far jobs are, ms. */
const lookEvery = 1000;
/** So often a run is made again whose files are not what their digests say. */
const attempts = 3;

/** Has jobs made by the workers of a queue, and takes what they come to into the runs' folders. */
export function queueExecutor(options: QueueOptions): Executor {
  const store = new SweepStore(options.connection.redis, options.sweep, options.keepFor);
  const stop = new AbortController();
  let running: Promise<void> | null = null;
  return {
    async run(jobs, listener, tally) {
      if (stop.signal.aborted) throw new Stopped();
      running = new Stage(store, options, listener, tally, stop.signal).run(jobs);
      await running;
    },
    async close() {
      stop.abort();
      await running?.catch(() => {});
    },
  };
}

/** A job that is on the queue. */
interface Pending {
  /** Variants that differ in what makes no difference have equal jobs: each has a folder of its own. */
  readonly named: NamedJob[];
  readonly payload: Payload;
  isStarted: boolean;
  /** Whether its run is on its way here. */
  isTaken: boolean;
  /** How often its run came, and could not be taken. */
  unfit: number;
}

/** Jobs that are put together, and waited for. */
class Stage {
  private readonly store: SweepStore;
  private readonly options: QueueOptions;
  private readonly listener: ExecutorListener;
  private readonly tally: Tally;
  private readonly signal: AbortSignal;
  private readonly inputs: Inputs;
  private readonly news: News;
  /** By their digests. */
  private readonly pending = new Map<string, Pending>();
  private board: Board | null = null;
  private saidAlone = false;
  private isPut = false;

  constructor(store: SweepStore, options: QueueOptions, listener: ExecutorListener, tally: Tally, signal: AbortSignal) {
    this.store = store;
    this.options = options;
    this.listener = listener;
    this.tally = tally;
    this.signal = signal;
    this.inputs = new Inputs(store);
    this.news = new News(options.connection, options.sweep);
  }

  async run(jobs: Iterable<NamedJob>): Promise<void> {
    try {
      await this.store.begin(this.tally);
      // What is done of many jobs is taken in while the others are put.
      await Promise.all([this.put(jobs).finally(() => (this.isPut = true)), this.collect()]);
    } finally {
      this.news.close();
      await this.board?.close();
    }
    if (this.signal.aborted) throw new Stopped();
  }

  /** Puts all that is not done yet. */
  private async put(jobs: Iterable<NamedJob>): Promise<void> {
    let batch: [string, Payload][] = [];
    const send = async () => {
      const all = batch;
      batch = [];
      const known = await this.store.recorded(all.map(([digest]) => digest));
      await this.board?.put(all.filter((_, i) => !known[i]));
      // Delivered while no planner was there: its news may have been heard already.
      for (const [i, [digest]] of all.entries()) if (known[i]) await this.take(digest);
    };
    for (const named of jobs) {
      if (this.signal.aborted) return;
      const prepared = await this.prepare(named);
      if (prepared) batch.push(prepared);
      if (batch.length === atOnce) await send();
    }
    if (batch.length) await send();
  }

  /** Null for a job that is done already, or cannot be put. */
  private async prepare(named: NamedJob): Promise<[string, Payload] | null> {
    const { job, material } = named;
    const { folder, connection, sweep } = this.options;
    const known = await performedIn(join(folder, named.name), job);
    if (known) return this.end(named, known);
    const { backend, seed } = job.plan.config;
    if (backend !== defaultBackend.name) {
      const why = `a queue takes no runs on ${backend}, whose bits differ from machine to machine`;
      return this.end(named, { failure: `${why}: expected ${defaultBackend.name}` });
    }
    const digest = jobDigest(job);
    const same = this.pending.get(digest);
    if (same) {
      same.named.push(named);
      return null;
    }
    const variant = await this.inputs.put(job, material);
    await sendRun(this.store, named, digest, folder);
    this.board ??= openBoard(connection, material.sources.length > 0);
    const payload = { sweep, variant, seed, pauseAt: job.pauseAt };
    this.pending.set(digest, { named: [named], payload, isStarted: false, isTaken: false, unfit: 0 });
    return [digest, payload];
  }

  private end(named: NamedJob, outcome: Outcome): null {
    this.listener.started(named);
    this.listener.ended(named, outcome);
    return null;
  }

  private async collect(): Promise<void> {
    const { patience = usualPatience } = this.options;
    let [heard, looked] = [performance.now(), 0];
    while ((this.pending.size || !this.isPut) && !this.signal.aborted) {
      const items = await this.news.next();
      for (const item of items) {
        if (item.fault !== undefined) this.options.warn(item.fault);
        if (item.job !== undefined) await this.take(item.job);
        await this.news.forget(item.id);
      }
      const now = performance.now();
      if (items.length) heard = now;
      if (now - looked >= lookEvery) {
        await this.look();
        looked = performance.now();
      }
      if (now - heard >= patience) {
        await this.repair();
        heard = performance.now();
      }
    }
  }

  /** Takes in what became of a job. */
  private async take(job: string): Promise<void> {
    const pending = this.pending.get(job);
    if (!pending || pending.isTaken) return;
    pending.isTaken = true;
    try {
      const record = await this.store.record(job);
      if (!record || record.type === 'fetched') return;
      if (record.type === 'failure') {
        // A worker knows a run by its job alone.
        const failure = record.reason.replaceAll(job, pending.named[0].name);
        return await this.settle(job, pending, { failure });
      }
      await this.settle(job, pending, await this.fetch(job, pending, record.files), record.run);
    } catch (error) {
      if (!(error instanceof Unfit || error instanceof FileError)) throw error;
      await this.again(job, pending, error.message);
    } finally {
      pending.isTaken = false;
    }
  }

  /** Takes a run from the queue into the folders of all that are to have it, of which there may be more meanwhile. */
  private async fetch(job: string, { named }: Pending, files: Manifest): Promise<Performed> {
    const outcome = await fetchRun(this.store, named[0], job, files, this.options.folder);
    for (let i = 1; i < named.length; i++) await fetchRun(this.store, named[i], job, files, this.options.folder);
    return outcome;
  }

  private async settle(job: string, pending: Pending, outcome: Outcome, run: string | null = null): Promise<void> {
    this.pending.delete(job);
    await this.store.settle(job, run);
    this.finish(pending, outcome);
    await this.store.putTally(this.tally);
  }

  private finish(pending: Pending, outcome: Outcome): void {
    this.start(pending);
    for (const named of pending.named) this.listener.ended(named, outcome);
  }

  /** Says once that jobs have begun. */
  private start(pending: Pending): void {
    if (!pending.isStarted) for (const named of pending.named) this.listener.started(named);
    pending.isStarted = true;
  }

  /** Has a run made again that is not what it is said to be. */
  private async again(job: string, pending: Pending, why: string): Promise<void> {
    const what = `${pending.named[0].name}, as a worker made it, cannot be taken: ${why}`;
    if (++pending.unfit === attempts) return this.settle(job, pending, { failure: what });
    this.options.warn(`${what}; it is made again`);
    await this.store.settle(job, null);
    await this.board?.put([[job, pending.payload]]);
  }

  /** Tells how far jobs are, and that somebody is there who waits for them. */
  private async look(): Promise<void> {
    await this.store.putTally(this.tally);
    for (const [job, { told }] of await this.store.progress()) {
      const pending = this.pending.get(job);
      if (!pending) continue;
      this.start(pending);
      for (const named of pending.named) this.listener.progressed(named, { steps: told.steps });
    }
  }

  /** Sees whether everything that is waited for is still on the queue, and puts what is not. */
  private async repair(): Promise<void> {
    const { sweep, connection, warn } = this.options;
    if (await this.store.isCancelled()) throw new Failure('the sweep was cancelled');
    await this.store.refresh();
    await this.inputs.putAgain();
    const all = [...this.pending.keys()];
    for (let at = 0; at < all.length; at += atOnce) {
      const absent = (await this.board?.absent(sweep, all.slice(at, at + atOnce))) ?? [];
      const lost: [string, Payload][] = [];
      for (const job of absent) {
        const pending = this.pending.get(job);
        if (pending && (await this.isLost(job, pending))) lost.push([job, pending.payload]);
      }
      if (lost.length) await this.board?.put(lost);
    }
    const workers = await this.board?.workers();
    if (workers === 0 && !this.saidAlone) {
      warn(`no worker is there: \`npx armature work redis://${connection.name}\` starts one, on any machine`);
    }
    this.saidAlone = workers === 0;
  }

  /**
   * Whether nothing is known of a job that is not on the queue, and nothing lies in the folder: its result may have come since, and is on
   * its way here, or another planner has taken it in.
   */
  private async isLost(job: string, pending: Pending): Promise<boolean> {
    const record = await this.store.record(job);
    if (record && record.type !== 'fetched') return false;
    const known = await this.kept(pending);
    // What was done about the job meanwhile is the latest word.
    if (this.pending.get(job) !== pending || pending.isTaken) return false;
    if (known) {
      this.pending.delete(job);
      this.finish(pending, known);
      return false;
    }
    // What was taken in before is here no more.
    if (record) await this.store.settle(job, null);
    return this.pending.get(job) === pending;
  }

  /** What a job came to whose run lies in the folders of all that are to have it; null where it does not. */
  private async kept({ named }: Pending): Promise<Performed | null> {
    let known: Performed | null = null;
    for (let i = 0; i < named.length; i++) {
      known = await performedIn(join(this.options.folder, named[i].name), named[i].job);
      if (!known) return null;
    }
    return known;
  }
}
