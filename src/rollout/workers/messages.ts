import type { MessagePort } from 'node:worker_threads';
import type { TrainConfig } from '../../train/config.ts';
import type { Learner } from '../../train/learner.ts';
import { queueCounters } from '../episode-queue.ts';
import type { Episodes } from '../episodes.ts';
import type { Invitation } from './desk.ts';
import type { PackedEpisodes } from './transfer.ts';

/** What a thread is started with. */
export interface ThreadData {
  readonly config: TrainConfig;
  /** Results go here. */
  readonly results: MessagePort;
}

/** Episodes to run together with others. */
export interface Job {
  readonly snapshot: Snapshot;
  readonly episodes: Episodes;
  readonly sharers: number;
  /** The tickets' counters, then the state and the heartbeat of every thread; a new one for each job. */
  readonly shared: SharedArrayBuffer;
  /** Which of the threads this is. */
  readonly thread: number;
}

/** What a thread is asked to do. */
export type Message = { readonly job: Job } | { readonly invitation: Invitation };

export type Result = { readonly parcel: PackedEpisodes } | { readonly error: unknown };

/** How a thread stands to a job. */
export const states = { offered: 0, joined: 1, dismissed: 2, finished: 3 } as const;

export function sharedFor(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer((queueCounters + 2 * threads) * Int32Array.BYTES_PER_ELEMENT);
}

/** The parts of a job's shared memory: counters of the tickets [3], states [threads] and heartbeats [threads]. */
export function partsOf(shared: SharedArrayBuffer) {
  const numbers = new Int32Array(shared);
  const threads = (numbers.length - queueCounters) / 2;
  return {
    counters: numbers.subarray(0, queueCounters),
    state: numbers.subarray(queueCounters, queueCounters + threads),
    beat: numbers.subarray(queueCounters + threads),
  };
}

/** All that a learner's actor depends on. */
export interface Snapshot {
  readonly theta: Float64Array;
  readonly normalizer: Learner['normalizer'];
  readonly baseline: Readonly<Record<string, Float64Array>>;
}

export function snapshotOf({ theta, normalizer, baseline }: Learner): Snapshot {
  return { theta, normalizer, baseline: baseline.state };
}

export function restore({ theta, normalizer, baseline }: Learner, from: Snapshot): void {
  theta.set(from.theta);
  normalizer.count = from.normalizer.count;
  normalizer.mean.set(from.normalizer.mean);
  normalizer.squares.set(from.normalizer.squares);
  for (const [name, data] of Object.entries(from.baseline)) baseline.state[name].set(data);
}
