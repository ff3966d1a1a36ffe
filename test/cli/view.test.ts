import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { armature, quick, start, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();
await armature(folder, 'train', 'reacher', ...quick, '--iterations', '1');
const file = join('runs', 'reacher-s0', 'rollouts.safetensors');

const page = fileURLToPath(new URL('../../dist/viewer', import.meta.url));

interface Offer {
  readonly name: string;
  readonly url: string;
  readonly training: readonly { readonly iteration: number; readonly name: string; readonly url: string }[];
}

const viewer = start(folder, 'view', file, '--no-open', '--json', '--port', '0');
const { address } = JSON.parse(await viewer.firstLine) as { address: string };
const { port } = new URL(address);

function ask(path: string, options: { method?: string; host?: string } = {}) {
  const { method = 'GET', host = `127.0.0.1:${port}` } = options;
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const asked = request({ port, path, method, headers: { host } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      asked.on('error', reject).end();
    },
  );
}

/** The status of a request whose path goes over the wire as it is written here. */
async function statusOf(path: string): Promise<string> {
  return (await answerTo(`GET ${path} HTTP/1.1\r\nHost: localhost`)).split(' ')[1];
}

/** What comes back for a request that begins like this, byte for byte. */
function answerTo(head: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(`${head}\r\nConnection: close\r\n\r\n`, 'latin1');
    });
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

describe('view', () => {
  it('serves the page, and what it loads', async () => {
    const { status, headers, body } = await ask('/');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    const scripts = [...body.toString().matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+)"/g)].map(([, path]) => path);
    expect(scripts.length).toBeGreaterThan(0);
    for (const path of scripts) {
      const { status: found, headers: types } = await ask(`/${path}`);
      expect([path, found]).toEqual([path, 200]);
      expect(types['content-type']).toMatch(path.endsWith('.css') ? 'text/css' : 'text/javascript');
    }
  });

  it('offers the recording, byte for byte, by GET and HEAD', async () => {
    const { headers, body } = await ask('/api/recordings');
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body.toString())).toEqual([{ name: 'rollouts.safetensors', url: 'files/0' }]);
    const served = await ask('/files/0?fresh');
    expect(served.status).toBe(200);
    expect(served.body.equals(readFileSync(join(folder, file)))).toBe(true);
    const head = await ask('/files/0', { method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(head.headers['content-length']).toBe(String(served.body.length));
  });

  it.each([
    '/nothing',
    '/files/1',
    '/files/',
    '/../package.json',
    '/../index.html',
    '/assets/../../../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '/files/0/../../package.json',
    '//',
    '//etc/passwd',
    `/files/../${file}`,
    'http://[broken/',
  ])('has nothing at %s, and stays up', async (path) => {
    expect(['404', '400']).toContain(await statusOf(path));
    expect((await ask('/')).status).toBe(200);
  });

  it("answers this machine only: another site's name for it is refused", async () => {
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example']) {
      expect((await ask('/files/0', { host })).status).toBe(403);
      expect((await ask('/', { host })).status).toBe(403);
    }
    expect((await ask('/', { host: `localhost:${port}` })).status).toBe(200);
  });

  it('survives whatever is sent to it', async () => {
    const paths = [
      '/%',
      '/%00',
      '/%zz',
      '//',
      '/files/99',
      '/files/-1',
      '/files/__proto__',
      '/..',
      `/${'x'.repeat(10_000)}`,
      '/\u00ff',
    ];
    const lines = [
      ...paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost`),
      'GET / HTTP/9',
      '\0\0\0',
      'GET',
      `GET / HTTP/1.1\r\nHost: ${'['.repeat(99)}`,
      `GET /?${'a=['.repeat(9000)} HTTP/1.1`,
    ];
    for (const line of lines)
      expect(await answerTo(line), line.slice(0, 50)).toMatch(/^HTTP\/1\.1 (400|403|404|431) |^$/);
    expect((await ask('/')).status).toBe(200);
  });

  it('is for reading', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect((await ask('/files/0', { method })).status).toBe(405);
    }
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('serves the runs there are, until %s', async (signal) => {
    const { child, closed, firstLine } = start(folder, 'view', '--no-open', '--port', '0');
    const all = await firstLine;
    expect(all).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const response = await fetch(`${all}api/recordings`);
    expect(await response.json()).toMatchObject([
      { name: 'reacher-s0/rollouts.safetensors', url: 'files/0', training: [{ iteration: 0 }, { iteration: 1 }] },
    ]);
    child.kill(signal);
    expect(await closed).toMatchObject({ code: 0, stderr: '' });
  });

  it('lets workers compile WebAssembly, and nothing else', async () => {
    const { body } = await ask('/');
    expect(body.toString()).not.toContain('simulate');
    for (const start of ['simulate-', 'live-worker-']) {
      const worker = readdirSync(join(page, 'assets')).find((name) => name.startsWith(start));
      expect((await ask(`/assets/${worker}`)).headers['content-security-policy']).toContain("'wasm-unsafe-eval'");
    }
    for (const path of ['/', '/files/0', '/nothing']) {
      expect((await ask(path)).headers['content-security-policy']).not.toContain('wasm');
    }
  });
});

describe('view of a run', () => {
  const run = join(folder, 'runs', 'reacher-s0');

  it('offers its recordings over training time, and those that a training adds meanwhile', async () => {
    const { child, firstLine } = start(folder, 'view', run, '--no-open', '--port', '0');
    const at = await firstLine;
    const offers = async () => (await (await fetch(`${at}api/recordings`)).json()) as Offer[];
    const [{ training, name }] = await offers();
    expect(name).toBe('reacher-s0/rollouts.safetensors');
    expect(training.map(({ iteration }) => iteration)).toEqual([0, 1]);
    expect(training[1].name).toBe('reacher-s0/recordings/000001.safetensors');
    const bytes = await (await fetch(`${at}${training[1].url}`)).arrayBuffer();
    const { header, episodes } = await decodeRecording(new Uint8Array(bytes), 'r');
    expect(episodes.length).toBe(16);
    expect(header.policy.name).toBe('reacher-s0');
    const later = join(run, 'recordings', '000123.safetensors');
    cpSync(join(folder, file), later);
    const [{ training: more, url }] = await offers();
    expect(more.map(({ iteration }) => iteration)).toEqual([0, 1, 123]);
    expect(url).toBe('files/0');
    expect((await fetch(`${at}${more[2].url}`)).status).toBe(200);
    rmSync(later);
    expect((await fetch(`${at}${more[2].url}`)).status).toBe(404);
    child.kill();
  });

  it('follows no link that leads out of it, also one put in place of a file later', async () => {
    const secret = join(folder, 'secret.safetensors');
    cpSync(join(folder, file), secret);
    const link = join(run, 'recordings', '000124.safetensors');
    symlinkSync(secret, link);
    symlinkSync(secret, join(run, 'linked.safetensors'));
    const inside = join(run, 'mine.safetensors');
    cpSync(join(folder, file), inside);
    const { child, firstLine } = start(folder, 'view', run, '--no-open', '--port', '0');
    const at = await firstLine;
    const offers = (await (await fetch(`${at}api/recordings`)).json()) as Offer[];
    expect(offers.map(({ name }) => name)).toEqual(['reacher-s0/rollouts.safetensors', 'reacher-s0/mine.safetensors']);
    expect(offers[0].training.map(({ iteration }) => iteration)).toEqual([0, 1]);
    expect((await fetch(`${at}${offers[1].url}`)).status).toBe(200);
    rmSync(inside);
    symlinkSync(secret, inside);
    expect((await fetch(`${at}${offers[1].url}`)).status).toBe(404);
    child.kill();
    for (const path of [link, inside, join(run, 'linked.safetensors')]) rmSync(path);
  });
});
