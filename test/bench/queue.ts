import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, hasRedis } from '../queue/free-redis.ts';
import type { Section } from './report.ts';

const here = (path: string) => fileURLToPath(new URL(`../../../test/bench/${path}`, import.meta.url));

/** Jobs of a second each, by a worker of two runs at a time. */
const [shortJobs, slots] = [1000, 2];
const manyJobs = 100_000;

/** What a queue costs, with runs that are nothing but time: what it adds to them, and what very many of them take. Measured once. */
export async function queueSection(): Promise<Section> {
  if (!hasRedis) throw new Error('redis-server is not installed: apt-get install redis-server');
  const work = shortJobs / slots;
  const some = await measure(shortJobs, shortJobs, slots, 1000);
  const many = await measure(manyJobs, 100, 4, 100);
  const overhead = [(100 * (some.last - work)) / work];
  const most = (limit: number) => ({ of: 'value', is: 'at most', limit }) as const;
  return {
    name: 'queue',
    title: 'Queue: runs that are nothing but time',
    figures: [
      {
        name: `${shortJobs} jobs of 1 s, ${slots} at a time: more than the jobs`,
        unit: '%',
        samples: overhead,
        bar: most(5),
      },
      {
        name: '  memory of planner and server',
        unit: 'MB',
        samples: [some.megabytes + some.server],
        bar: most(200),
      },
      { name: `${manyJobs} jobs: until the first begins`, unit: 's', samples: [many.began], bar: most(10) },
      { name: '  memory of the planner', unit: 'MB', samples: [many.megabytes] },
      { name: '  memory of the server', unit: 'MB', samples: [many.server] },
    ],
    grids: [],
    notes: ['The worker simulates; planner, worker and Redis are processes on this machine.'],
  };
}

interface Measured {
  /** From the planner's start until a job began, s. */
  readonly began: number;
  /** Until the last job that was waited for was taken in, s. */
  readonly last: number;
  /** Of the planner, at most. */
  readonly megabytes: number;
  /** Of the server, at the end. */
  readonly server: number;
}

/** Puts so many jobs, and waits for some of them. */
async function measure(jobs: number, wanted: number, slots: number, ms: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'armature-bench-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const server = spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''], {
    stdio: 'ignore',
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const worker = node('queue-worker.mjs', url, join(folder, 'work'), `${slots}`, `${ms}`);
  const first = once(worker.stdout ?? worker, 'data');
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const begun = Date.now();
  const planner = node('queue-planner.mjs', url, join(folder, 'runs'), `${jobs}`, `${wanted}`);
  const [told] = await once(planner.stdout ?? planner, 'data');
  const memory = spawn('redis-cli', ['-p', `${port}`, 'info', 'memory']);
  const [info] = await once(memory.stdout, 'data');
  worker.kill('SIGKILL');
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
  const { last, megabytes } = JSON.parse(String(told));
  const used = Number(/used_memory:(\d+)/.exec(String(info))?.[1]) / 1e6;
  return { began: (Number(String((await first)[0])) - begun) / 1000, last, megabytes, server: used };
}

function node(program: string, ...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [here(program), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}
