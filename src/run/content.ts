import type { Learner } from '../train/learner.ts';
import type { Iteration } from '../train/train.ts';
import { encodePolicy } from './encode-policy.ts';
import { checkpointName, iterationOf, names, recordingName } from './folder.ts';
import { csvOf, evaluatedIn, metricsLines } from './metrics.ts';
import type { RunPlan } from './plan.ts';
import { RecordingsBudget } from './recordings.ts';

/** Checkpoints that are kept, the best and the latest policy aside. */
const keptCheckpoints = 3;

/** The SHA-256 of a table as it grows. */
export interface TableDigest {
  add(text: string): void;
  /** Of all that was added. */
  hex(): Promise<string>;
}

/**
 * What the files of a run hold as training goes on. Where they lie is for whoever writes them: the table of metrics first, then the
 * pending files in their order, of which the policy is the last, so that a reader that finds it finds the rest.
 */
export class RunContent {
  /** The table of metrics, its heading first. */
  readonly lines: string[] = [];
  /** Files still to be written, by their path in the run's folder. */
  readonly pending = new Map<string, Uint8Array>();
  private readonly plan: Pick<RunPlan, 'checkpointEvery' | 'fork'>;
  private readonly digest: TableDigest;
  private recordings = new RecordingsBudget();
  /** Whether the policy that was last taken in is that of the latest iteration. */
  private isCurrent = false;

  constructor(plan: Pick<RunPlan, 'checkpointEvery' | 'fork'>, digest: TableDigest) {
    this.plan = plan;
    this.digest = digest;
  }

  /** Takes in lines of the table of metrics. */
  add(lines: readonly string[]): void {
    for (const line of lines) this.lines.push(line);
    this.digest.add(csvOf(lines));
  }

  /**
   * Takes in an iteration: its metrics, and a checkpoint where one is due.
   * @param isLate whether the policy is to be saved where no checkpoint is due, too
   * @returns whether there is a policy to go on from that is new
   */
  async log(learner: Learner, iteration: Iteration, isLate: boolean): Promise<boolean> {
    const { iteration: number, best } = iteration;
    this.add(metricsLines(iteration, this.lines[0]));
    const isBest = best?.iteration === number;
    const isDue = number % this.plan.checkpointEvery === 0;
    this.isCurrent = false;
    if (!isBest && !isDue && !isLate) return false;
    const bytes = await this.encode(learner);
    if (isBest) this.keep(`${names.checkpoints}/${names.best}`, bytes);
    if (isDue) this.keep(checkpointName(number), bytes);
    if (isDue || isLate) this.keepPolicy(bytes);
    return isDue || isLate;
  }

  /** Takes in a recording of what the learner does after its latest iteration. */
  record({ progress }: Learner, bytes: Uint8Array): void {
    this.recordings.add(progress.iteration, bytes.length);
    this.keep(recordingName(progress.iteration), bytes);
    for (const path of this.pending.keys()) if (this.isThinned(path)) this.pending.delete(path);
  }

  /** Takes in the learner, to go on from. */
  async save(learner: Learner): Promise<void> {
    this.keepPolicy(await this.encode(learner));
  }

  /**
   * Keeps recordings of so many bytes in all; see `RecordingsBudget`. To be called before the first is taken in.
   * @param bytesOf the size of a file of the run; undefined where there is none
   */
  limitRecordings(budget: number | undefined, bytesOf: (path: string) => number | undefined): void {
    this.recordings = new RecordingsBudget(budget);
    const made = [...(this.plan.fork ? [] : [0]), ...evaluatedIn(this.lines)];
    this.recordings.resume(made, (iteration) => bytesOf(recordingName(iteration)));
  }

  /** Those of a run's files, by their paths, that are kept no longer once all that is pending is written. */
  dropped(paths: readonly string[]): readonly string[] {
    const old = numberedOf(paths).slice(0, -keptCheckpoints);
    // A run that goes on from an earlier policy than that of the latest iteration has need of what that had.
    return this.isCurrent ? [...old, ...paths.filter((path) => this.isThinned(path))] : old;
  }

  private encode(learner: Learner): Promise<Uint8Array> {
    return this.digest.hex().then((digest) => encodePolicy(learner, digest));
  }

  private keepPolicy(bytes: Uint8Array): void {
    this.keep(names.policy, bytes);
    this.isCurrent = true;
  }

  /** Keeps a file to be written after those before it; of checkpoints, no more than would be kept in the run's folder. */
  private keep(path: string, bytes: Uint8Array): void {
    this.pending.delete(path);
    this.pending.set(path, bytes);
    for (const old of numberedOf([...this.pending.keys()]).slice(0, -keptCheckpoints)) this.pending.delete(old);
  }

  /** Whether a file is a recording that is kept no longer. */
  private isThinned(path: string): boolean {
    const [folder, name] = path.split('/');
    const iteration = folder === names.recordings && name !== undefined ? iterationOf(name) : undefined;
    return iteration !== undefined && !this.recordings.has(iteration);
  }
}

/** The checkpoints among files of a run that are named after their iterations, the earliest first. */
function numberedOf(paths: readonly string[]): string[] {
  return paths.filter((path) => /^checkpoints\/\d+\.safetensors$/.test(path)).sort();
}
