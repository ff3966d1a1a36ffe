import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Failure } from '../run/failure.ts';
import { stopCode } from '../run/stop.ts';

/** So often it is seen whether the process was told to stop, ms. */
const lookEvery = 200;

/** A run that is shown in a browser while it is trained. */
export interface Watching {
  /** Where the page is. */
  readonly address: string;
  /** Waits until the process is told to stop, or the page's server ends. */
  untilStopped(): Promise<void>;
  close(): void;
}

/**
 * Serves the page of a run from a process of its own: training keeps this one busy. It ends with this one.
 * @param open whether a browser is opened
 * @throws Failure where it cannot be served
 */
export async function watchRun(folder: string, open: boolean): Promise<Watching> {
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const args = [main, 'view', folder, ...(open ? [] : ['--no-open'])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const gone = once(child, 'exit');
  const said: string[] = [];
  child.stderr?.on('data', (chunk) => said.push(String(chunk)));
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [address] = await Promise.race([once(lines, 'line'), gone.then(() => [])]);
  if (typeof address !== 'string')
    throw new Failure(`cannot watch ${folder}: ${said.join('').trim() || 'its page is not served'}`);
  return {
    address,
    async untilStopped() {
      while (stopCode() === null && child.exitCode === null && child.signalCode === null) await sleep(lookEvery);
    },
    close: () => void child.kill(),
  };
}
