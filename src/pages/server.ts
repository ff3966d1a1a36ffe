import { createReadStream, realpathSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { pipeline } from 'node:stream';
import { systemFailure } from '../run/failure.ts';
import { quietly } from '../run/files.ts';
import { viewerFiles } from './assets.ts';
import type { ListedRecording } from './library.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

const headers = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
};

/** What the page may do, told to browsers with every answer. */
const policy = {
  'default-src': "'self'",
  'img-src': "'self' data: blob:",
  'object-src': "'none'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
  'form-action': "'none'",
};

/** Workers have a policy of their own. Only the one that simulates may compile WebAssembly: Rapier is nothing else. */
const simulatorPolicy = { ...policy, 'script-src': "'self' 'wasm-unsafe-eval'" };

/**
 * Serves the viewer's page and recordings on loopback. Only files of the last list can be asked for: a request is looked
 * up, never joined to a path.
 * @param list the recordings there are, asked for whenever a page opens: a training may have saved more meanwhile
 */
export async function serve(
  list: () => readonly ListedRecording[],
  port: number,
): Promise<{ readonly address: string; close(): void }> {
  const site: Served = { page: viewerFiles(), addresses: new Addresses(), list };
  site.addresses.listed(list());
  const server = createServer((request, response) => answer(request, response, site));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(systemFailure(`serve on port ${port}`, error)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { address: `http://127.0.0.1:${actual}/`, close };
}

interface Served {
  readonly page: ReadonlyMap<string, string>;
  readonly addresses: Addresses;
  list(): readonly ListedRecording[];
}

/** Gives every file that was ever listed an address of its own, which it keeps. */
class Addresses {
  readonly #files: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** The recordings as the page reads them. */
  listed(recordings: readonly ListedRecording[]): unknown[] {
    return recordings.map(({ name, file, training }) => ({
      name,
      url: this.#address(file),
      ...(training && {
        training: training.map(({ iteration, name, file }) => ({ iteration, name, url: this.#address(file) })),
      }),
    }));
  }

  /** The file at an address; none where a link was put in its place since. */
  find(pathname: string): string | undefined {
    const digits = /^\/files\/(0|[1-9]\d{0,8})$/.exec(pathname)?.[1];
    const file = digits === undefined ? undefined : this.#files[Number(digits)];
    return file !== undefined && realPath(file) === file ? file : undefined;
  }

  #address(file: string): string {
    const real = realPath(file) ?? file;
    const number = this.#numbers.get(real) ?? this.#files.push(real) - 1;
    this.#numbers.set(real, number);
    return `files/${number}`;
  }
}

function realPath(file: string): string | undefined {
  return quietly(() => realpathSync(file));
}

function answer(request: IncomingMessage, response: ServerResponse, { page, addresses, list }: Served): void {
  const [pathname] = (request.url ?? '/').split('?', 1);
  // Another site's page could point a name of its own at this address and read what is served here.
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  if (host !== '127.0.0.1' && host !== 'localhost') {
    refuse(response, 403, 'served to this machine only');
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, 405, 'only GET and HEAD');
  } else if (pathname === '/api/recordings') {
    begin(response, 200, pathname, { 'Content-Type': types['.json'] }).end(JSON.stringify(addresses.listed(list())));
  } else {
    const file = page.get(pathname) ?? addresses.find(pathname);
    if (file === undefined) refuse(response, 404, 'there is nothing here');
    else sendFile(request.method, response, pathname, file);
  }
}

function sendFile(method: string, response: ServerResponse, pathname: string, file: string): void {
  const size = sizeOf(file);
  if (size === undefined) {
    refuse(response, 404, 'there is nothing here any more');
    return;
  }
  const type = types[extname(pathname === '/' ? file : pathname)] ?? 'application/octet-stream';
  begin(response, 200, pathname, { 'Content-Type': type, 'Content-Length': size });
  if (method === 'HEAD') response.end();
  // In large pieces: a recording may weigh hundreds of megabytes.
  else pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), response, () => {});
}

/** What a file holds now, in bytes; it may have been removed or hidden since it was listed. */
function sizeOf(file: string): number | undefined {
  const found = quietly(() => statSync(file));
  return found?.isFile() ? found.size : undefined;
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  begin(response, status, '', { 'Content-Type': types['.txt'] }).end(`${reason}\n`);
}

function begin(response: ServerResponse, status: number, pathname: string, own: Record<string, string | number>) {
  const directives = /^\/assets\/simulate-[\w-]+\.js$/.test(pathname) ? simulatorPolicy : policy;
  const text = Object.entries(directives)
    .map((directive) => directive.join(' '))
    .join('; ');
  return response.writeHead(status, { ...headers, 'Content-Security-Policy': text, ...own });
}
