import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const page = fileURLToPath(new URL('../../dist/viewer', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** As strict as the page can be served: a script or style that needs more shows up as an error in the console. */
const policy = "default-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'";

/** Of the workers that simulate: they compile WebAssembly. */
const simulatorPolicy = `${policy}; script-src 'self' 'wasm-unsafe-eval'`;
const isSimulator = (path: string) => /^\/assets\/(simulate|live-worker)-[\w-]+\.js$/.test(path);

export interface Served {
  readonly address: string;
  close(): void;
}

interface File {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A recording, and those over the training that it is the end of. */
interface Hosted extends File {
  readonly training?: readonly (File & { readonly iteration: number; readonly success?: number })[];
}

/** Serves the built page with some recordings on a free port of the loopback interface. */
export async function serve(recordings: readonly Hosted[]): Promise<Served> {
  const files = recordings.flatMap((one): File[] => [one, ...(one.training ?? [])]);
  const url = (one: File) => `files/${files.indexOf(one)}`;
  const answer = async (path: string): Promise<{ type: string; body: Uint8Array | string }> => {
    if (path === '/api/recordings') {
      const list = recordings.map(({ bytes: _, training, ...one }, i) => ({
        ...one,
        url: url(recordings[i]),
        ...(training && {
          training: training.map(({ bytes: __, ...then }, k) => ({ ...then, url: url(training[k]) })),
        }),
      }));
      return { type: 'application/json', body: JSON.stringify(list) };
    }
    if (path === '/api/policies') return { type: 'application/json', body: '[]' };
    const recording = path.startsWith('/files/') ? files[Number(path.slice(7))] : undefined;
    if (recording) return { type: 'application/octet-stream', body: recording.bytes };
    const file = normalize(path === '/' ? '/index.html' : path);
    return { type: types[extname(file)] ?? 'application/octet-stream', body: await readFile(join(page, file)) };
  };
  const server = createServer(({ url }, response) => {
    const { pathname } = new URL(url ?? '/', 'http://localhost');
    const own = isSimulator(pathname) ? simulatorPolicy : policy;
    answer(pathname).then(
      ({ type, body }) => response.writeHead(200, { 'content-type': type, 'content-security-policy': own }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
