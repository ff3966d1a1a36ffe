import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Trajectory } from '../../../envs/types.ts';
import type { TrainConfig } from '../../train/config.ts';
import { actorOf, type Learner } from '../../train/learner.ts';
import { type Collected, collectShare } from '../collect.ts';
import { createEpisodeQueue, type EpisodeQueue } from '../episode-queue.ts';
import { type Episodes, planOf, type RollOut, rollOut } from '../episodes.ts';
import { usualPatience } from './desk.ts';
import type { Hands } from './hands.ts';
import { type Job, type Message, partsOf, type Result, sharedFor, snapshotOf, states } from './messages.ts';
import { unpack } from './transfer.ts';

/** Threads that run episodes beside the calling one, which takes its own share and then waits for theirs. */
export interface WorkerPool {
  readonly rollOut: RollOut;
  close(): void;
}

interface Thread {
  readonly worker: Worker;
  readonly results: MessagePort;
  /** Why the thread ended by itself, once it has. */
  failure: unknown;
}

interface Change {
  readonly hands?: Hands;
  readonly code?: URL;
  readonly patience?: number;
  /** Is told how many episodes another thread ran, whenever it ran any. */
  onShare?(episodes: number): void;
}

/** So many threads may be lost, and none do its share, before the run is given up. */
const losses = 8;

/** Threads keep dying: the machine cannot run them. */
export class LostWorkers extends Error {
  override readonly name = 'LostThreads';
}

const program = new URL('./worker.js', import.meta.url);

/**
 * @param workers threads in all, the calling one among them
 * @param change hands that these threads are, while they run no episodes; what a test runs or waits for instead, and what it
 *   watches
 */
export function createWorkerPool(config: TrainConfig, workers: number, change: Change = {}): WorkerPool {
  if (workers <= 1) return { rollOut, close() {} };
  const start = () => startThread(config, change.code ?? program);
  const threads = Array.from({ length: workers - 1 }, start);
  const { hands, patience = usualPatience } = change;
  /** Threads lost since one last did its share. */
  let lost = 0;

  hands?.employ({
    patience,
    call: (invitation) =>
      threads.forEach(({ worker }, i) => {
        worker.postMessage({ invitation: { ...invitation, hand: i + 1 } } satisfies Message);
      }),
    giveUp(others) {
      lose(new Error('one hangs'));
      for (const hand of others) renew(hand - 1);
    },
  });

  function lose(failure: unknown): void {
    lost++;
    if (lost > losses) {
      const why = failure instanceof Error ? failure.message : 'they do not answer';
      throw new LostWorkers(`gave up after losing ${lost} worker threads (${why}); --workers 1 does without them`);
    }
  }

  /** Puts a new thread in the place of another. */
  function renew(i: number): void {
    stop(threads[i]);
    threads[i] = start();
  }

  /** The same for one that died or hangs. */
  function replace(i: number): void {
    lose(threads[i].failure);
    renew(i);
  }

  return {
    rollOut(learner, episodes) {
      hands?.dismiss();
      threads.forEach(({ failure }, i) => {
        if (failure) replace(i);
      });
      const shared = sharedFor(threads.length);
      threads.forEach(({ worker }, thread) => {
        const job: Job = { snapshot: snapshotOf(learner), episodes, sharers: workers, shared, thread };
        worker.postMessage({ job } satisfies Message);
      });
      const { counters } = partsOf(shared);
      const tickets = createEpisodeQueue(episodes.until, learner.env.spec.horizon, counters);
      const collected = share(learner, episodes, tickets, workers);
      threads.forEach(({ results }, i) => {
        const result = awaitResult(shared, i, results, patience);
        if (!result) return;
        if ('parcel' in result) {
          lost = 0;
          const theirs = unpack(result.parcel, learner.env.spec);
          change.onShare?.(theirs.length);
          for (const one of theirs) collected.push(one);
        } else {
          // What is wrong with the episodes themselves shows again, here, when they are run anew.
          threads[i].failure ??= result.error;
          replace(i);
        }
      });
      return complete(learner, episodes, collected, counters);
    },
    close: () => threads.forEach(stop),
  };
}

function startThread(config: TrainConfig, code: URL): Thread {
  const { port1: results, port2 } = new MessageChannel();
  const worker = new Worker(code, { workerData: { config, results: port2 }, transferList: [port2] });
  const thread: Thread = { worker, results, failure: null };
  worker.on('error', (error) => {
    thread.failure = error;
  });
  worker.on('exit', (code) => {
    thread.failure ??= new Error(`a worker thread exited with code ${code}`);
  });
  worker.unref();
  results.unref();
  return thread;
}

function stop({ worker, results }: Thread): void {
  results.close();
  void worker.terminate();
}

function share(learner: Learner, episodes: Episodes, tickets: EpisodeQueue, sharers: number): Collected[] {
  return collectShare(learner.env, actorOf(learner), planOf(episodes, learner.env.spec.horizon, sharers), tickets);
}

/** What a thread made of its share; null where it had not begun. */
function awaitResult(shared: SharedArrayBuffer, i: number, results: MessagePort, patience: number): Result | null {
  const { state, beat } = partsOf(shared);
  if (Atomics.compareExchange(state, i, states.offered, states.dismissed) === states.offered) return null;
  let seen = Atomics.load(beat, i);
  while (Atomics.load(state, i) === states.joined) {
    if (Atomics.wait(state, i, states.joined, patience) !== 'timed-out') continue;
    const now = Atomics.load(beat, i);
    if (now === seen) return { error: new Error('one hangs') };
    seen = now;
  }
  return receiveMessageOnPort(results)?.message ?? { error: new Error('one died') };
}

/** All episodes in order, after running those that a lost thread had begun and what they kept from being begun. */
function complete(
  learner: Learner,
  episodes: Episodes,
  collected: Collected[],
  shared: Int32Array<ArrayBufferLike>,
): Trajectory[] {
  const { horizon } = learner.env.spec;
  // Counters of its own, from what is at hand: a lost thread has counted episodes that are run again, and may yet stir.
  const spared = collected.reduce((sum, { trajectory }) => sum + horizon - trajectory.steps, 0);
  const counters = Int32Array.of(Atomics.load(shared, 0), collected.length, spared);
  const tickets = createEpisodeQueue(episodes.until, horizon, counters);
  const had = new Set(collected.map(({ episode }) => episode));
  const missing = Array.from({ length: counters[0] }, (_, episode) => episode).filter((episode) => !had.has(episode));
  if (missing.length) {
    const again: EpisodeQueue = { ...tickets, take: () => missing.shift() ?? tickets.take() };
    for (const one of share(learner, episodes, again, 1)) collected.push(one);
  }
  return collected.sort((a, b) => a.episode - b.episode).map(({ trajectory }) => trajectory);
}
