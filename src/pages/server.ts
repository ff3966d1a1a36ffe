import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readlink, realpath } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { codeOf, Failure, systemFailure } from '../run/failure.ts';
import { quietly } from '../run/files.ts';
import { builtLivePage, builtPage, viewerFiles } from './assets.ts';
import { watchRuns } from './changes.ts';
import { type ListedRecording, waitingIn } from './library.ts';
import { livePageParts } from './live-page.ts';
import { pageInOne } from './share-page.ts';

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
  // All that the page has is its own: isolated from other pages, its workers may share memory.
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
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

/** Workers have a policy of their own. Only those that simulate may compile WebAssembly: Rapier is nothing else. */
const simulatorPolicy = { ...policy, 'script-src': "'self' 'wasm-unsafe-eval'" };

/**
 * Serves the viewer's page, recordings and policies on loopback. Only files of the last list can be asked for: a request is looked
 * up, never joined to a path.
 * @param list the recordings there are, asked for whenever a page opens: a training may have saved more meanwhile
 * @param folders of runs: a page is told what is new there for as long as one of them is being trained
 * @param policies that act without a recording
 */
export async function serve(
  list: () => readonly ListedRecording[],
  port: number,
  folders: readonly string[] = [],
  policies: readonly ListedRecording[] = [],
): Promise<{ readonly address: string; close(): void }> {
  const site: Served = { page: viewerFiles(), addresses: new Addresses(), list, folders, policies };
  site.addresses.listed(list());
  const server = createServer((request, response) => {
    answer(request, response, site).catch((error: unknown) => fail(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(systemFailure(`serve on port ${port}`, error)));
    server.listen(port, '127.0.0.1', resolve);
  });
  // A connection that cannot be taken, say for want of open files, is no reason to give up the others.
  server.on('error', () => {});
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
  readonly folders: readonly string[];
  readonly policies: readonly ListedRecording[];
  list(): readonly ListedRecording[];
}

/** Gives every file that was ever listed an address of its own, which it keeps. */
class Addresses {
  readonly #files: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** The recordings as the page reads them. */
  listed(recordings: readonly ListedRecording[]): Listing['recordings'] {
    return recordings.map(({ name, real, training, policy, going }) => ({
      name,
      url: this.#address(real),
      ...(going && { going }),
      ...(policy && { policy: { name: policy.name, url: this.#address(policy.real) } }),
      ...(training && {
        training: training.map(({ iteration, success, name, real }) => {
          return { iteration, name, url: this.#address(real), ...(success !== undefined && { success }) };
        }),
      }),
    }));
  }

  /** The path of the file at an address. */
  find(pathname: string): string | undefined {
    const digits = /^\/files\/(0|[1-9]\d{0,8})$/.exec(pathname)?.[1];
    return digits === undefined ? undefined : this.#files[Number(digits)];
  }

  #address(real: string): string {
    const number = this.#numbers.get(real) ?? this.#files.push(real) - 1;
    this.#numbers.set(real, number);
    return `files/${number}`;
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, site: Served) {
  const { page, addresses } = site;
  const [pathname] = (request.url ?? '/').split('?', 1);
  // Another site's page could point a name of its own at this address and read what is served here.
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  if (host !== '127.0.0.1' && host !== 'localhost') {
    refuse(response, 403, 'served to this machine only');
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, 405, 'only GET and HEAD');
  } else if (pathname === '/api/recordings') {
    const listing = listingOf(site);
    // A page that finds this asks for what changes.
    const following = isGoing(listing) && { 'Armature-Going': 'yes' };
    const text = JSON.stringify(listing.recordings);
    begin(response, 200, pathname, { 'Content-Type': types['.json'], ...following }).end(text);
  } else if (pathname === '/api/policies') {
    const text = JSON.stringify(addresses.listed(site.policies));
    begin(response, 200, pathname, { 'Content-Type': types['.json'] }).end(text);
  } else if (pathname === '/api/changes' && request.method === 'GET') {
    tellOfChanges(response, site);
  } else if (pathname === '/api/page') {
    // As text: what the page of the viewer makes of it opens from a disk, and not from here.
    begin(response, 200, pathname, { 'Content-Type': types['.txt'] }).end(pageInOne(builtPage()));
  } else if (pathname === '/api/live-page') {
    const parts = JSON.stringify(livePageParts(builtLivePage()));
    begin(response, 200, pathname, { 'Content-Type': types['.json'] }).end(parts);
  } else {
    const [own, listed] = [page.get(pathname), addresses.find(pathname)];
    const file = await (own === undefined ? listed && openListed(listed) : openFile(own));
    if (!file) refuse(response, 404, 'there is nothing here');
    else await sendFile(request.method, response, pathname, own ?? pathname, file);
  }
}

/** What there is to watch. */
interface Listing {
  readonly recordings: readonly { readonly going?: true }[];
  /** Runs in training that have recorded nothing yet, by their names. */
  readonly waiting: readonly string[];
}

function listingOf({ addresses, folders, list }: Served): Listing {
  return { recordings: addresses.listed(list()), waiting: folders.flatMap(waitingIn) };
}

function isGoing({ recordings, waiting }: Listing): boolean {
  return waiting.length > 0 || recordings.some(({ going }) => going);
}

/** Tells, as server-sent events, what there is to watch, now and whenever that is something else; ends when no training goes on. */
function tellOfChanges(response: ServerResponse, site: Served): void {
  begin(response, 200, '', { 'Content-Type': 'text/event-stream' });
  let told = '';
  const tell = () => {
    const listing = quietly(() => listingOf(site));
    const text = JSON.stringify(listing);
    if (!listing || text === told) return;
    told = text;
    response.write(`data: ${text}\n\n`);
    if (!isGoing(listing)) response.end();
  };
  const stop = watchRuns(site.folders, tell);
  response.once('close', stop);
  tell();
}

/** A file and what it was when it was opened: neither changes with what its path leads to. */
interface OpenFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/** How often a file is opened that is another by the time it is looked at: a training replaces its files. */
const attempts = 3;

/** A file that is listed, opened first and then looked at; undefined where it is gone or a link was put on the way to it since. */
async function openListed(path: string): Promise<OpenFile | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const file = await openFile(path);
    if (!file || (await isAt(path, file))) return file;
    await file.handle.close();
  }
  return undefined;
}

/** Undefined where there is no file. */
async function openFile(path: string): Promise<OpenFile | undefined> {
  // A pipe in the place of a file would not open before somebody writes to it.
  const { O_RDONLY, O_NONBLOCK = 0 } = constants;
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, O_RDONLY | O_NONBLOCK);
    const stats = await handle.stat();
    if (stats.isFile()) return { handle, stats };
    await handle.close();
    return undefined;
  } catch (error) {
    await handle?.close();
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(codeOf(error))) return undefined;
    throw systemFailure('read the file', error);
  }
}

/** Whether an open file is the one at its path, with no link on the way. */
async function isAt(path: string, { handle, stats }: OpenFile): Promise<boolean> {
  // Linux knows where an open file is. Elsewhere the path is asked twice, which a link would have to come and go between.
  const own = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
  if (own !== undefined) return own === path;
  for (let time = 0; time < 2; time++) {
    const [real, found] = await Promise.all([realpath(path), lstat(path)]).catch(() => []);
    if (real !== path || found?.ino !== stats.ino || found.dev !== stats.dev) return false;
  }
  return true;
}

/** Sends what the file held when it was opened: a training may add to it meanwhile. */
async function sendFile(
  method: string,
  response: ServerResponse,
  pathname: string,
  name: string,
  { handle, stats: { size } }: OpenFile,
): Promise<void> {
  try {
    const type = types[extname(name)] ?? 'application/octet-stream';
    begin(response, 200, pathname, { 'Content-Type': type, 'Content-Length': size });
    if (method === 'HEAD' || size === 0) response.end();
    else await pipeline(handle.createReadStream({ end: size - 1, ...inLargePieces }), allOf(size), response);
  } finally {
    await handle.close();
  }
}

/** A recording may weigh hundreds of megabytes. */
const inLargePieces = { highWaterMark: 1 << 20, autoClose: false } as const;

/** Passes on what comes, and fails where it is less than was promised: a reader must not take a part for the whole. */
function allOf(size: number) {
  return async function* (source: AsyncIterable<Buffer>) {
    let sent = 0;
    for await (const piece of source) {
      sent += piece.length;
      yield piece;
    }
    if (sent < size) throw new Failure('the file has become shorter');
  };
}

/** Tells what went wrong, where nothing was sent yet; else the connection ends before what was promised. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { message, cause } = systemFailure('answer', error);
  const isForNow = ['EMFILE', 'ENFILE'].includes(codeOf(cause));
  refuse(response, isForNow ? 503 : 500, message.replace(/\s+/g, ' '));
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  begin(response, status, '', { 'Content-Type': types['.txt'] }).end(`${reason}\n`);
}

function begin(response: ServerResponse, status: number, pathname: string, own: Record<string, string | number>) {
  const directives = /^\/assets\/(simulate|live-worker)-[\w-]+\.js$/.test(pathname) ? simulatorPolicy : policy;
  const text = Object.entries(directives)
    .map((directive) => directive.join(' '))
    .join('; ');
  return response.writeHead(status, { ...headers, 'Content-Security-Policy': text, ...own });
}
