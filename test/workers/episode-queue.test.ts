import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { counted, createEpisodeQueue, queueCounters, type Until } from '../../src/rollout/episode-queue.ts';

const module = new URL('../../dist/src/rollout/episode-queue.js', import.meta.url).href;
const shared = (until: Until) =>
  new Int32Array(new SharedArrayBuffer(queueCounters(until) * Int32Array.BYTES_PER_ELEMENT));

describe('waiting for an episode of another thread to end', () => {
  it('is in vain where none runs, and where all have begun', () => {
    const alone = createEpisodeQueue({ steps: 10 }, 5);
    expect([alone.take(), alone.take(), alone.take()]).toEqual([0, 1, null]);
    alone.end(0, 5);
    alone.end(1, 5);
    expect(alone.wait()).toBe(false);
    const byNumber = createEpisodeQueue({ episodes: 1 }, 5, shared({ episodes: 1 }));
    byNumber.take();
    expect(byNumber.wait()).toBe(false);
  });

  it('takes no time where one ended since an episode was last asked for', () => {
    const counters = shared({ steps: 10 });
    const [mine, theirs] = [
      createEpisodeQueue({ steps: 10 }, 5, counters),
      createEpisodeQueue({ steps: 10 }, 5, counters),
    ];
    expect([theirs.take(), mine.take(), mine.take()]).toEqual([0, 1, null]);
    theirs.end(0, 2);
    expect(mine.wait()).toBe(true);
    expect(mine.take()).toBe(2);
  });

  it('ends with the episode, or with a thread that never ends it', async () => {
    const counters = shared({ steps: 5 });
    const mine = createEpisodeQueue({ steps: 5 }, 5, counters);
    expect([mine.take(), mine.take()]).toEqual([0, null]);
    expect(mine.wait()).toBe(false);
    const program = `
      const { workerData } = require('node:worker_threads');
      import('${module}').then(({ createEpisodeQueue }) => {
        Atomics.wait(workerData, 1, 0, 50);
        createEpisodeQueue({ steps: 5 }, 5, workerData).end(0, 1);
      });`;
    const thread = new Worker(program, { eval: true, workerData: counters });
    let waits = 0;
    while (!mine.wait() && waits < 100) waits++;
    expect(waits).toBeLessThan(100);
    expect(mine.take()).toBe(1);
    await thread.terminate();
  });
});

describe('a thread that runs nothing', () => {
  const until = { steps: 20 };

  it('begins what is needed if episodes go on to be as short as they were', () => {
    const queue = createEpisodeQueue(until, 10);
    expect([queue.take(), queue.take(), queue.take()]).toEqual([0, 1, null]);
    expect(queue.guess()).toBe(null);
    queue.end(0, 2);
    expect([queue.take(), queue.take()]).toEqual([2, null]);
    // 2 steps are there, and two episodes of some (2 + 10) / 2 run.
    expect([queue.guess(), queue.guess()]).toEqual([3, null]);
  });

  it('drops what turns out not to be needed', () => {
    const queue = createEpisodeQueue(until, 10);
    for (const _ of [0, 1]) queue.take();
    queue.end(1, 2);
    expect([queue.take(), queue.guess()]).toEqual([2, 3]);
    for (const [episode, steps] of [
      [3, 1],
      [2, 10],
    ])
      queue.end(episode, steps);
    expect(queue.isComplete()).toBe(false);
    queue.end(0, 8);
    expect(queue.isComplete()).toBe(true);
    const episodes = [8, 2, 10, 1].map((steps) => ({ trajectory: { steps } }));
    expect(counted(episodes, until)).toEqual(episodes.slice(0, 3));
  });
});
