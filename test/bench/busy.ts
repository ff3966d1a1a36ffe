import { usualSlots } from '../../src/rollout/collect.ts';
import { createEpisodeQueue, type EpisodeQueue, queueCounters } from '../../src/rollout/episode-queue.ts';
import { rollOut } from '../../src/rollout/rollout.ts';
import type { Learner } from '../../src/train/learner.ts';
import type { Grid } from './report.ts';

/** How busy threads would be kept, of which this machine has fewer: the queue itself, in a time of its own in which every step of an arm takes 1. */

const threadCounts = [1, 2, 4, 8, 16];

/** @param learners by name, whose episodes' lengths the simulated ones have */
export function byQueue(learners: Readonly<Record<string, Learner>>, steps: number): Grid {
  const rows = Object.entries(learners).map(([name, learner]) => {
    const request = {
      seed: 0,
      purpose: 'training',
      index: 0,
      until: { steps: 2 * steps },
      deterministic: false,
    } as const;
    const lengths = rollOut(learner, request).map((episode) => episode.steps);
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    const shares = threadCounts.map((threads) => simulate(threads, steps, lengths, learner.env.spec.horizon));
    return [name, mean, ...shares.map(({ busy, dropped }) => `${percent(busy)} (${percent(dropped)})`)];
  });
  return {
    title: `Threads kept busy by a batch of ${steps.toLocaleString('en-US')} steps, simulated: steps that count over what the threads could do (steps dropped)`,
    heads: ['', 'steps an episode', ...threadCounts.map((threads) => `${threads} threads`)],
    rows,
  };
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

interface Thread {
  readonly queue: EpisodeQueue;
  time: number;
  /** The episodes that run, with the steps that they have left. */
  running: { readonly episode: number; left: number }[];
}

function simulate(count: number, steps: number, lengths: readonly number[], horizon: number) {
  const until = { steps };
  const counters = new Int32Array(queueCounters(until));
  const slots = Math.min(usualSlots, Math.ceil(Math.ceil(steps / horizon) / count));
  const lengthOf = (episode: number) => lengths[episode % lengths.length];
  const threads = Array.from({ length: count }, (): Thread => {
    return { queue: createEpisodeQueue(until, horizon, counters), time: 0, running: [] };
  });
  let simulated = 0;
  for (;;) {
    const thread = threads.reduce((first, each) => (each.time < first.time ? each : first));
    const { queue, running } = thread;
    if (queue.isComplete()) break;
    const begin = (episode: number | null) => episode !== null && running.push({ episode, left: lengthOf(episode) });
    while (running.length < slots && begin(queue.take()));
    if (!running.length) begin(queue.guess());
    if (!running.length) {
      // Whatever it waits for happens at another thread's next step.
      const others = threads.filter((each) => each !== thread && each.running.length);
      thread.time = Math.min(...others.map(({ time }) => time)) + 1e-6;
      continue;
    }
    thread.time += running.length;
    simulated += running.length;
    for (const one of running) one.left--;
    for (const { episode } of running.filter(({ left }) => left === 0)) queue.end(episode, lengthOf(episode));
    thread.running = running.filter(({ left }) => left > 0);
  }
  const took = Math.min(...threads.map(({ time }) => time));
  let [needed, episode] = [0, 0];
  while (needed < steps) needed += lengthOf(episode++);
  return { busy: needed / (took * count), dropped: (simulated - needed) / simulated };
}
