import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { createEpisodeQueue, queueCounters } from '../../src/rollout/episode-queue.ts';

const module = new URL('../../dist/src/rollout/episode-queue.js', import.meta.url).href;
const shared = () => new Int32Array(new SharedArrayBuffer(queueCounters * Int32Array.BYTES_PER_ELEMENT));

describe('waiting for an episode of another thread to end', () => {
  it('is in vain where none runs, and where all have begun', () => {
    const alone = createEpisodeQueue({ steps: 10 }, 5);
    expect([alone.take(), alone.take(), alone.take()]).toEqual([0, 1, null]);
    alone.end(5);
    alone.end(5);
    expect(alone.wait()).toBe(false);
    const counted = createEpisodeQueue({ episodes: 1 }, 5, shared());
    counted.take();
    expect(counted.wait()).toBe(false);
  });

  it('takes no time where one ended since an episode was last asked for', () => {
    const counters = shared();
    const [mine, theirs] = [
      createEpisodeQueue({ steps: 10 }, 5, counters),
      createEpisodeQueue({ steps: 10 }, 5, counters),
    ];
    expect([theirs.take(), mine.take(), mine.take()]).toEqual([0, 1, null]);
    theirs.end(2);
    expect(mine.wait()).toBe(true);
    expect(mine.take()).toBe(2);
  });

  it('ends with the episode, or with a thread that never ends it', async () => {
    const counters = shared();
    const mine = createEpisodeQueue({ steps: 5 }, 5, counters);
    expect([mine.take(), mine.take()]).toEqual([0, null]);
    expect(mine.wait()).toBe(false);
    const program = `
      const { workerData } = require('node:worker_threads');
      import('${module}').then(({ createEpisodeQueue }) => {
        Atomics.wait(workerData, 1, 0, 50);
        createEpisodeQueue({ steps: 5 }, 5, workerData).end(1);
      });`;
    const thread = new Worker(program, { eval: true, workerData: counters });
    let waits = 0;
    while (!mine.wait() && waits < 100) waits++;
    expect(waits).toBeLessThan(100);
    expect(mine.take()).toBe(1);
    await thread.terminate();
  });
});
