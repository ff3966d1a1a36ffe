import type { Difference } from '../../envs/recording/replay.ts';
import type { RecordingHeader } from '../../envs/recording/types.ts';
import type { Trajectory } from '../../envs/types.ts';
import { startSimulator } from './simulator.ts';

/** What the simulating thread answers. */
export type Verdict = { readonly difference: Difference | null } | { readonly error: string };

/**
 * Simulates an episode again from its seed and actions, in a thread of its own, and compares it bit for bit.
 * @returns the first difference, with the episode counted as 0, or null
 * @throws Error when this version cannot simulate it, or when the signal ends it
 */
export function verify(header: RecordingHeader, episode: Trajectory, signal: AbortSignal): Promise<Difference | null> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const thread = startSimulator();
    const end = () => {
      thread.terminate();
      signal.removeEventListener('abort', abort);
    };
    const abort = () => {
      end();
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort);
    thread.addEventListener('message', ({ data }: MessageEvent<Verdict>) => {
      end();
      if ('error' in data) reject(new Error(data.error));
      else resolve(data.difference);
    });
    thread.addEventListener('error', ({ message }) => {
      end();
      reject(new Error(message || 'the simulation could not be loaded'));
    });
    thread.postMessage({ header, episodes: [detached(episode)] });
  });
}

/** With arrays of its own: a view would take the whole file along. */
function detached(episode: Trajectory): Trajectory {
  const entries = Object.entries(episode).map(([name, value]) => [
    name,
    ArrayBuffer.isView(value) ? (value as Float32Array).slice() : value,
  ]);
  return Object.fromEntries(entries) as Trajectory;
}
