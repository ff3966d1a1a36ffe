import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { localExecutor } from '../../src/sweep/local.ts';
import { startProxy } from './proxy.ts';
import { hasRedis, startRedis, type TestRedis } from './redis.ts';
import { digestsIn, Ends, newFolder, noTally, planner, shortRuns, startWorker, type WorkerProcess } from './rig.ts';

const jobs = shortRuns(10);
const program = new URL('../../dist/src/sweep/child.js', import.meta.url);

describe.skipIf(!hasRedis)('a sweep on a queue comes to the bytes of one machine', () => {
  let expected: Record<string, string>;
  let redis: TestRedis;
  let folder: string;
  let workers: WorkerProcess[] = [];

  beforeAll(async () => {
    const local = newFolder('local');
    const executor = localExecutor({ jobs: 2, folder: local, program });
    await executor.run(jobs, new Ends().listener, noTally);
    await executor.close();
    expected = digestsIn(local, jobs);
    rmSync(local, { recursive: true });
  });

  beforeEach(async () => {
    redis = await startRedis();
    folder = newFolder('queue');
  });

  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
    workers = [];
    await redis.stop();
    rmSync(folder, { recursive: true });
  });

  const work = (name: string, given = {}) => {
    const worker = startWorker(redis.url, join(folder, name), given);
    workers.push(worker);
    return worker;
  };

  const expectAll = (ends: Ends) => {
    expect([...ends.values()].filter((outcome) => 'failure' in outcome)).toEqual([]);
    expect(ends.size).toBe(jobs.length);
    expect(digestsIn(join(folder, 'runs'), jobs)).toEqual(expected);
  };

  it('with 20 workers killed at random moments', async () => {
    const { executor, connection } = await planner(redis.url, join(folder, 'runs'));
    const ends = new Ends();
    const random = stream(20, 'noise');
    let isDone = false;
    const running = executor.run(jobs, ends.listener, noTally).finally(() => {
      isDone = true;
    });
    let kills = 0;
    for (let n = 0; !isDone; n++) {
      const worker = work(`w${n}`, { jobs: 2 });
      await Promise.race([worker.said(/^started/), running]);
      if (kills < 20) {
        await Promise.race([sleep(3000 * random.uniform()), running]);
        await worker.end('SIGKILL');
        kills++;
      } else await running;
    }
    await running;
    connection.close();
    expectAll(ends);
    expect(kills).toBe(20);
  });

  it('with a server that is killed and started again, and a planner that goes away and another that comes', async () => {
    const first = await planner(redis.url, join(folder, 'runs'));
    const ends = new Ends();
    const running = first.executor.run(jobs, ends.listener, noTally).catch((error: Error) => error.name);
    work('w', { jobs: 2 });
    await until(() => ends.size >= 2);
    await redis.restart('SIGKILL');
    await until(() => ends.size >= 4);
    // It dies where it stands: what is delivered meanwhile waits.
    first.connection.redis.disconnect();
    void first.executor.close();
    const second = await planner(redis.url, join(folder, 'runs'));
    const all = new Ends();
    await second.executor.run(jobs, all.listener, noTally);
    second.connection.close();
    expectAll(all);
    void running;
  });

  it('with a worker that stands still until others have its jobs, and wakes', async () => {
    const { executor, connection, warnings } = await planner(redis.url, join(folder, 'runs'));
    const ends = new Ends();
    const running = executor.run(jobs, ends.listener, noTally);
    const sleeper = work('sleeper', { jobs: 2 });
    await sleeper.said(/^started/);
    sleeper.process.kill('SIGSTOP');
    work('w', { jobs: 2 });
    await until(() => ends.size >= 4);
    sleeper.process.kill('SIGCONT');
    await running;
    await sleeper.said(/^elsewhere/);
    connection.close();
    expectAll(ends);
    expect(warnings.filter((text) => !text.startsWith('no worker is there'))).toEqual([]);
  });

  it('with a network that is cut for longer than a lock lasts', async () => {
    const proxy = await startProxy(redis.port);
    const { executor, connection } = await planner(proxy.url, join(folder, 'runs'));
    const ends = new Ends();
    const running = executor.run(jobs, ends.listener, noTally);
    const far = startWorker(proxy.url, join(folder, 'far'));
    workers.push(far);
    work('near');
    await far.said(/^started/);
    await until(() => ends.size >= 2);
    proxy.cut();
    await sleep(8000);
    proxy.mend();
    await running;
    connection.close();
    proxy.close();
    expectAll(ends);
  });

  it.skipIf(process.getuid?.() !== 0)('with a disk that is full under a worker, which says so', async () => {
    const small = join(folder, 'small');
    await mkdir(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=52m', 'tmpfs', small]);
    try {
      const { executor, connection } = await planner(redis.url, join(folder, 'runs'));
      const ends = new Ends();
      const running = executor.run(jobs, ends.listener, noTally);
      const worker = work('small');
      await worker.said(/^started/);
      const filler = join(small, 'filler');
      expect(() => writeFileSync(filler, Buffer.alloc(60e6))).toThrow('ENOSPC');
      await worker.said(/^warning the disk of .* is full/);
      work('w');
      await running;
      connection.close();
      await worker.end('SIGKILL');
      expectAll(ends);
    } finally {
      execFileSync('umount', ['-l', small]);
    }
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(50);
}
