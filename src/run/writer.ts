import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { NetBackend } from '../policy/network/types.ts';
import type { Learner } from '../train/learner.ts';
import type { Iteration } from '../train/train.ts';
import { encodePolicy } from './checkpoint.ts';
import { claim, freshFolder } from './claim.ts';
import { Failure } from './failure.ts';
import { append, flush, isFolder, namesIn, remove, sweep, writeWhole } from './files.ts';
import { encodePlan, type RunPlan, runName } from './folder.ts';
import type { LoadedRun } from './load.ts';
import type { Lock } from './lock.ts';
import { metricsLines, tableOf } from './metrics.ts';
import { names, recordingName } from './names.ts';

/** Checkpoints that are kept, the best and the latest policy aside. */
const kept = 3;
/** Files that wait to be written with the next checkpoint, before they are written without. */
const mostPending = 8;
/** Recordings that are held on to while they cannot be written. */
const keptRecordings = 50;

/**
 * Writes a run's folder as training goes on. What cannot be written, because the disk is full, say, or the folder gone,
 * is said once and kept, to be written as soon as it can be. Every file is whole at every moment.
 */
export class RunWriter {
  readonly folder: string;
  private readonly plan: RunPlan;
  private readonly head: Uint8Array;
  private lock: Lock;
  /** The table of metrics, and how many of its lines the file holds. */
  private readonly lines: string[] = [];
  private written = 0;
  private readonly digest = createHash('sha256');
  /** Files still to be written, by path. */
  private readonly pending = new Map<string, Uint8Array>();
  private told = false;

  private constructor(folder: string, lock: Lock, plan: RunPlan, head: Uint8Array, lines: readonly string[]) {
    this.folder = folder;
    this.lock = lock;
    this.plan = plan;
    this.head = head;
    this.add(lines);
  }

  /** A writer for a new folder: the one that is named, which may be there if it is empty, or a free one under runs/. */
  static async create(out: string | undefined, plan: RunPlan, backend: NetBackend): Promise<RunWriter> {
    const head = await encodePlan(plan, backend);
    const folder = out ?? freshFolder(runName(plan.config));
    const writer = new RunWriter(folder, claim(folder), plan, head, []);
    writer.begin();
    return writer;
  }

  /** A writer that goes on with a run in its folder. */
  static async reopen(folder: string, lock: Lock, { plan, learner, lines }: LoadedRun): Promise<RunWriter> {
    const writer = new RunWriter(folder, lock, plan, await encodePlan(plan, learner.backend), lines);
    sweep(folder);
    for (const inner of [names.checkpoints, names.recordings]) sweep(join(folder, inner));
    if (lines.length) writeWhole(writer.path(names.metrics), tableOf(lines));
    else remove(writer.path(names.metrics));
    // They are of where it stopped, or failed, and not of where it will end.
    for (const name of [names.rollouts, names.fault]) remove(writer.path(name));
    writer.written = lines.length;
    return writer;
  }

  /** Iterations done, which are those whose metrics are known and those before a fork. */
  get iterations(): number {
    return Math.max(0, this.lines.length - 1) + (this.plan.fork?.iteration ?? 0);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Takes in an iteration: its metrics, and a checkpoint where one is due. */
  async log(learner: Learner, progress: Iteration): Promise<void> {
    const { iteration, best } = progress;
    this.add(metricsLines(progress, this.lines.length === 0));
    const isBest = best?.iteration === iteration;
    const isDue = iteration % this.plan.checkpointEvery === 0;
    if (isBest || isDue) {
      const bytes = await this.encode(learner);
      if (isBest) this.keep(join(names.checkpoints, names.best), bytes);
      if (isDue) this.keep(join(names.checkpoints, checkpointName(iteration)), bytes);
      if (isDue) this.keep(names.policy, bytes);
    }
    try {
      this.catchUp();
      if (isDue || this.pending.size >= mostPending) this.settle();
    } catch (error) {
      this.tell(error);
    }
  }

  /** Takes in a recording of what the learner does where it stands; it is written with the next checkpoint. */
  record({ progress }: Learner, bytes: Uint8Array): void {
    this.keep(recordingName(progress.iteration), bytes);
  }

  /** Writes the learner to go on from, and all that is still to be written. */
  async save(learner: Learner): Promise<void> {
    this.keep(names.policy, await this.encode(learner));
    this.catchUp();
    this.settle();
  }

  close(): void {
    this.lock.release();
  }

  /** Begins a folder; one that cannot be begun is left as it was. */
  private begin(): void {
    this.written = 0;
    try {
      writeWhole(this.path(names.config), this.head);
    } catch (error) {
      this.lock.release();
      throw error;
    }
  }

  private add(lines: readonly string[]): void {
    for (const line of lines) this.lines.push(line);
    this.digest.update(tableOf(lines));
  }

  private encode(learner: Learner): Promise<Uint8Array> {
    return encodePolicy(learner, this.digest.copy().digest('hex'));
  }

  /** Keeps a file to be written after those before it, and no more of them than would be kept on the disk. */
  private keep(name: string, bytes: Uint8Array): void {
    this.pending.delete(name);
    this.pending.set(name, bytes);
    const numbered = (folder: string) =>
      [...this.pending.keys()].filter((key) => dirname(key) === folder && isCheckpoint(basename(key)));
    for (const old of numbered(names.checkpoints).slice(0, -kept)) this.pending.delete(old);
    for (const old of numbered(names.recordings).slice(0, -keptRecordings)) this.pending.delete(old);
  }

  /** Brings the table of metrics up to date, in a new folder where the old one is gone. */
  private catchUp(): void {
    this.lock.refresh();
    if (!this.lock.held()) {
      this.lock = claim(this.folder);
      this.begin();
      this.tell(new Failure(`the folder ${this.folder} was gone: it is made anew, without its earlier checkpoints`));
    }
    if (this.written === this.lines.length) return;
    append(this.path(names.metrics), tableOf(this.lines.slice(this.written)));
    this.written = this.lines.length;
  }

  /** Writes the files that are kept, the policy last: whoever finds it finds the rest, and the metrics that go with it. */
  private settle(): void {
    if (this.lines.length) flush(this.path(names.metrics));
    for (const [name, bytes] of this.pending) {
      writeWhole(this.path(name), bytes);
      this.pending.delete(name);
    }
    const folder = this.path(names.checkpoints);
    const numbered = isFolder(folder) ? namesIn(folder).filter(isCheckpoint) : [];
    for (const name of numbered.slice(0, -kept)) remove(join(folder, name));
  }

  private tell(error: unknown): void {
    if (!(error instanceof Failure)) throw error;
    if (!this.told) process.stderr.write(`warning: ${error.message} (training goes on, and saves when it can)\n`);
    this.told = true;
  }
}

/** Zeros in front, so that the names sort by iteration. */
function checkpointName(iteration: number): string {
  return `${String(iteration).padStart(8, '0')}.safetensors`;
}

export function isCheckpoint(name: string): boolean {
  return /^\d+\.safetensors$/.test(name);
}
