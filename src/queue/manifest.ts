import * as v from 'valibot';
import { digestOf } from '../run/digest.ts';
import { isRunFile } from '../run/folder.ts';
import { digest, index } from '../run/schema.ts';

/** What a run's folder holds, as it travels: every file by its path, size and digest, with its bytes in chunks elsewhere. */
export type Manifest = readonly PackedFile[];

export interface PackedFile {
  /** Within the run's folder, with slashes. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256, in hex. */
  readonly digest: string;
}

/** Bytes of a chunk, at most. */
export const chunkBytes = 2 ** 20;
/** Of a run, which is far more than one has: the recordings over training time are 100 MB at most. */
export const mostRunBytes = 2 ** 30;
const mostFiles = 10_000;

/** Whether a run of a sweep has files of this path, which then lies within its folder. Nothing else travels. */
export function isJobFile(path: string): boolean {
  return isRunFile(path) || path === 'timing.json' || /^result(-at-\d{1,15})?\.json$/.test(path);
}

const packedFile = v.strictObject({
  path: v.pipe(v.string(), v.maxLength(100), v.check(isJobFile, 'the path of a file of a run')),
  size: v.pipe(index, v.maxValue(mostRunBytes)),
  digest,
});

/** Of what comes from outside. */
export const manifestSchema = v.pipe(
  v.array(packedFile),
  v.maxLength(mostFiles),
  v.check((files) => new Set(files.map(({ path }) => path)).size === files.length, 'every file once'),
  v.check((files) => bytesIn(files) <= mostRunBytes, `files of ${mostRunBytes} bytes at most, in all`),
);

export function bytesIn(files: Manifest): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** The names of a file's chunks, in order; none of an empty file. Files of equal content share theirs. */
export function chunksOf({ digest, size }: PackedFile): string[] {
  return Array.from({ length: Math.ceil(size / chunkBytes) }, (_, i) => `${digest}:${i}`);
}

/** One name for all that a run comes to, but for how long that took. */
export function digestOfRun(files: Manifest): string {
  const lasting = files.filter(({ path }) => path !== 'timing.json').map(({ path, digest }) => `${path} ${digest}\n`);
  return digestOf(lasting.sort().join(''));
}
