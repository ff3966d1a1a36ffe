import type { MessagePort } from 'node:worker_threads';
import type { ModuleSource } from '../../train/registry.ts';
import type { PolicySnapshot } from '../acting-policy.ts';
import { queueCounters, type Until } from '../episode-queue.ts';
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

/** A rollout to take part in. */
export interface WorkerRequest {
  readonly snapshot: PolicySnapshot;
  readonly request: RolloutRequest;
  /** Threads that run the rollout, the calling one among them. */
  readonly threads: number;
  /** See `sharedViews`; a new one for each rollout. */
  readonly shared: SharedArrayBuffer;
  /** Index of this worker. */
  readonly worker: number;
}

export type WorkerResult = { readonly packed: PackedEpisodes } | { readonly error: unknown };

/** A worker's part in a rollout: it has not answered yet, takes part, came too late and is not waited for, or is done. */
export const workerStates = { asked: 0, running: 1, skipped: 2, done: 3 } as const;

/** @param until what the rollout is to come to */
export function createShared(workers: number, until: Until): SharedArrayBuffer {
  return new SharedArrayBuffer((2 * workers + queueCounters(until)) * Int32Array.BYTES_PER_ELEMENT);
}

/** What the threads of a rollout share: states [workers], heartbeats [workers], and the counters of the episode queue. */
export function sharedViews(shared: SharedArrayBuffer, workers: number) {
  const numbers = new Int32Array(shared);
  return {
    state: numbers.subarray(0, workers),
    heartbeat: numbers.subarray(workers, 2 * workers),
    counters: numbers.subarray(2 * workers),
  };
}
