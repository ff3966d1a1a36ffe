import type { MessagePort } from 'node:worker_threads';
import type { ModuleSource } from '../../train/registry.ts';
import type { PolicySnapshot } from '../acting-policy.ts';
import { queueCounters } from '../episode-queue.ts';
import type { PolicyConfig } from '../policy-config.ts';
import type { RolloutRequest } from '../rollout.ts';
import type { PackedEpisodes } from './transfer.ts';

/** What a worker is started with. */
export interface WorkerOptions {
  readonly config: PolicyConfig;
  /** The modules that define some of it. */
  readonly sources: readonly ModuleSource[];
  /** Results go here. */
  readonly results: MessagePort;
}

/** Rollouts to take part in, one after the other. */
export interface WorkerRequest {
  readonly snapshot: PolicySnapshot;
  readonly requests: readonly RolloutRequest[];
  /** Threads that run the rollouts, the calling one among them. */
  readonly threads: number;
  /** See `sharedViews`; a new one each time. */
  readonly shared: SharedArrayBuffer;
  /** Index of this worker. */
  readonly worker: number;
}

/** The episodes of each rollout. */
export type WorkerResult = { readonly packed: readonly PackedEpisodes[] } | { readonly error: unknown };

/** A worker's part: it has not answered yet, takes part, came too late and is not waited for, or is done. */
export const workerStates = { asked: 0, running: 1, skipped: 2, done: 3 } as const;

export function createShared(workers: number, requests: readonly RolloutRequest[]): SharedArrayBuffer {
  const counters = requests.reduce((sum, { until }) => sum + queueCounters(until), 0);
  return new SharedArrayBuffer((2 * workers + counters) * Int32Array.BYTES_PER_ELEMENT);
}

/** What the threads share: states [workers], heartbeats [workers], and the counters of each rollout's episode queue. */
export function sharedViews(shared: SharedArrayBuffer, workers: number, requests: readonly RolloutRequest[]) {
  const numbers = new Int32Array(shared);
  let at = 2 * workers;
  return {
    state: numbers.subarray(0, workers),
    heartbeat: numbers.subarray(workers, at),
    counters: requests.map(({ until }) => {
      const start = at;
      at += queueCounters(until);
      return numbers.subarray(start, at);
    }),
  };
}
