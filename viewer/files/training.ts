import type { Recording } from '../../envs/recording/header.ts';
import { fetchRecording, type OfferedRecording } from './recordings.ts';

/** A recording of the policy at some iteration of its training. */
export interface Snapshot {
  /** Text from the disk, unique. */
  readonly name: string;
  readonly url: string;
  /** Undefined for the rollouts of the finished run, which have goals of their own. */
  readonly iteration?: number;
}

/** Recordings kept at most: scrubbing back is common, and a recording weighs a few hundred kilobytes. */
const maxKept = 60;

/** A training as recordings of its policy on the same goals, iteration by iteration. */
export class TrainingRun {
  readonly snapshots: readonly Snapshot[];
  readonly #open = new Map<string, Promise<Recording>>();

  constructor(run: OfferedRecording) {
    const earlier = run.training ?? [];
    const isOwn = earlier.some(({ url }) => url === run.url);
    this.snapshots = isOwn ? earlier : [...earlier, { name: run.name, url: run.url }];
  }

  /** The recording of a snapshot; fetched once, and again after a failure. */
  load(index: number): Promise<Recording> {
    const snapshot = this.snapshots[index];
    const known = this.#open.get(snapshot.url);
    if (known) return known;
    const recording = fetchRecording(snapshot);
    this.#open.set(snapshot.url, recording);
    recording.catch(() => this.#open.delete(snapshot.url));
    const [oldest] = this.#open.keys();
    if (this.#open.size > maxKept) this.#open.delete(oldest);
    return recording;
  }

  /** -1 where no snapshot has that name. */
  indexOf(name: string): number {
    return this.snapshots.findIndex((snapshot) => snapshot.name === name);
  }
}
