import { createReadStream, readdirSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Failure, systemFailure } from './errors.ts';

/** A recording on offer, under a name to show. */
export interface Served {
  readonly name: string;
  readonly file: string;
}

const page = fileURLToPath(new URL('../../viewer', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

const headers = {
  'Content-Security-Policy':
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
};

/**
 * Serves the viewer's page and the recordings on loopback. Only files listed when it starts can be asked for: a request
 * is looked up, never joined to a path.
 */
export async function serve(
  recordings: readonly Served[],
  port: number,
): Promise<{ readonly address: string; close(): void }> {
  const files = pageFiles();
  recordings.forEach(({ file }, i) => {
    files.set(`/files/${i}`, file);
  });
  const list = JSON.stringify(recordings.map(({ name }, i) => ({ name, url: `files/${i}` })));
  const server = createServer((request, response) => answer(request, response, files, list));
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

function pageFiles(): Map<string, string> {
  let names: string[];
  try {
    names = readdirSync(page, { recursive: true, encoding: 'utf8' });
  } catch {
    throw new Failure('the viewer is not built: run `npm run build` first');
  }
  const files = names.map((name) => join(page, name)).filter((file) => statSync(file).isFile());
  const paths = files.map((file): [string, string] => [`/${relative(page, file).split(sep).join('/')}`, file]);
  return new Map([...paths, ['/', join(page, 'index.html')]]);
}

function answer(request: IncomingMessage, response: ServerResponse, files: Map<string, string>, list: string): void {
  const [pathname] = (request.url ?? '/').split('?', 1);
  const file = files.get(pathname);
  const size = file === undefined ? undefined : sizeOf(file);
  // Another site's page could point a name of its own at this address and read what is served here.
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  if (host !== '127.0.0.1' && host !== 'localhost') {
    refuse(response, 403, 'served to this machine only');
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, 405, 'only GET and HEAD');
  } else if (pathname === '/api/recordings') {
    response.writeHead(200, { ...headers, 'Content-Type': types['.json'] }).end(list);
  } else if (file === undefined || size === undefined) {
    refuse(response, 404, 'there is nothing here');
  } else {
    const type = types[extname(pathname === '/' ? file : pathname)] ?? 'application/octet-stream';
    response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': size });
    if (request.method === 'HEAD') response.end();
    else pipeline(createReadStream(file), response, () => {});
  }
}

/** What a file holds now, in bytes; it may have been removed or hidden since it was listed. */
function sizeOf(file: string): number | undefined {
  try {
    const found = statSync(file);
    return found.isFile() ? found.size : undefined;
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' }).end(`${reason}\n`);
}
