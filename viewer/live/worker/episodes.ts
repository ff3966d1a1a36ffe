/** A worker's part in training: it runs the episodes that it is sent. */

import { actorOf, applySnapshot, createActingPolicy } from '../../../src/rollout/acting-policy.ts';
import { collectFrom } from '../../../src/rollout/collect.ts';
import { listedQueue } from '../../../src/rollout/episode-queue.ts';
import { type PolicyConfig, partsOfConfig } from '../../../src/rollout/policy-config.ts';
import { beforeEachStep, envFor, planOf } from '../../../src/rollout/rollout.ts';
import { type PackedEpisodes, pack } from '../../../src/rollout/workers/transfer.ts';
import type { EpisodesRequest } from './messages.ts';

/** So often a worker says that it is still at it, ms. */
const beatEvery = 1000;

export type EpisodeRunner = (asked: EpisodesRequest) => PackedEpisodes;

/** @param beat called every now and then while episodes run */
export function createEpisodeRunner(config: PolicyConfig, beat: () => void): EpisodeRunner {
  const policy = createActingPolicy(partsOfConfig(config));
  return ({ snapshot, request, episodes }) => {
    applySnapshot(policy, snapshot);
    const env = envFor(policy, request);
    let beaten = performance.now();
    const actor = beforeEachStep(actorOf(policy), () => {
      if (performance.now() - beaten < beatEvery) return;
      beaten = performance.now();
      beat();
    });
    const { slots = 1, ...plan } = planOf(request, env.spec.horizon);
    const own = { ...plan, slots: Math.min(slots, episodes.length) };
    return pack(collectFrom(listedQueue(episodes), env, actor, own), env.spec, actor);
  };
}
