/** The worker that simulates: takes one recording, answers once, and is ended by the page. */
import type { Recording } from '../../envs/recording/header.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { configureEnv, envOf, givenIn } from '../../envs/tasks/index.ts';
import type { Verification } from './verify.ts';

addEventListener('message', ({ data }: MessageEvent<Recording>) => {
  simulate(data).then(
    (answer) => postMessage(answer),
    (error: unknown) => postMessage({ error: error instanceof Error ? error.message : String(error) }),
  );
});

async function simulate(recording: Recording): Promise<Verification> {
  await loadPhysics();
  const { env } = recording.header;
  return { difference: findDifference(envOf(configureEnv(env.env, givenIn(env))), recording) };
}
