import type { Difference } from '../../envs/recording/difference.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import type { Trajectory } from '../../envs/trajectory.ts';

/** What the worker answers. */
export type Verification = { readonly difference: Difference | null } | { readonly error: string };

/**
 * Simulates an episode again from its seed and actions, in a worker that loads Rapier, and compares it bit for bit.
 * @returns the first difference, with the episode counted as 0, or null
 * @throws Error when this version cannot simulate it, or when the signal ends it
 */
export async function verify(header: RecordingHeader, episode: Trajectory, signal: AbortSignal) {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./simulate.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise<Difference | null>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      worker.addEventListener('message', ({ data }: MessageEvent<Verification>) => {
        if ('error' in data) reject(new Error(data.error));
        else resolve(data.difference);
      });
      worker.addEventListener('error', ({ message }) =>
        reject(new Error(message || 'the simulation could not be loaded')),
      );
      worker.postMessage({ header, episodes: [withOwnArrays(episode)] });
    });
  } finally {
    worker.terminate();
  }
}

/** Posting a view into a file would copy the whole file. */
function withOwnArrays(episode: Trajectory): Trajectory {
  const entries = Object.entries(episode).map(([name, value]) => [
    name,
    ArrayBuffer.isView(value) ? (value as Float32Array).slice() : value,
  ]);
  return Object.fromEntries(entries) as Trajectory;
}
