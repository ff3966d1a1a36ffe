import type { Recording } from '../../envs/recording/header.ts';
import { countSuccesses } from '../../envs/trajectory.ts';
import { fetchRecording, type OfferedRecording } from './recordings.ts';

/** A recording of the policy at some iteration of its training. */
export interface Snapshot {
  /** Text from the disk, unique. */
  readonly name: string;
  readonly url: string;
  readonly iteration: number;
  /** Share of the goals of its evaluation that it reached, if the run says so. */
  readonly success?: number;
}

/** Recordings kept at most: scrubbing back is common, and a recording weighs a few hundred kilobytes. */
const maxKept = 60;

/** A training as recordings of its policy on the same goals, iteration by iteration. */
export class TrainingRun {
  readonly snapshots: readonly Snapshot[];
  /** Of the rollouts of the finished run, which have goals of their own; that of a snapshot while there are none. */
  readonly name: string;
  readonly #final: OfferedRecording;
  readonly #open = new Map<string, Promise<Recording>>();
  /** Share of the episodes of a recording that were successes, of those that were loaded. */
  readonly #reached = new Map<string, number>();

  constructor(offered: OfferedRecording) {
    const { name, training = [] } = offered;
    this.#final = offered;
    this.name = name;
    this.snapshots = training;
  }

  /** The recording of a snapshot; fetched once, and again after a failure. */
  load(index: number): Promise<Recording> {
    const { url } = this.snapshots[index];
    const known = this.#open.get(url);
    if (known) return known;
    const recording = fetchRecording(this.snapshots[index]);
    this.#open.set(url, recording);
    recording.then(
      ({ header, episodes }) => {
        if (header.spec.hasSuccess) this.#reached.set(url, countSuccesses(episodes) / episodes.length);
      },
      () => this.#open.delete(url),
    );
    const [oldest] = this.#open.keys();
    if (this.#open.size > maxKept) this.#open.delete(oldest);
    return recording;
  }

  /** The rollouts of the finished run. */
  loadFinal(): Promise<Recording> {
    return fetchRecording(this.#final);
  }

  /** Of each snapshot, as far as it is known: from the run, or else from its recording once that was loaded. */
  get successes(): readonly (number | undefined)[] {
    return this.snapshots.map(({ success, url }) => success ?? this.#reached.get(url));
  }

  /** -1 where no snapshot has that name. */
  indexOf(name: string): number {
    return this.snapshots.findIndex((snapshot) => snapshot.name === name);
  }
}

/** The trainings there are to go through. */
export class Trainings {
  #runs: readonly TrainingRun[] = [];

  offer(offered: readonly OfferedRecording[]): void {
    this.#runs = offered.filter(({ training = [] }) => training.length > 1).map((item) => new TrainingRun(item));
  }

  /** The training that a recording is of: of its end, or of a time before; undefined where there is none. */
  of(name: string | undefined): TrainingRun | undefined {
    return this.#runs.find((run) => run.name === name || (name !== undefined && run.indexOf(name) >= 0));
  }
}
