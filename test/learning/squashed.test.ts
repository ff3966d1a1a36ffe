import { describe, expect, it } from 'vitest';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { claimsOf, findDifference } from '../../envs/recording/replay.ts';
import { decodeSafetensors } from '../../envs/recording/safetensors.ts';
import { decodeSealed, encodeSealed } from '../../envs/recording/sealed.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { policyFormat } from '../../src/policy/file.ts';
import { actorOf } from '../../src/rollout/acting-policy.ts';
import { collect } from '../../src/rollout/collect.ts';
import { findPolicyDifference } from '../../src/rollout/policy-replay.ts';
import { pack, unpack } from '../../src/rollout/workers/transfer.ts';
import { decodePolicy } from '../../src/run/checkpoint.ts';
import { encodePolicy } from '../../src/run/encode-policy.ts';
import { provenanceOf, recordingOf } from '../../src/run/recording.ts';
import { batchOf } from '../../src/train/batch.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { trainOn } from '../../src/train/train.ts';

/** Episodes of a squashed policy keep what was sampled: most of their actions are at the edge of the box, where float32 ends. */

await loadPhysics();
const options = { policy: 'squashed', initialLogSigma: 3, hiddenWidth: 8, hiddenLayers: 1, batch: 60, reuse: 1 };
const learner = learnerOf(configureTraining({ env: 'panda-reach-joints', envOptions: { horizon: 10 }, options }));
const actor = actorOf(learner);
const run = (deterministic = false) =>
  collect(learner.env, actor, { seedOf: (episode) => 50 + episode, until: { steps: 400 }, deterministic });
const episodes = run();
const recording = await decodeRecording(await recordingOf(learner.env, episodes, provenanceOf(learner)), 'file');

describe('episodes of a squashed policy', () => {
  it('give the algorithm samples whose z is standard normal, and rewards for actions that are their tanh', () => {
    const { batch } = batchOf({ ...learner, options: learner.training.options }, episodes, []);
    // The first policy's mean is next to 0.
    const square = batch.act.reduce((sum, u) => sum + (u / Math.exp(3)) ** 2, 0) / batch.act.length;
    expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / batch.act.length));
    const act = episodes.flatMap((one) => [...one.act]);
    expect(act).toEqual(Array.from(batch.act, (u) => expect.closeTo(Math.tanh(u), 6)));
    expect(act.filter((a) => Math.abs(a) > 0.999999).length / act.length).toBeGreaterThan(0.5);
  });

  it('cross to another thread and into a file and back', () => {
    const indexed = episodes.map((trajectory, episode) => ({ episode, trajectory }));
    expect(unpack(structuredClone(pack(indexed, learner.env.spec, actor)), learner.env.spec)).toEqual(indexed);
    expect(recording.episodes).toEqual(episodes);
  });

  it('act by tanh of the mean where nothing is sampled', () => {
    const [one] = run(true);
    expect(Array.from(one.act)).toEqual(Array.from(one.mean, (a) => expect.closeTo(a, 6)));
    expect(Array.from(one.unsquashed)).toEqual(Array.from(one.mean, (a) => expect.closeTo(Math.atanh(a), 6)));
  });
});

describe('verify', () => {
  const altered = (change: Partial<Trajectory>) => ({
    ...recording,
    episodes: recording.episodes.with(0, { ...recording.episodes[0], ...change }),
  });
  const another = (numbers: Float32Array) => numbers.with(3, numbers[3] / 2);

  it('finds nothing in what the policy did, and every number of it that is another', () => {
    expect(findDifference(learner.env, recording)).toBeNull();
    expect(findPolicyDifference(recording, actor)).toBeNull();
    const [{ act, unsquashed }] = recording.episodes;
    expect(findPolicyDifference(altered({ act: another(act) }), actor)?.field).toMatch(/^act\[/);
    expect(findPolicyDifference(altered({ unsquashed: another(unsquashed) }), actor)?.field).toMatch(/^(act|logp)/);
    expect(claimsOf(recording)).toContain('unsquashed');
    expect(claimsOf(recording, true)).toEqual([]);
  });

  it('says of a file of an earlier version, which lacks the samples, that its log-probability is a claim', () => {
    const unsquashed = new Float32Array();
    const older = { ...recording, episodes: recording.episodes.map((one) => ({ ...one, unsquashed })) };
    expect(findPolicyDifference(older, actor)).toBeNull();
    expect(claimsOf(older, true)).toEqual(['logp']);
    expect(claimsOf(older)).not.toContain('unsquashed');
  });
});

it('a saved policy that uses batches again has their samples, or is refused', async () => {
  const trained = learnerOf(learner.training.config);
  for (const _ of trainOn(trained, { iterations: 2, untilSolved: false }));
  const bytes = await encodePolicy(trained);
  const again = await decodePolicy(bytes, 'policy');
  // How the joints stood, nothing is learned from.
  const learned = trained.history.map((batch) =>
    batch.map((episode) => ({ ...episode, q: new Float32Array(0), dq: new Float32Array(0) })),
  );
  expect(again.learner.history).toEqual(learned);
  const { tensors } = decodeSafetensors(bytes, 'policy');
  const { metadata } = await decodeSealed(policyFormat, bytes, 'policy');
  const { 'history.unsquashed': samples, ...rest } = tensors;
  expect(samples.data).toHaveLength(trained.history.flat().reduce((sum, { act }) => sum + act.length, 0));
  const { header: _, ...older } = metadata;
  await expect(decodePolicy(await encodeSealed(policyFormat, rest, older), 'policy')).rejects.toThrow(
    /unsquashed: expected F32, found no such tensor/,
  );
});
