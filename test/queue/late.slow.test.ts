import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBoard } from '../../src/queue/board.ts';
import type { Connection } from '../../src/queue/connection.ts';
import { jobId, jobKey, keysOf, queueName } from '../../src/queue/names.ts';
import type { SweepStore } from '../../src/queue/store.ts';
import { jobDigest } from '../../src/sweep/job.ts';
import { localExecutor } from '../../src/sweep/local.ts';
import { hasRedis, startRedis, type TestRedis } from './redis.ts';
import { Ends, newFolder, noTally, openStore, planner, shortRuns, sweepName } from './rig.ts';

const [job, host] = ['a'.repeat(64), 'h'];
const [of, other] = ['b'.repeat(64), 'c'.repeat(64)];
const manifest = (digest: string) => [{ path: 'config.json', size: 1, digest }];

describe.skipIf(!hasRedis)('what comes late to a queue', () => {
  let redis: TestRedis;
  let connection: Connection;
  let store: SweepStore;
  let folder: string;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    await redis.client.flushall();
    folder = newFolder('late');
    ({ connection, store } = await openStore(redis.url));
    await store.putInput('{}');
  });
  afterEach(() => {
    connection.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['the planner has', () => store.settle(job, of)],
    ['has failed', async () => void (await store.deliver(job, { type: 'failure', reason: 'why', host }))],
  ])('leaves nothing there of a run that %s', async (_, before) => {
    await before();
    await store.putChunk(job, `${of}:0`, Buffer.from('x'));
    await store.deliver(job, { type: 'run', run: of, files: manifest(of), host });
    expect(await redis.client.exists(keysOf(sweepName).run(job))).toBe(0);
    await store.putChunk(job, `${of}:0`, Buffer.from('x'));
    expect(await store.keepProgress(job, { steps: 1, rate: 1, host }, { lock: 'l', token: 't' })).toBe('done');
    expect(await redis.client.exists(keysOf(sweepName).run(job))).toBe(0);
  });

  it('lets a run be that its planner is still to take', async () => {
    await store.putChunk(job, `${of}:0`, Buffer.from('x'));
    const record = { type: 'run', run: of, files: manifest(of), host } as const;
    expect(await store.deliver(job, record)).toBe('delivered');
    expect(await store.deliver(job, record)).toEqual(record);
    expect(await redis.client.exists(keysOf(sweepName).run(job))).toBe(1);
  });

  it('takes no place of a checkpoint that is there', async () => {
    await store.putCheckpoint(job, manifest(of));
    await store.putCheckpoint(job, manifest(other));
    expect(await store.checkpoint(job)).toEqual(manifest(of));
  });

  it('is no run that is made again where another planner has it, in the same folder', async () => {
    const [run] = shortRuns(1);
    const digest = jobDigest(run.job);
    const program = new URL('../../dist/src/sweep/child.js', import.meta.url);
    const local = localExecutor({ jobs: 1, folder: join(folder, 'local'), program });
    await local.run([run], new Ends().listener, noTally);
    await local.close();
    const planned = await planner(redis.url, join(folder, 'runs'), 100);
    const ends = new Ends();
    const running = planned.executor.run([run], ends.listener, noTally);
    while (!(await redis.client.exists(jobKey(queueName, jobId(sweepName, digest))))) await sleep(10);
    cpSync(join(folder, 'local', run.name), join(folder, 'runs', run.name), { recursive: true });
    await store.settle(digest, of);
    const board = openBoard(connection, false);
    await board.remove(sweepName, [digest]);
    await running;
    expect(ends.get(run.name)).toMatchObject({ result: { job: digest } });
    expect(await board.isEmpty()).toBe(true);
    await board.close();
    planned.connection.close();
  });
});
