import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { encodeMeshes } from '../../envs/recording/meshes.ts';
import type { Learner } from '../train/learner.ts';
import type { Iteration } from '../train/train.ts';
import type { Training } from '../train/training.ts';
import { RunContent, type TableDigest } from './content.ts';
import { Failure } from './failure.ts';
import {
  append,
  checkFolder,
  exists,
  flush,
  isFolder,
  namesIn,
  quietly,
  remove,
  rename,
  sizeOf,
  sweep,
  writeWhole,
} from './files.ts';
import { isNumbered, names } from './folder.ts';
import type { LoadedLearner, Warn } from './load.ts';
import type { Lock } from './lock.ts';
import { csvOf } from './metrics.ts';
import { isEmpty, lockNewFolder, makeFreshFolder } from './new-folder.ts';
import { encodePlan, type RunPlan } from './plan.ts';
import { runName } from './recording.ts';
import { EventsFile } from './tensorboard.ts';

/** So long training goes on before the policy is saved between two checkpoints, ms. No file of a run that ends depends on it. */
const saveEvery = 10_000;
/** Files that wait to be written with the next checkpoint, before they are written without. */
const maxPending = 8;

/** The folder is another process's by now: nothing more may be written there. */
class LostFolder extends Failure {}

/**
 * Writes a run's folder as training goes on. What cannot be written, because the disk is full, say, or the folder gone,
 * is said once and kept, to be written as soon as it can be. Every file is whole at every moment.
 */
export class RunWriter {
  readonly folder: string;
  private readonly content: RunContent;
  /** The plan as a file, and what the robot is drawn with. */
  private readonly config: Uint8Array;
  private readonly meshes: Uint8Array | null;
  readonly warn: Warn;
  private lock: Lock;
  /** How many lines and bytes of the table of metrics its file holds. */
  private written = 0;
  private writtenBytes = 0;
  private warned = false;
  /** For TensorBoard, where asked for. */
  private events: EventsFile | null = null;
  /** When the policy was last handed over to be written. */
  private savedAt = performance.now();

  private constructor(folder: string, lock: Lock, plan: RunPlan, { config, meshes }: Beginning, warn: Warn) {
    this.folder = folder;
    this.lock = lock;
    this.content = new RunContent(plan, sha256OfTable());
    this.config = config;
    this.meshes = meshes;
    this.warn = warn;
  }

  /** A writer for a new folder: `out`, which may be there if it is empty, or a free one under runs/. */
  static async create(
    out: string | undefined,
    plan: RunPlan,
    { training }: Pick<Learner, 'training'>,
    warn: Warn,
  ): Promise<RunWriter> {
    const beginning = await beginningOf(plan, training);
    const folder = out ?? makeFreshFolder(runName(plan.config));
    const writer = new RunWriter(folder, await lockNewFolder(folder), plan, beginning, warn);
    writer.begin();
    return writer;
  }

  /** A writer that goes on with a run in its folder, from where it was loaded. */
  static async reopen(
    folder: string,
    lock: Lock,
    plan: RunPlan,
    loaded: LoadedLearner,
    warn: Warn,
  ): Promise<RunWriter> {
    const { learner, lines, isTableLost } = loaded;
    const writer = new RunWriter(folder, lock, plan, await beginningOf(plan, learner.training), warn);
    await writer.ensureFolder();
    for (const each of ['', names.checkpoints, names.recordings]) sweep(join(folder, each));
    if (writer.meshes && !exists(writer.path(names.meshes))) writeWhole(writer.path(names.meshes), writer.meshes);
    writer.content.add(lines);
    if (isTableLost) writer.giveUpTable(learner);
    if (lines.length) writer.writeTable();
    else remove(writer.path(names.metrics));
    // What the policy did where the run stopped, or failed, is not what it will do at the end.
    for (const name of [names.rollouts, names.fault]) remove(writer.path(name));
    // It goes with the table that begins anew.
    if (isTableLost) await writer.save(learner);
    return writer;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Takes in an iteration: its metrics, and a checkpoint where one is due. */
  async log(learner: Learner, iteration: Iteration): Promise<void> {
    const isLate = performance.now() - this.savedAt >= saveEvery;
    const isSaved = await this.content.log(learner, iteration, isLate);
    if (isSaved) this.savedAt = performance.now();
    try {
      await (isSaved || this.content.pending.size >= maxPending ? this.writePending() : this.writeMetrics());
    } catch (error) {
      this.tell(error);
    }
  }

  /** Takes in a recording of what the learner does after its latest iteration, to be written with the next checkpoint. */
  record(learner: Learner, bytes: Uint8Array): void {
    this.content.record(learner, bytes);
  }

  /** Keeps recordings of so many bytes in all. To be called before the first is taken in. */
  limitRecordings(budget: number): void {
    this.content.limitRecordings(budget, (path) => {
      const bytes = sizeOf(this.path(path));
      return bytes < 0 ? undefined : bytes;
    });
  }

  /**
   * Writes the metrics for TensorBoard as well, if that is asked for or the run has done so before. Training goes on where they cannot be
   * written.
   */
  followForTensorBoard(isAsked: boolean): void {
    if (!isAsked && !exists(this.path(names.events))) return;
    this.events = new EventsFile(this.path(names.events));
    this.writeEvents();
  }

  private writeEvents(): void {
    try {
      this.events?.follow(this.content.lines);
    } catch (error) {
      this.tell(error);
    }
  }

  /** Writes the learner to go on from, and all that is still to be written. */
  async save(learner: Learner): Promise<void> {
    await this.content.save(learner);
    this.savedAt = performance.now();
    await this.writePending();
  }

  /** Writes a file of the run at once. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    await this.ensureFolder();
    writeWhole(this.path(name), bytes);
  }

  close(): void {
    this.lock.release();
  }

  /** Begins a folder; one that cannot be begun is left as it was. */
  private begin(): void {
    [this.written, this.writtenBytes] = [0, 0];
    try {
      // A folder with a configuration is a run: it comes last.
      if (this.meshes) writeWhole(this.path(names.meshes), this.meshes);
      writeWhole(this.path(names.config), this.config);
      checkFolder(this.path(names.checkpoints));
    } catch (error) {
      for (const name of [names.config, names.meshes]) quietly(() => remove(this.path(name)));
      this.lock.release();
      throw error;
    }
  }

  /** Puts a table aside that cannot be vouched for, and says from where on there is another. */
  private giveUpTable({ progress }: Learner): void {
    const file = this.path(names.metrics);
    const kept = exists(file) ? `; what there is of it is kept in ${names.oldMetrics}` : '';
    if (kept) rename(file, names.oldMetrics);
    const lost = `the table up to iteration ${progress.iteration} is lost, and begins anew after it${kept}`;
    this.warn(`${file}: no checkpoint goes with it: ${lost}. The policy is whole, and training goes on`);
  }

  /**
   * Makes a new folder where the old one is gone.
   * @throws LostFolder where another process has it
   */
  private async ensureFolder(): Promise<void> {
    if (this.lock.held()) return;
    this.lock.release();
    if (isFolder(this.folder) && !isEmpty(this.folder)) {
      const what = 'another process took it over while this one stood still, or replaced it';
      throw new LostFolder(`the folder ${this.folder} is lost, and is not empty: ${what}; nothing is written there`);
    }
    this.lock = await lockNewFolder(this.folder);
    this.begin();
    this.tell(new Failure(`the folder ${this.folder} was gone: it is made anew, without its earlier checkpoints`));
  }

  private async writeMetrics(): Promise<void> {
    await this.ensureFolder();
    const file = this.path(names.metrics);
    const { lines } = this.content;
    if (this.written && sizeOf(file) !== this.writtenBytes) return this.writeTable();
    if (this.written === lines.length) return;
    const text = csvOf(lines.slice(this.written));
    append(file, text);
    this.written = lines.length;
    this.writtenBytes += Buffer.byteLength(text);
    this.writeEvents();
  }

  /** Writes the table anew, where it is not there as it was written. */
  private writeTable(): void {
    const { lines } = this.content;
    const text = csvOf(lines);
    writeWhole(this.path(names.metrics), text);
    this.written = lines.length;
    this.writtenBytes = Buffer.byteLength(text);
    this.writeEvents();
  }

  private async writePending(): Promise<void> {
    await this.writeMetrics();
    const { lines, pending } = this.content;
    if (lines.length) flush(this.path(names.metrics));
    for (const [name, bytes] of pending) {
      // This process may have stood still since the file before, or while it wrote this one.
      const isMeant = () => this.lock.held();
      if (!isMeant() || !writeWhole(this.path(name), bytes, isMeant)) return this.writePending();
      pending.delete(name);
    }
    const written = [names.checkpoints, names.recordings].flatMap((folder) => numberedIn(this.folder, folder));
    // What was there while the folder was this process's is of this run, and not of one that took it over since.
    if (!this.lock.held()) return this.writePending();
    for (const path of this.content.dropped(written)) remove(this.path(path));
  }

  private tell(error: unknown): void {
    if (!(error instanceof Failure) || error instanceof LostFolder) throw error;
    if (!this.warned) this.warn(`${error.message} (training goes on, and saves when it can)`);
    this.warned = true;
  }
}

/** What a run's folder begins with. */
interface Beginning {
  readonly config: Uint8Array;
  readonly meshes: Uint8Array | null;
}

async function beginningOf(plan: RunPlan, { backend, env: { meshes } }: Training): Promise<Beginning> {
  return { config: await encodePlan(plan, backend), meshes: meshes ? await encodeMeshes(meshes) : null };
}

/** The files in an inner folder of a run that are named after their iterations. */
function numberedIn(run: string, folder: string): string[] {
  const path = join(run, folder);
  const found = isFolder(path) ? namesIn(path).filter(isNumbered) : [];
  return found.map((name) => `${folder}/${name}`);
}

function sha256OfTable(): TableDigest {
  const digest = createHash('sha256');
  return { add: (text) => void digest.update(text), hex: async () => digest.copy().digest('hex') };
}
