import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/queue/connection.ts';
import { jobId, keysOf, prefix, queueName } from '../../src/queue/names.ts';
import type { JobRecord } from '../../src/queue/records.ts';
import type { SweepStore } from '../../src/queue/store.ts';
import { QueueWorker } from '../../src/queue/worker.ts';
import { digestOf } from '../../src/run/digest.ts';
import { type Job, jobDigest } from '../../src/sweep/job.ts';
import type { ChildTask } from '../../src/sweep/messages.ts';
import { hasRedis, startRedis, type TestRedis } from './redis.ts';
import { Ends, newFolder, noTally, openStore, planner, pretend, shortRuns, sweepName } from './rig.ts';

const [{ job: honest }] = shortRuns(1);

function changed(config: object): Job {
  return { ...honest, plan: { ...honest.plan, config: { ...honest.plan.config, ...config } } } as Job;
}

const withOptions = (options: object) => changed({ options: { ...honest.plan.config.options, ...options } });

describe.skipIf(!hasRedis)('what somebody forged on a queue', () => {
  let redis: TestRedis;
  let connection: Connection;
  let folder: string;
  let store: SweepStore;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    await redis.client.flushall();
    folder = newFolder('forged');
    ({ connection, store } = await openStore(redis.url));
  });
  afterEach(() => {
    connection.close();
    rmSync(folder, { recursive: true });
  });

  /** A worker that takes what is on the queue, and what it was to make of it. */
  async function worked(work: () => Promise<void>, during: () => Promise<unknown> = async () => {}) {
    const tasks: ChildTask[] = [];
    const warnings: string[] = [];
    let ended = 0;
    const worker = new QueueWorker(connection, {
      jobs: 1,
      folder,
      children: {
        async perform(task) {
          tasks.push(task);
          await during();
          return pretend(task);
        },
        close: async () => {},
      },
      allowance: { code: false, steps: 1e6 },
      keepFor: 600,
      listener: {
        started() {},
        progressed() {},
        ended: () => void ended++,
        warned(text) {
          warnings.push(text);
          ended++;
        },
      },
    });
    await work();
    while (ended === 0) await sleep(10);
    await worker.stop();
    expect(readdirSync(folder)).toEqual([]);
    return { tasks, warnings };
  }

  /** Puts a job by whatever name, with a variant of whatever shape. */
  async function put(digest: string, variant: object | string, payload: object = {}, id = jobId(sweepName, digest)) {
    const text = typeof variant === 'string' ? variant : JSON.stringify(variant);
    await store.putInput(text);
    const queue = new Queue(queueName, { connection: redis.client, prefix });
    const data = { sweep: sweepName, variant: digestOf(text), seed: 0, pauseAt: null, ...payload };
    await queue.add('run', data, { jobId: id, removeOnComplete: true, removeOnFail: true });
    await queue.close();
  }

  const variantOf = (job: Job) => ({ job, modules: [], meshes: null });

  async function reasonFor(job: Job, variant: object | string = variantOf(job)): Promise<string> {
    const digest = jobDigest(job);
    const { tasks } = await worked(() => put(digest, variant));
    expect(tasks).toEqual([]);
    const record = await store.record(digest);
    return record?.type === 'failure' ? record.reason : '';
  }

  it('is told from what is honest, which is made', async () => {
    const digest = jobDigest(honest);
    const { tasks } = await worked(() => put(digest, variantOf(honest)));
    expect(tasks).toHaveLength(1);
    expect(tasks[0].job).toEqual(honest);
    expect(await store.record(digest)).toMatchObject({ type: 'run' });
  });

  it.each([
    ['another seed than its name says', { seed: 1 }, 'not the job that its name says'],
    ['another plan than its digest says', { variant: 'a'.repeat(64) }, 'its plan is not on the queue'],
  ])('is refused for %s', async (_, payload, reason) => {
    const digest = jobDigest(honest);
    const { tasks } = await worked(() => put(digest, variantOf(honest), payload));
    expect(tasks).toEqual([]);
    expect(await store.record(digest)).toMatchObject({ type: 'failure', reason: expect.stringContaining(reason) });
  });

  it.each([
    ['a path for a sweep', { sweep: '../../x' }, undefined],
    ['a path for a name', {}, '../../../tmp/x'],
    ['a field too many', { command: 'rm' }, undefined],
    ['a seed that is no number', { seed: null }, undefined],
    ['a seed beyond all', { seed: 1e300 }, undefined],
    ['a pause before the beginning', { pauseAt: -1 }, undefined],
  ])('is dropped for %s', async (_, payload, id) => {
    const { tasks, warnings } = await worked(() => put(jobDigest(honest), variantOf(honest), payload, id));
    expect(tasks).toEqual([]);
    expect(warnings).toEqual(['the queue holds what is no job of a sweep; it is dropped']);
  });

  it('is let be where its sweep is not there', async () => {
    const { tasks } = await worked(async () => {
      await put(jobDigest(honest), variantOf(honest));
      await store.clear();
    });
    expect(tasks).toEqual([]);
    expect(await redis.client.keys(`${prefix}:sweep:*`)).toEqual([]);
  });

  it.each([
    ['a thousand million steps', changed({ steps: 1e9 }), 'more than --max-steps 1000000'],
    ['a network of a million units', withOptions({ hiddenWidth: 1e6 }), 'hiddenWidth'],
    ['a batch of 10^12 steps', withOptions({ batch: 1e12 }), 'batch'],
    ['an option that there is not', withOptions({ exec: 'rm' }), 'exec'],
    ['an option that it left out', changed({ options: {} }), 'its configuration is not one of this version'],
    ['a task that there is not', changed({ env: { ...honest.plan.config.env, env: '../x' } }), 'unknown'],
    ['a backend of TensorFlow', changed({ backend: 'tfjs' }), 'expected wasm'],
    [
      'code of its own',
      changed({ modules: { algorithm: { path: 'x.ts', files: {}, packages: {} } } }),
      '--allow-code is not given',
    ],
  ])('is refused for %s', async (_, job, reason) => {
    expect(await reasonFor(job)).toContain(reason);
  });

  it.each([
    ['NaN', 'NaN'],
    ['a number beyond all', '1e999'],
    ['a text for a number', '"3"'],
  ])('is refused for %s', async (_, text) => {
    const variant = JSON.stringify(variantOf(honest)).replace('"gamma":0.9', `"gamma":${text}`);
    expect(await reasonFor(honest, variant)).not.toBe('');
  });

  it.each([
    ['another field', { ...variantOf(honest), command: 'rm' }],
    ['no JSON', '{'],
    ['brackets without an end', '['.repeat(100_000)],
    ['a text of many megabytes', `"${'x'.repeat(3e6)}"`],
    ['a module by no digest', { ...variantOf(honest), modules: ['x.ts'] }],
  ])('is refused for a plan with %s', async (_, variant) => {
    expect(await reasonFor(honest, variant)).toContain('refused: ');
  });

  it('begins anew where its checkpoint leads out of its folder', async () => {
    const digest = jobDigest(honest);
    const evil = [{ path: '../../evil', size: 1, digest: 'a'.repeat(64) }];
    const { tasks, warnings } = await worked(async () => {
      await redis.client.hset(keysOf(sweepName).run(digest), 'checkpoint', JSON.stringify(evil));
      await put(digest, variantOf(honest));
    });
    expect(tasks).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining('the checkpoint on the queue cannot be used')]);
    expect(existsSync(join(folder, '../evil'))).toBe(false);
  });

  it.each<[string, (chunk: string) => JobRecord | object]>([
    ['a path out of the folder', () => ({ path: '../../evil', size: 5, digest: digestOf('evil!') })],
    ['other bytes than its digest says', () => ({ path: 'config.json', size: 5, digest: digestOf('other') })],
    ['another size', () => ({ path: 'config.json', size: 4, digest: digestOf('evil!') })],
    ['no result', () => ({ path: 'config.json', size: 5, digest: digestOf('evil!') })],
  ])('is not taken as a run with %s, and the folder is left as it was', async (_, fileOf) => {
    const [run] = shortRuns(1);
    const digest = jobDigest(run.job);
    const out = join(folder, 'runs');
    const planned = await planner(redis.url, out, 100);
    const ends = new Ends();
    const forge = async () => {
      const file = fileOf('') as { digest: string };
      await redis.client.hset(keysOf(sweepName).run(digest), `${file.digest}:0`, 'evil!');
      const record = { type: 'run', run: 'a'.repeat(64), files: [file], host: 'evil' };
      await redis.client.hset(keysOf(sweepName).results, digest, JSON.stringify(record));
      await redis.client.xadd(keysOf(sweepName).news, '*', 'job', digest);
    };
    const running = planned.executor.run([run], ends.listener, noTally);
    for (let i = 0; i < 3; i++) {
      while ((await redis.client.exists(`${prefix}:${queueName}:${jobId(sweepName, digest)}`)) === 0) await sleep(10);
      await forge();
      while (planned.warnings.filter((text) => /made again/.test(text)).length <= i && ends.size === 0) await sleep(10);
    }
    await running;
    planned.connection.close();
    expect(ends.get(run.name)).toEqual({ failure: expect.stringContaining('cannot be taken') });
    expect(existsSync(join(out, run.name))).toBe(false);
    expect(existsSync(join(folder, 'evil'))).toBe(false);
  });

  it('is told of where a machine comes to other bytes than the one before', async () => {
    const digest = jobDigest(honest);
    const known = { type: 'fetched', run: 'b'.repeat(64) };
    const others = () => redis.client.hset(keysOf(sweepName).results, digest, JSON.stringify(known));
    const { tasks } = await worked(() => put(digest, variantOf(honest)), others);
    expect(tasks).toHaveLength(1);
    expect(await store.record(digest)).toEqual(known);
    const [[, said]] = await redis.client.xrange(keysOf(sweepName).news, '-', '+');
    expect(said).toEqual(['fault', expect.stringMatching(/came to other bytes than the worker before/)]);
  });
});
