import { isDeepStrictEqual } from 'node:util';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Trajectory } from '../../../envs/trajectory.ts';
import type { ModuleSource } from '../../train/registry.ts';
import { type ActingPolicy, actorOf, type PolicyParts, type PolicySnapshot, snapshotOf } from '../acting-policy.ts';
import { collectFrom, type IndexedEpisode } from '../collect.ts';
import { counted, countersOf, createEpisodeQueue, type EpisodeQueue, progressOf } from '../episode-queue.ts';
import { policyConfigOf } from '../policy-config.ts';
import { beforeEachStep, envFor, planOf, type RollOut, type RolloutRequest, rollOutWith } from '../rollout.ts';
import {
  createShared,
  sharedViews,
  type WorkerOptions,
  type WorkerRequest,
  type WorkerResult,
  workerStates,
} from './messages.ts';
import { unpack } from './transfer.ts';

/** Threads that run episodes beside the calling one, which takes its own share and then waits for theirs. */
export interface WorkerPool {
  readonly rollOut: RollOut;
  close(): void;
}

interface PoolOptions {
  /** Modules that define what is run. */
  readonly sources?: readonly ModuleSource[];
  /** Called before every control step, and every now and then while workers are waited for; what it throws ends the rollout. */
  readonly check?: () => void;
  // What follows is for tests and benchmarks.
  /** The workers' program. */
  readonly program?: URL;
  /** A worker without a heartbeat for so long hangs, ms. */
  readonly timeout?: number;
  /** Called with the number of episodes that a worker ran in a rollout it took part in. */
  onResult?(episodes: number): void;
  /** Called after every rollout with the steps that were simulated for it and do not count. */
  onDropped?(steps: number): void;
}

/** A rollout as far as the threads have run it together. */
interface Part {
  readonly request: RolloutRequest;
  readonly episodes: IndexedEpisode[];
  /** Of its episode queue. */
  readonly counters: Int32Array<ArrayBufferLike>;
}

interface PoolWorker {
  readonly thread: Worker;
  readonly results: MessagePort;
  /** Why the thread ended by itself, once it has. */
  failure: unknown;
}

/** So many workers may be lost, and none finish a rollout, before the run is given up. */
const maxLosses = 8;

/** While a worker is waited for, ms. */
const checkEvery = 100;

/** Workers keep dying: the machine cannot run them. */
export class LostWorkers extends Error {
  override readonly name = 'LostWorkers';
}

/**
 * @param parts of the policies whose episodes are to be run
 * @param threads in all, the calling one among them
 */
export function createWorkerPool(parts: PolicyParts, threads: number, options: PoolOptions = {}): WorkerPool {
  const { check = () => {} } = options;
  if (threads <= 1) return { rollOut: rollOutWith(check), close() {} };
  const {
    program = new URL('./worker.js', import.meta.url),
    sources = [],
    timeout = 20_000,
    onResult,
    onDropped,
  } = options;
  const start = () => startWorker({ config: policyConfigOf(parts), sources }, program);
  const workers = Array.from({ length: threads - 1 }, start);
  /** Workers lost since one last finished a rollout. */
  let lost = 0;

  /** Starts a new worker for one that died or hangs. */
  function replace(i: number): void {
    const { failure } = workers[i];
    if (++lost > maxLosses) {
      const why = failure instanceof Error ? failure.message : 'they do not answer';
      throw new LostWorkers(`gave up after losing ${lost} worker threads (${why}); --workers 1 does without them`);
    }
    stop(workers[i]);
    workers[i] = start();
  }

  /** Runs rollouts one after the other on all threads, none of which waits for the others in between. */
  function runTogether(policy: ActingPolicy, requests: readonly RolloutRequest[]): Part[] {
    workers.forEach(({ failure }, i) => {
      if (failure) replace(i);
    });
    const shared = createShared(workers.length, requests);
    workers.forEach(({ thread }, worker) => {
      const message: WorkerRequest = { snapshot: snapshotOf(policy), requests, threads, shared, worker };
      thread.postMessage(message);
    });
    const views = sharedViews(shared, workers.length, requests);
    const parts = requests.map((request, i) => {
      const counters = views.counters[i];
      const queue = createEpisodeQueue(request.until, envFor(policy, request).spec.horizon, counters);
      return { request, counters, episodes: tryShare(queue, { policy, request, check }, threads) };
    });
    workers.forEach((worker, i) => {
      const result = awaitResult(views, i, worker.results, { timeout, check });
      if (!result) return;
      if ('packed' in result) {
        lost = 0;
        const received = result.packed.map((packed) => unpack(packed, policy.env.spec));
        onResult?.(received.flat().length);
        parts.forEach(({ episodes }, k) => {
          for (const each of received[k]) episodes.push(each);
        });
      } else {
        // What is wrong with the episodes themselves shows again, here, when they are run anew.
        worker.failure ??= result.error;
        replace(i);
      }
    });
    return parts;
  }

  return {
    rollOut: inAdvance(runTogether, (policy, { request, episodes, counters }) => {
      const { begun, dropped } = progressOf(counters);
      const whole = complete({ policy, request, check }, episodes, begun);
      const surplus = episodes.filter((each) => !whole.includes(each));
      onDropped?.(surplus.reduce((sum, { trajectory }) => sum + trajectory.steps, dropped));
      return whole.map(({ trajectory }) => trajectory);
    }),
    close: () => workers.forEach(stop),
  };
}

/** Runs what is known to be asked for next along with what is asked for, and has it there when it is. */
function inAdvance(
  run: (policy: ActingPolicy, requests: readonly RolloutRequest[]) => Part[],
  complete: (policy: ActingPolicy, part: Part) => Trajectory[],
): RollOut {
  let ahead: { readonly part: Part; readonly by: PolicySnapshot } | null = null;
  return (policy, { next, ...request }) => {
    if (ahead && isDeepStrictEqual(ahead.part.request, request) && isDeepStrictEqual(ahead.by, snapshotOf(policy))) {
      const { part } = ahead;
      ahead = null;
      return complete(policy, part);
    }
    const [part, later] = run(policy, next ? [request, next] : [request]);
    if (later) ahead = { part: later, by: structuredClone(snapshotOf(policy)) };
    return complete(policy, part);
  };
}

function startWorker(made: Omit<WorkerOptions, 'results'>, program: URL): PoolWorker {
  const { port1: results, port2 } = new MessageChannel();
  const workerData: WorkerOptions = { ...made, results: port2 };
  const thread = new Worker(program, { workerData, transferList: [port2] });
  const worker: PoolWorker = { thread, results, failure: null };
  thread.on('error', (error) => {
    worker.failure = error;
  });
  thread.on('exit', (code) => {
    worker.failure ??= new Error(`a worker thread exited with code ${code}`);
  });
  thread.unref();
  results.unref();
  return worker;
}

function stop({ thread, results }: PoolWorker): void {
  results.close();
  void thread.terminate();
}

/** What a worker made of its share; null where it had not begun. */
function awaitResult(
  { state, heartbeat }: ReturnType<typeof sharedViews>,
  i: number,
  results: MessagePort,
  { timeout, check }: Required<Pick<PoolOptions, 'timeout' | 'check'>>,
): WorkerResult | null {
  const { asked, running, skipped } = workerStates;
  if (Atomics.compareExchange(state, i, asked, skipped) === asked) return null;
  let [seen, since] = [Atomics.load(heartbeat, i), performance.now()];
  while (Atomics.load(state, i) === running) {
    check();
    if (Atomics.wait(state, i, running, Math.min(timeout, checkEvery)) !== 'timed-out') continue;
    const now = Atomics.load(heartbeat, i);
    if (now !== seen) [seen, since] = [now, performance.now()];
    else if (performance.now() - since >= timeout) return { error: new Error('one hangs') };
  }
  return receiveMessageOnPort(results)?.message ?? { error: new Error('one died') };
}

/** What the calling thread runs its share of a rollout with. */
interface OwnShare {
  readonly policy: ActingPolicy;
  readonly request: RolloutRequest;
  readonly check: () => void;
}

function runFrom(queue: EpisodeQueue, { policy, request, check }: OwnShare, threads: number): IndexedEpisode[] {
  const env = envFor(policy, request);
  const actor = beforeEachStep(actorOf(policy), check);
  return collectFrom(queue, env, actor, planOf(request, env.spec.horizon, threads));
}

/** Nothing where an episode throws: if it counts, it throws again when it is run anew. */
function tryShare(queue: EpisodeQueue, own: OwnShare, threads: number): IndexedEpisode[] {
  let isToEnd = false;
  const check = () => {
    isToEnd = true;
    own.check();
    isToEnd = false;
  };
  try {
    return runFrom(queue, { ...own, check }, threads);
  } catch (error) {
    if (isToEnd) throw error;
    return [];
  }
}

/** All episodes that count, in order, after running those that a lost worker had begun and those whose start waited for them. */
function complete(own: OwnShare, episodes: readonly IndexedEpisode[], begun: number): IndexedEpisode[] {
  const { until } = own.request;
  const { horizon } = envFor(own.policy, own.request).spec;
  // New counters, from the episodes that there are: a lost worker has counted some that are run again, and may yet count more.
  const lengths = new Map(episodes.map(({ episode, trajectory }) => [episode, trajectory.steps]));
  const queue = createEpisodeQueue(until, horizon, countersOf(until, horizon, { begun, lengths }));
  const missing = Array.from({ length: begun }, (_, episode) => episode).filter((each) => !lengths.has(each));
  const rest: EpisodeQueue = { ...queue, take: () => missing.shift() ?? queue.take() };
  const isLacking = missing.length > 0 && !queue.isComplete();
  const all = isLacking ? [...episodes, ...runFrom(rest, own, 1)] : [...episodes];
  return counted(
    all.sort((a, b) => a.episode - b.episode),
    until,
  );
}
