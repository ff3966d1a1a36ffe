import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Widths } from '../policy/network/types.ts';
import type { Obstacle } from '../policy/network/unusable.ts';

/** How a backend is on this machine. */
export type Probe = Usable | Unusable;

export interface Usable {
  readonly name: string;
  readonly version: string;
  /** Milliseconds of a gradient, where one was asked for. */
  readonly ms: number | null;
}

export interface Unusable {
  readonly name: string;
  readonly obstacle: Obstacle;
  readonly reason: string;
  readonly remedy: string;
}

/** What to time a gradient of. */
export interface Workload {
  readonly widths: Widths;
  readonly rows: number;
  /** Threads that our own kernels have; another backend knows for itself. */
  readonly workers: number;
}

export const isUsable = (probe: Probe): probe is Usable => 'version' in probe;

/** A driver that hangs is not waited for any longer, ms. */
const patience = 120_000;

const program = fileURLToPath(new URL('./probe-one.js', import.meta.url));

/**
 * Loads a backend in a process of its own: native libraries get in each other's way in one, write to the terminal, and can
 * end the process.
 */
export function probe(name: string, workload?: Workload): Promise<Probe> {
  const args = [program, name, ...(workload ? [JSON.stringify(workload)] : [])];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 1e8, timeout: patience }, (error, stdout, stderr) => {
      const line = stdout.split('\n').findLast((each) => each.startsWith('{"name"'));
      if (line) return resolve(JSON.parse(line));
      const why = error?.killed
        ? `takes over ${patience / 1000} s`
        : error?.signal
          ? `ends by ${error.signal}`
          : 'fails';
      const message = /^\w*Error\b.*$/m.exec(stderr)?.[0];
      const reason = `the process that loads it ${why}${message ? ` (${message})` : ''}`;
      resolve({ name, obstacle: 'broken', reason, remedy: 'it may not be made for this processor or system' });
    });
  });
}
