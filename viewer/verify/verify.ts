import type { Difference } from '../../envs/recording/difference.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { startSimulator } from './start-simulator.ts';

/** What the worker answers. */
export type Verification = { readonly difference: Difference | null } | { readonly error: string };

/** A worker that simulates episodes of a recording again, one after another. */
export interface Verifier {
  /**
   * Simulates an episode from its seed and actions, and compares it bit for bit.
   * @returns the first difference, with the episode counted as 0, or null
   * @throws Error when this version cannot simulate it, or when the signal ends it
   */
  verify(episode: Trajectory): Promise<Difference | null>;
  close(): void;
}

/** Loads Rapier in a worker. The signal ends what is simulated. */
export async function openVerifier(header: RecordingHeader, signal: AbortSignal): Promise<Verifier> {
  signal.throwIfAborted();
  const worker = await startSimulator();
  let fail = (_reason: unknown) => {};
  signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  const verify = (episode: Trajectory) =>
    new Promise<Difference | null>((resolve, reject) => {
      signal.throwIfAborted();
      fail = reject;
      worker.onmessage = ({ data }: MessageEvent<Verification>) => {
        if ('error' in data) reject(new Error(data.error));
        else resolve(data.difference);
      };
      worker.onerror = ({ message }) => reject(new Error(message || 'the simulation could not be loaded'));
      worker.postMessage({ header, episodes: [withOwnArrays(episode)] });
    });
  return { verify, close: () => worker.terminate() };
}

/** Posting a view into a file would copy the whole file. */
function withOwnArrays(episode: Trajectory): Trajectory {
  const entries = Object.entries(episode).map(([name, value]) => [
    name,
    ArrayBuffer.isView(value) ? (value as Float32Array).slice() : value,
  ]);
  return Object.fromEntries(entries) as Trajectory;
}
