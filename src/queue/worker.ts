import type { Job as QueuedJob, Worker } from 'bullmq';
import * as v from 'valibot';
import type { Children } from '../sweep/children.ts';
import type { Job } from '../sweep/job.ts';
import type { Connection } from './connection.ts';
import { type Rhythm, usualRhythm } from './keeper.ts';
import { codeQueueName, jobId, lockKey, prefix, queueName } from './names.ts';
import type { Allowance } from './prepare.ts';
import { type Payload, payloadSchema } from './records.ts';
import { isFull, leastRoom } from './room.ts';
import { type Holder, SweepStore } from './store.ts';
import { fail, type Taken, take } from './take.ts';

export interface WorkerOptions {
  /** Jobs at a time. */
  readonly jobs: number;
  readonly children: Pick<Children, 'perform' | 'close'>;
  /** Where the runs' folders go while they are made. */
  readonly folder: string;
  readonly allowance: Allowance;
  /** Seconds that what is on the queue stays there without anybody who uses it. */
  readonly keepFor: number;
  readonly listener: WorkerListener;
  readonly timing?: WorkerTiming;
}

/** How soon a worker notices things; the usual is for networks and machines that now and then stand still. */
export interface WorkerTiming extends Rhythm {
  /** A job whose worker has not been heard of for so long is another's, ms. */
  readonly lock: number;
}

const usualTiming: WorkerTiming = { ...usualRhythm, lock: 60_000 };

/** Told of what a worker does. */
export interface WorkerListener {
  started(job: string, plan: Job): void;
  progressed(job: string, steps: number): void;
  /** Also of one that was not started. */
  ended(job: string, how: Taken): void;
  warned(message: string): void;
}

/** So often a job may lose its worker before it is given up: what kills one after the other is the job. */
const mostLosses = 20;
/** Between two looks at a full disk, ms. */
const lookEvery = 5000;

/** A job that this worker has. */
interface Going {
  /** Puts it back. */
  readonly stop: AbortController;
  readonly ended: Promise<unknown>;
}

/** Takes jobs from the queue and makes their runs, until it is stopped. */
export class QueueWorker {
  private readonly connection: Connection;
  private readonly options: WorkerOptions;
  private readonly workers: readonly Worker[];
  /** By their ids on the queue. */
  private readonly going = new Map<string, Going>();
  private isStopping = false;
  /** Whether it waits until the disk has room. */
  private isWaiting = false;

  constructor(connection: Connection, options: WorkerOptions) {
    this.connection = connection;
    this.options = options;
    const queues = [queueName, ...(options.allowance.code ? [codeQueueName] : [])];
    this.workers = queues.map((queue) => this.start(queue));
  }

  /** Saves what is going on, and puts it back. */
  async stop(): Promise<void> {
    this.isStopping = true;
    // First of all nothing more is taken.
    const closed = this.workers.map((worker) => worker.close());
    await this.options.children.close();
    await Promise.all(closed);
  }

  private start(queue: string): Worker {
    const { jobs, timing = usualTiming, listener } = this.options;
    const { packages, redis } = this.connection;
    const process = async (queued: QueuedJob, token = '') => {
      if (await this.isToEnd(queue, queued, token)) return;
      // Where the lock was lost meanwhile, the job is on the queue already.
      await queued.moveToWait(token).catch(() => {});
      throw new packages.bullmq.WaitingError();
    };
    const worker = new packages.bullmq.Worker(queue, process, {
      connection: redis,
      prefix,
      concurrency: jobs,
      lockDuration: timing.lock,
      stalledInterval: timing.lock / 2,
      maxStalledCount: mostLosses,
    });
    worker.on('error', () => {});
    worker.on('failed', (queued, error) => {
      if (queued?.finishedOn === undefined) return;
      void this.giveUp(queued, error).catch(() => listener.warned(`a job failed: ${error.message}`));
    });
    return worker;
  }

  /** Whether a job is done with, and not to go back. */
  private async isToEnd(queue: string, queued: QueuedJob, token: string): Promise<boolean> {
    const { listener } = this.options;
    if (this.isStopping || this.pauseIfFull()) return false;
    if ((await this.isAgain(queued)) || !this.hasPlace()) return false;
    const found = this.identify(queued);
    if (!found) {
      listener.warned('the queue holds what is no job of a sweep; it is dropped');
      return true;
    }
    const how = await this.make(found, { lock: lockKey(queue, jobId(found.store.name, found.job)), token });
    listener.ended(found.job, how);
    if (how === 'back') this.pauseIfFull();
    return how !== 'back';
  }

  private async make({ store, job, payload }: Identified, holder: Holder): Promise<Taken> {
    const { folder, listener, timing = usualTiming } = this.options;
    const id = jobId(store.name, job);
    const stop = new AbortController();
    const taken = take(store, job, payload, holder, {
      ...this.options,
      rhythm: timing,
      isFull: () => isFull(folder),
      signal: stop.signal,
      onStart: listener.started,
      onProgress: listener.progressed,
      warn: listener.warned,
    });
    const ended = taken.then(
      () => {},
      () => {},
    );
    this.going.set(id, { stop, ended });
    this.openOrClose();
    try {
      return await taken;
    } finally {
      this.going.delete(id);
      this.openOrClose();
    }
  }

  /**
   * Whether a job is here already: a worker that stood still for longer than its lock lasts gets its own job again. The first delivery ends
   * then, so that whoever takes the job next finds no folder in which another process writes.
   */
  private async isAgain({ id = '' }: QueuedJob): Promise<boolean> {
    const first = this.going.get(id);
    first?.stop.abort();
    await first?.ended;
    return first !== undefined;
  }

  /** BullMQ counts the jobs of one queue: a worker of several counts those of all. */
  private hasPlace(): boolean {
    return this.workers.length === 1 || this.going.size < this.options.jobs;
  }

  /** Has jobs fetched as long as there is a place for one, and room on the disk. */
  private openOrClose(): void {
    if (this.isStopping) return;
    const isOpen = this.hasPlace() && !this.isWaiting;
    for (const worker of this.workers) void (isOpen ? worker.resume() : worker.pause(true));
  }

  /** What a job on the queue is of; null where it is not of the right shape. */
  private identify({ id = '', data }: QueuedJob): Identified | null {
    const read = v.safeParse(payloadSchema, data);
    const digest = /^[0-9a-f]{16}-([0-9a-f]{64})$/.exec(id)?.[1];
    if (!read.success || digest === undefined || id !== jobId(read.output.sweep, digest)) return null;
    const { redis } = this.connection;
    return { store: new SweepStore(redis, read.output.sweep, this.options.keepFor), job: digest, payload: read.output };
  }

  /** Tells the planner of a job that the queue has given up. */
  private async giveUp(queued: QueuedJob, { message }: Error): Promise<void> {
    const found = this.identify(queued);
    const reason = /stalled/.test(message) ? `its workers died or went away, ${mostLosses} times` : message;
    if (found) await fail(found.store, found.job, reason);
  }

  /** Takes nothing more while the disk has no room. */
  private pauseIfFull(): boolean {
    const { folder, listener } = this.options;
    if (!isFull(folder)) return false;
    if (this.isWaiting) return true;
    this.isWaiting = true;
    listener.warned(
      `the disk of ${folder} is full: jobs go back, and none is taken until there are ${leastRoom / 1e6} MB`,
    );
    this.openOrClose();
    const timer = setInterval(() => {
      if (this.isStopping) clearInterval(timer);
      if (this.isStopping || isFull(folder)) return;
      clearInterval(timer);
      this.isWaiting = false;
      listener.warned(`the disk of ${folder} has room again`);
      this.openOrClose();
    }, lookEvery);
    return true;
  }
}

interface Identified {
  readonly store: SweepStore;
  readonly job: string;
  readonly payload: Payload;
}
