import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, startRedis, type TestRedis } from './redis.ts';
import { newFolder } from './rig.ts';

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const project = fileURLToPath(new URL('../modules/project', import.meta.url));
const password = 'p&ss wörd';

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

interface Started {
  readonly process: ChildProcess;
  /** What it has said so far. */
  said(): string;
  readonly ended: Promise<Ended>;
}

describe.skipIf(!hasRedis)('a sweep on a queue, by the command line', () => {
  let redis: TestRedis;
  let folder: string;
  const processes: ChildProcess[] = [];

  beforeAll(async () => {
    redis = await startRedis('--requirepass', password);
    folder = newFolder('line');
    cpSync(project, folder, { recursive: true });
  });
  afterAll(async () => {
    for (const each of processes) each.kill('SIGKILL');
    await redis.stop();
    rmSync(folder, { recursive: true });
  });

  /** Starts a command that has the queue's address in its environment. */
  function start(...args: readonly string[]): Started {
    const env = { ...process.env, ARMATURE_QUEUE: redis.url.replace('//', `//:${encodeURIComponent(password)}@`) };
    const child = spawn(process.execPath, [main, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    processes.push(child);
    let out = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text) => {
        out += text;
      });
    }
    return { process: child, said: () => out, ended: once(child, 'close').then(([code]) => ({ code, out })) };
  }

  const small = ['--', '--hidden-width', '16', '--eval-episodes', '10', '--batch', '500', '--batch-growth', '0'];

  function bytesOf(out: string): Record<string, string> {
    return Object.fromEntries(
      ['results.json', 'report.html', 'plan.json'].map((name) => [name, readFileSync(join(folder, out, name), 'utf8')]),
    );
  }

  async function sweep(out: string, workers: number, args: readonly string[], workArgs: readonly string[] = []) {
    const others = Array.from({ length: workers }, () => start('work', '--jobs', '1', ...workArgs));
    const at = args.indexOf('--');
    const queue = workers ? ['--queue'] : [];
    const planned = start('sweep', ...args.slice(0, at), '--out', out, ...queue, ...args.slice(at));
    const { code, out: said } = await planned.ended;
    for (const other of others) other.process.kill('SIGTERM');
    const ends = await Promise.all(others.map((other) => other.ended));
    expect(said, said).toMatch(/Report: /);
    expect(code).toBe(0);
    return { said, worked: ends.map((end) => end.out).join('\n') };
  }

  it('of 24 runs has the same report by 1, 2 and 3 workers as on one machine', async () => {
    const axes = ['--vary', 'algorithm=ppo,trpo', '--vary', 'gamma=0.9,0.95,0.99'];
    const args = ['--env', 'reacher', ...axes, '--seeds', '4', '--steps', '1500', '--goals', '10', ...small];
    await sweep('one', 0, args);
    for (const workers of [1, 2, 3]) {
      const { said, worked } = await sweep(`by-${workers}`, workers, args);
      expect(bytesOf(`by-${workers}`)).toEqual(bytesOf('one'));
      expect(said + worked).not.toContain('ss w');
    }
    const [name] = readdirSync(join(folder, 'one/runs'));
    for (const file of readdirSync(join(folder, 'by-3/runs', name)).filter((each) => each.endsWith('.json'))) {
      expect(readFileSync(join(folder, 'by-3/runs', name, file), 'utf8')).not.toContain('ss%20w');
    }
    expect(await redis.client.keys('armature:sweep:*')).toEqual([]);
  });

  it('by halving has the same report', async () => {
    const args = ['--env', 'reacher', '--vary', 'gamma=0.5,0.9,0.95', '--halving', '2', '--seeds', '2'];
    const all = [...args, '--steps', '2000', '--goals', '10', ...small];
    await sweep('half-one', 0, all);
    const swept = sweep('half-two', 2, all);
    await until(() => existsSync(join(folder, 'half-two/queue.json')));
    const watched = start('sweep', 'status', 'half-two', '--live');
    await swept;
    expect(await watched.ended).toMatchObject({
      code: 0,
      out: expect.stringMatching(/stage \d of 2[\s\S]+(Done|made)/),
    });
    expect((await start('sweep', 'status', 'half-two').ended).out).toContain('Done: half-two/report.html');
    expect((await start('sweep', 'status', 'half-one').ended).out).toContain('Done: half-one/report.html');
    expect(bytesOf('half-two')).toEqual(bytesOf('half-one'));
  });

  it("of a user's own modules has the same report, by workers that may run them", async () => {
    const named = ['--env', './waypoints.ts', '--arm', './arm.ts', '--algorithm', './normalized.ts'];
    const args = [...named, '--vary', 'gamma=0.9,0.95', '--seeds', '1', '--steps', '1000', '--goals', '10', ...small];
    await sweep('own-one', 0, args);
    const timid = start('work', '--jobs', '1');
    await sweep('own-two', 1, args, ['--allow-code']);
    timid.process.kill('SIGTERM');
    expect((await timid.ended).out).toContain('0 runs made');
    expect(bytesOf('own-two')).toEqual(bytesOf('own-one'));
  });

  it('whose command is killed goes on, and is come back to; cancelled, it goes on here', async () => {
    const args = ['--env', 'reacher', '--vary', 'gamma=0.9,0.95', '--seeds', '3', '--steps', '1500', '--goals', '10'];
    await sweep('kept', 0, [...args, ...small]);
    const first = start('sweep', ...args, '--out', 'killed', '--queue', ...small);
    await until(() => existsSync(join(folder, 'killed/queue.json')));
    const worker = start('work', '--jobs', '2');
    await until(() => existsSync(join(folder, 'killed/runs')) && readdirSync(join(folder, 'killed/runs')).length > 0);
    first.process.kill('SIGKILL');
    await first.ended;
    const elsewhere = await start('sweep', '--attach', 'killed').ended;
    expect(elsewhere.out).toContain('is on a queue');
    const status = JSON.parse((await start('sweep', 'status', 'killed', '--json').ended).out);
    expect(status).toMatchObject({ type: 'status', all: 6, failed: 0, workers: 1 });
    expect(status.done + status.running + status.waiting).toBe(6);
    const left = await start('sweep', 'status', 'killed', '--live').ended;
    expect(left).toMatchObject({
      code: 0,
      out: expect.stringContaining('npx armature sweep --attach killed --queue takes it in'),
    });
    const second = await start('sweep', '--attach', 'killed', '--queue').ended;
    expect(second.out).toContain('Report: ');
    expect(bytesOf('killed')).toEqual(bytesOf('kept'));
    worker.process.kill('SIGTERM');
    expect((await worker.ended).out).toContain('6 runs made.');

    const third = start('sweep', ...args, '--out', 'cancelled', '--queue', ...small);
    await until(async () => (await redis.client.keys('armature:sweep:*:inputs')).length > 0);
    const watched = start('sweep', 'status', 'cancelled', '--live');
    await until(() => watched.said().includes('waiting'));
    third.process.kill('SIGINT');
    expect(await third.ended).toMatchObject({ code: 130, out: expect.stringContaining('The queue goes on') });
    expect((await start('sweep', 'cancel', 'cancelled').ended).out).toContain('Cancelled');
    expect(await watched.ended).toMatchObject({ code: 0, out: expect.stringContaining('Cancelled: npx armature') });
    expect((await start('sweep', '--attach', 'cancelled').ended).out).toContain('Report: ');
    expect(bytesOf('cancelled')).toEqual(bytesOf('kept'));
  });

  it('says what is wrong with an address, and shows no password', async () => {
    const wrong = `redis://:s3cret@127.0.0.1:${redis.port}`;
    const [secret, nothing, none] = await Promise.all([
      start('work', wrong).ended,
      start('work', 'redis://:s3cret@127.0.0.1:1').ended,
      start('work', 'http://:s3cret@127.0.0.1').ended,
    ]);
    expect(secret).toEqual({
      code: 1,
      out: `error: cannot use the queue at 127.0.0.1:${redis.port}: the name or the password is wrong\n`,
    });
    expect(nothing).toEqual({
      code: 1,
      out: 'error: cannot use the queue at 127.0.0.1:1: nothing listens there\n',
    });
    expect(none).toMatchObject({ code: 2, out: expect.not.stringContaining('s3cret') });
  });
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
}
