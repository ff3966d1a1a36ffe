import { usualSlots } from '../../src/rollout/collect.ts';
import { createEpisodeQueue, type EpisodeQueue, queueCounters } from '../../src/rollout/episode-queue.ts';
import { planOf, type RolloutRequest, rollOut } from '../../src/rollout/rollout.ts';
import type { Learner } from '../../src/train/learner.ts';
import type { Grid } from './report.ts';

/** How busy threads would be kept, of which this machine has fewer: the queue itself, in a time of its own in which every step of an arm takes 1. */

const threadCounts = [1, 2, 4, 8, 16];

/** @param learners by name, whose episodes' lengths the simulated ones have */
export function byQueue(learners: Readonly<Record<string, Learner>>, steps: number): Grid {
  const rows = Object.entries(learners).map(([name, learner]) => {
    const batches = several.map((index) => batchOf(learner, steps, index));
    const shares = threadCounts.map((count) => {
      const costs = batches.map((batch) => ({ batch, ...simulate(idle(count), batch) }));
      const busy = meanOf(costs.map(({ batch, ends }) => batch.steps / (count * Math.max(...ends))));
      const dropped = meanOf(costs.map(({ batch, simulated }) => (simulated - batch.steps) / simulated));
      return `${percent(busy)} (${percent(dropped)})`;
    });
    return [name, meanOf(batches.flatMap(({ lengths }) => lengths)), ...shares];
  });
  return {
    title: `Threads kept busy by a batch of ${steps.toLocaleString('en-US')} steps, simulated: steps that count over what the threads could do (steps dropped)`,
    heads: ['', 'steps an episode', ...threadCounts.map((count) => `${count} threads`)],
    rows,
  };
}

/** The same where 20 goals are tried first, as in most evaluations: threads wait for one another in between, or go on with the batch. */
export function byQueueAndEvaluation(learners: Readonly<Record<string, Learner>>, steps: number): Grid {
  const rows = Object.entries(learners).flatMap(([name, learner]) => {
    const works = several.map((index) => [evaluationOf(learner, index), batchOf(learner, steps, index)] as const);
    const busy = (begin: (ends: readonly number[]) => readonly number[]) =>
      threadCounts.map((count) => {
        const shares = works.map(([evaluation, batch]) => {
          const { ends } = simulate(begin(simulate(idle(count), evaluation).ends), batch);
          return (evaluation.steps + batch.steps) / (count * Math.max(...ends));
        });
        return percent(meanOf(shares));
      });
    return [
      [`${name}, waiting in between`, ...busy((ends) => ends.map(() => Math.max(...ends)))],
      [`${name}, going on`, ...busy((ends) => ends)],
    ];
  });
  return {
    title: 'The same with an evaluation of 20 goals before the batch',
    heads: ['', ...threadCounts.map((count) => `${count} threads`)],
    rows,
  };
}

/** One batch's lengths are chance. */
const several = Array.from({ length: 20 }, (_, index) => index);

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
const idle = (count: number) => new Array<number>(count).fill(0);
const meanOf = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

/** Episodes that are asked for. */
interface Work {
  readonly request: RolloutRequest;
  readonly horizon: number;
  /** Of episode 0, 1, 2, .., and again from the first. */
  readonly lengths: readonly number[];
  /** Those that count. */
  readonly steps: number;
}

function batchOf(learner: Learner, steps: number, index: number): Work {
  const of = { seed: 0, purpose: 'training', index, deterministic: false } as const;
  const lengths = lengthsOf(learner, { ...of, until: { steps: 2 * steps } });
  let [needed, episode] = [0, 0];
  while (needed < steps) needed += lengths[episode++ % lengths.length];
  return { request: { ...of, until: { steps } }, horizon: learner.env.spec.horizon, lengths, steps: needed };
}

function evaluationOf(learner: Learner, index: number): Work {
  const of = { seed: 0, purpose: 'evaluation', index, deterministic: true } as const;
  const request = { ...of, until: { episodes: 20 } };
  const lengths = lengthsOf(learner, request);
  return { request, horizon: learner.env.spec.horizon, lengths, steps: 20 * meanOf(lengths) };
}

const lengthsOf = (learner: Learner, request: RolloutRequest) => rollOut(learner, request).map(({ steps }) => steps);

interface Thread {
  readonly queue: EpisodeQueue;
  time: number;
  isDone: boolean;
  /** The episodes that run, with the steps that they have left. */
  running: { readonly episode: number; left: number }[];
}

/**
 * @param begins when each thread comes to the work
 * @returns when each thread is done with it, and the steps that they simulated
 */
function simulate(begins: readonly number[], { request, horizon, lengths }: Work) {
  const { until } = request;
  const counters = new Int32Array(queueCounters(until));
  const { slots = usualSlots } = planOf(request, horizon, begins.length);
  const lengthOf = (episode: number) => lengths[episode % lengths.length];
  const threads = begins.map((time): Thread => {
    return { queue: createEpisodeQueue(until, horizon, counters), time, isDone: false, running: [] };
  });
  let simulated = 0;
  for (;;) {
    const left = threads.filter(({ isDone }) => !isDone);
    if (!left.length) break;
    const thread = left.reduce((first, each) => (each.time < first.time ? each : first));
    const { queue, running } = thread;
    const begin = (episode: number | null) => episode !== null && running.push({ episode, left: lengthOf(episode) });
    const isComplete = queue.isComplete();
    if (!isComplete) {
      while (running.length < slots && begin(queue.take()));
      if (!running.length) begin(queue.guess());
    }
    if (isComplete || !running.length) {
      // A thread waits where an episode that ends may make one more needed: at another thread's next step, at the earliest.
      const others = left.filter((each) => each !== thread && each.running.length);
      thread.isDone = isComplete || 'episodes' in until || !others.length;
      if (!thread.isDone) thread.time = Math.min(...others.map(({ time }) => time)) + 1e-6;
      continue;
    }
    thread.time += running.length;
    simulated += running.length;
    for (const one of running) one.left--;
    for (const { episode } of running.filter(({ left }) => left === 0)) queue.end(episode, lengthOf(episode));
    thread.running = running.filter(({ left }) => left > 0);
  }
  return { ends: threads.map(({ time }) => time), simulated };
}
