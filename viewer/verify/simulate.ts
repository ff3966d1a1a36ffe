/** The thread that re-simulates: it is sent one recording, answers once, and is ended by who started it. */

import { findDifference } from '../../envs/recording/replay.ts';
import type { Recording } from '../../envs/recording/types.ts';
import { configureEnv } from '../../envs/sim/env.ts';
import { loadPhysics } from '../../envs/sim/physics.ts';
import type { Verdict } from './verify.ts';

addEventListener('message', ({ data }: MessageEvent<Recording>) => {
  judge(data).then(
    (verdict) => postMessage(verdict),
    (error: unknown) => postMessage({ error: error instanceof Error ? error.message : String(error) }),
  );
});

async function judge({ header, episodes }: Recording): Promise<Verdict> {
  await loadPhysics();
  const { env, arm, options } = header.env;
  return { difference: findDifference({ header: { ...header, env: configureEnv(env, { arm, options }) }, episodes }) };
}
