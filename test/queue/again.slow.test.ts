import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localExecutor } from '../../src/sweep/local.ts';
import { hasRedis, startRedis, type TestRedis } from './redis.ts';
import { digestsIn, Ends, newFolder, noTally, planner, shortRuns, startWorker } from './rig.ts';

const jobs = shortRuns(1, 20_000);
const program = new URL('../../dist/src/sweep/child.js', import.meta.url);

let redis: TestRedis;
let folder: string;

beforeAll(async () => {
  if (hasRedis) redis = await startRedis();
  folder = newFolder('again');
});
afterAll(async () => {
  await redis?.stop();
  rmSync(folder, { recursive: true });
});

it.skipIf(!hasRedis)(
  'a worker that stands still, and wakes, makes its own job on, not a second time beside it',
  async () => {
    const { executor, connection } = await planner(redis.url, join(folder, 'runs'));
    const ends = new Ends();
    const worker = startWorker(redis.url, join(folder, 'w'), { jobs: 2, lock: 1000 });
    try {
      const running = executor.run(jobs, ends.listener, noTally);
      await worker.said(/^started/);
      worker.process.kill('SIGSTOP');
      await sleep(1500);
      worker.process.kill('SIGCONT');
      await running;
      await worker.said(/^done/);
    } finally {
      connection.close();
      await worker.end('SIGKILL');
    }
    expect([...ends.values()]).toEqual([expect.objectContaining({ result: expect.anything() })]);
    const said = (word: string) => worker.lines.filter((line) => line.startsWith(word)).length;
    // How often the job comes again depends on when its lock is seen to be lost; it is never begun while it is still being made.
    const ways = worker.lines
      .map((line) => line.split(' ', 1)[0])
      .filter((word) => /^(started|elsewhere|done)$/.test(word));
    expect(said('started')).toBeGreaterThanOrEqual(2);
    expect(
      ways.every((word, i) => (word === 'started') === (i % 2 === 0)),
      ways.join(' '),
    ).toBe(true);
    expect(said('done')).toBe(1);
    expect(said('failed')).toBe(0);

    const local = localExecutor({ jobs: 1, folder: join(folder, 'local'), program });
    await local.run(jobs, new Ends().listener, noTally);
    await local.close();
    expect(digestsIn(join(folder, 'runs'), jobs)).toEqual(digestsIn(join(folder, 'local'), jobs));
  },
);
