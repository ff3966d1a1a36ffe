/** A policy at the iterations of its training, as recordings on the same goals, and after it. */
import type { Recording } from '../envs/recording/types.ts';
import { fetchRecording, type Served } from './files.ts';

export interface Stop {
  /** Text from the disk, unique. */
  readonly name: string;
  readonly url: string;
  /** Undefined for the rollouts of the finished run, which have goals of their own. */
  readonly iteration?: number;
}

/** Recordings kept at most: to scrub back is common, and one weighs a few hundred kilobytes. */
const kept = 60;

export class Training {
  readonly stops: readonly Stop[];
  readonly #open = new Map<string, Promise<Recording>>();

  constructor(run: Served) {
    const states = run.training ?? [];
    const isOwn = states.some(({ url }) => url === run.url);
    this.stops = isOwn ? states : [...states, { name: run.name, url: run.url }];
  }

  /** The recording at a stop; asked for once, and again after a failure. */
  load(index: number): Promise<Recording> {
    const stop = this.stops[index];
    const known = this.#open.get(stop.url);
    if (known) return known;
    const recording = fetchRecording(stop);
    this.#open.set(stop.url, recording);
    recording.catch(() => this.#open.delete(stop.url));
    const [oldest] = this.#open.keys();
    if (this.#open.size > kept) this.#open.delete(oldest);
    return recording;
  }

  /** Where a recording of that name stands; -1 if it is none of these. */
  indexOf(name: string): number {
    return this.stops.findIndex((stop) => stop.name === name);
  }
}
