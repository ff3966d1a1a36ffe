import { spawn } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { recordingAt, recordingsIn } from '../../src/pages/library.ts';
import { serve } from '../../src/pages/server.ts';
import { Failure } from '../../src/run/failure.ts';
import { temporaryFolder } from '../cli/armature.ts';

/** A run's folder whose one recording is so many letters, after what makes it one. */
function runOf(letter: string, size = 100): string {
  const run = join(temporaryFolder(), 'run');
  mkdirSync(run);
  writeFileSync(join(run, 'rollouts.safetensors'), letter.repeat(size));
  return run;
}

const opened: (() => void)[] = [];
afterAll(() => {
  for (const close of opened) close();
});

async function served(list: Parameters<typeof serve>[0]): Promise<string> {
  const { address, close } = await serve(list, 0);
  opened.push(close);
  return address;
}

const textAt = async (address: string) => {
  const response = await fetch(address);
  return { status: response.status, text: await response.text() };
};

function ask(address: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => request(address, resolve).on('error', reject).end());
}

describe('a server of recordings', () => {
  it('says what is in the way of a list, and lives', async () => {
    const run = runOf('a');
    let isBroken = false;
    const address = await served(() => {
      if (isBroken) throw new Failure('cannot read the folder x: permission denied');
      return recordingsIn(run);
    });
    isBroken = true;
    expect(await textAt(`${address}api/recordings`)).toEqual({
      status: 500,
      text: 'cannot read the folder x: permission denied\n',
    });
    isBroken = false;
    expect((await textAt(`${address}api/recordings`)).status).toBe(200);
    expect((await textAt(`${address}files/0`)).text).toBe('a'.repeat(100));
  });

  it.runIf(process.getuid?.())('shows the runs beside one that may not be read', async () => {
    const run = runOf('a');
    const locked = join(run, 'locked');
    mkdirSync(locked);
    chmodSync(locked, 0);
    const { text } = await textAt(`${await served(() => recordingsIn(run))}api/recordings`);
    expect(JSON.parse(text)).toHaveLength(1);
    chmodSync(locked, 0o700);
  });

  it('sends what it promised of a file that grows, and nothing after it', async () => {
    const size = 32 << 20;
    const run = runOf('a', size);
    const { port } = new URL(await served(() => recordingsIn(run)));
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('GET /files/0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    const pieces: Buffer[] = [];
    for await (const piece of socket) {
      if (!pieces.length) appendFileSync(join(run, 'rollouts.safetensors'), 'b'.repeat(size));
      pieces.push(piece);
    }
    const answer = Buffer.concat(pieces);
    const body = answer.subarray(answer.indexOf('\r\n\r\n') + 4);
    expect(answer.toString('latin1', 0, 1000)).toContain(`Content-Length: ${size}\r\n`);
    expect([body.length, body.includes('b')]).toEqual([size, false]);
  });

  it('breaks off a file that has become shorter, and lives', async () => {
    const run = runOf('a', 32 << 20);
    const address = await served(() => recordingsIn(run));
    const response = await ask(`${address}files/0`);
    truncateSync(join(run, 'rollouts.safetensors'), 1000);
    await expect(
      (async () => {
        for await (const _ of response);
      })(),
    ).rejects.toThrow();
    expect((await textAt(`${address}files/0`)).text).toHaveLength(1000);
  });

  it('sends a file of nothing, and no folder or pipe', async () => {
    const run = runOf('a', 0);
    const address = await served(() => recordingsIn(run));
    expect(await textAt(`${address}files/0`)).toEqual({ status: 200, text: '' });
    rmSync(join(run, 'rollouts.safetensors'));
    mkdirSync(join(run, 'rollouts.safetensors'));
    expect((await textAt(`${address}files/0`)).status).toBe(404);
  });

  it('serves a link that was asked for by name', async () => {
    const run = runOf('a');
    const link = join(run, 'link');
    symlinkSync(join(run, 'rollouts.safetensors'), link);
    expect((await textAt(`${await served(() => recordingAt(link))}files/0`)).text).toBe('a'.repeat(100));
  });
});

/** Puts, as fast as it can, a link in the place of what is at a path, and back. */
const swapping = `
  const { renameSync, symlinkSync, rmSync } = require('node:fs');
  const [place, secret, away] = process.argv.slice(1);
  process.stdout.write('.');
  for (;;) {
    renameSync(place, away);
    symlinkSync(secret, place);
    rmSync(place);
    renameSync(away, place);
  }`;

describe.runIf(process.platform !== 'win32')('a server whose files are swapped for links', () => {
  it.each(['the file', 'the folder on the way to it'])(
    'sends nothing from outside: %s',
    async (what) => {
      const [run, other] = [runOf('a', 64), runOf('secret', 64)];
      mkdirSync(join(run, 'recordings'));
      mkdirSync(join(other, 'recordings'));
      for (const [folder, letter] of [
        [run, 'a'],
        [other, 'secret'],
      ])
        writeFileSync(join(folder, 'recordings', '000001.safetensors'), letter.repeat(64));
      const isFile = what === 'the file';
      const place = isFile ? 'rollouts.safetensors' : 'recordings';
      const address = await served(() => recordingsIn(run));
      const child = spawn(process.execPath, ['-e', swapping, join(run, place), join(other, place), join(run, 'away')]);
      try {
        await new Promise((resolve) => child.stdout.once('data', resolve));
        const found = new Map<string, number>();
        for (let time = 0; time < 1500; time++) {
          if (time % 10 === 0) await fetch(`${address}api/recordings`);
          for (const number of [0, 1, 2]) {
            const { status, text } = await textAt(`${address}files/${number}`);
            const key = status === 200 ? text.slice(0, 6) : String(status);
            found.set(key, (found.get(key) ?? 0) + 1);
          }
        }
        expect([...found.keys()].filter((key) => !['aaaaaa', '404'].includes(key))).toEqual([]);
        expect(found.get('aaaaaa')).toBeGreaterThan(0);
      } finally {
        child.kill('SIGKILL');
      }
    },
    60_000,
  );

  it('says that too many files are open, and goes on when they no longer are', async () => {
    const run = runOf('a', 64);
    // Of several a bad one does not keep the others from being served.
    writeFileSync(join(run, 'other.safetensors'), '{"armature.rollouts"');
    const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
    const command = `ulimit -n 48; exec "$0" --liftoff-only "$1" view "$2" --no-open --port 0`;
    const child = spawn('sh', ['-c', command, process.execPath, main, run]);
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    try {
      const first = await new Promise<string>((resolve) => child.stdout.once('data', (chunk) => resolve(`${chunk}`)));
      const [address] = first.split('\n');
      const { port } = new URL(address);
      // Which of the two is short of files first, a connection or an answer, is the system's to say.
      let answer: string | null = null;
      for (let round = 0; round < 20 && answer === null; round++) answer = await refusalOf(Number(port));
      expect(answer?.split('\r\n')[0]).toBe('HTTP/1.1 503 Service Unavailable');
      expect(answer).toContain('cannot read the file: too many files are open\n');
      expect(child.exitCode).toBeNull();
      // The system takes its time to give the files back.
      await expect.poll(async () => (await textAt(`${address}api/recordings`)).status).toBe(200);
      await expect.poll(async () => (await textAt(`${address}files/0`)).text).toBe('a'.repeat(64));
      expect(errors).toBe('');
    } finally {
      child.kill('SIGKILL');
    }
  }, 30_000);
});

/** What is answered to the first of 60 requests at once that is not served; null where all are, or none. */
async function refusalOf(port: number): Promise<string | null> {
  const sockets = Array.from({ length: 60 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  try {
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    const answers = sockets.map(
      (socket) =>
        new Promise<string>((resolve, reject) => {
          socket.once('data', (chunk) => (`${chunk}`.startsWith('HTTP/1.1 200') ? reject(chunk) : resolve(`${chunk}`)));
        }),
    );
    for (const socket of sockets) socket.write('GET /files/0 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const patience = new Promise<null>((resolve) => setTimeout(() => resolve(null), 500));
    return await Promise.race([Promise.any(answers).catch(() => null), patience]);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
