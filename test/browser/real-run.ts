import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recording } from '../../envs/recording/header.ts';
import { decodeRecording, encodeRecording } from '../../envs/recording/recording.ts';
import { armature, quick, start } from '../cli/armature.ts';

/** What a real run of the command offers, by the real server and under its policy. */
export interface RealRun {
  readonly recording: Recording;
  readonly address: string;
}

/**
 * Trains into the folder `run` of a folder, and serves what comes of that.
 * @param forged episodes of the recording `forged.safetensors` that were changed, and sealed again as if nothing had happened
 */
export async function realRun(folder: string, iterations: number, forged: readonly number[]): Promise<RealRun> {
  const run = join(folder, 'run');
  const length = ['--iterations', String(iterations), '--eval-every', '400'];
  await armature(folder, 'train', 'panda-reach', ...quick, ...length, '--out', 'run');
  const recording = await decodeRecording(new Uint8Array(readFileSync(join(run, 'rollouts.safetensors'))), 'rollouts');
  const episodes = recording.episodes.map((episode, i) => {
    const reward = episode.reward.slice();
    if (forged.includes(i)) reward[2] += 1e-12;
    return { ...episode, reward };
  });
  writeFileSync(join(run, 'forged.safetensors'), await encodeRecording({ ...recording, episodes }));
  const viewer = start(folder, 'view', 'run', '--no-open', '--port', '0');
  return { recording, address: await viewer.firstLine };
}
