import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort, hasRedis } from './free-redis.ts';

export { hasRedis };

if (!hasRedis) console.warn('redis-server is not installed: the tests of the queue are skipped');

/** A Redis of a test's own, on loopback alone. */
export interface TestRedis {
  readonly port: number;
  readonly url: string;
  /** For what a test has to ask or to change. */
  readonly client: Redis;
  /** Ends the server, at once or as a machine does that is shut down, and starts it again on what it had kept. */
  restart(signal: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}

/** @param extra more of the server's options, as `--requirepass` */
export async function startRedis(...extra: readonly string[]): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'armature-redis-'));
  const port = await freePort();
  const password = extra[extra.indexOf('--requirepass') + 1];
  const hasPassword = extra.includes('--requirepass');
  let server = start();

  function start(): ChildProcess {
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    const lasting = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'];
    return spawn('redis-server', [...own, ...lasting, ...extra], { stdio: 'ignore' });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  }

  const client = new Redis({ port, lazyConnect: true, ...(hasPassword && { password }), maxRetriesPerRequest: null });
  client.on('error', () => {});
  await client.connect().catch(() => {});
  await client.ping();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    client,
    async restart(signal) {
      await end(signal);
      await sleep(200);
      server = start();
      await client.ping();
    },
    async stop() {
      client.disconnect();
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
