import { expect, it } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { configureEnv, envOf } from '../../envs/tasks/index.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { actorOf } from '../../src/rollout/acting-policy.ts';
import { collect } from '../../src/rollout/collect.ts';
import { findPolicyDifference } from '../../src/rollout/policy-replay.ts';
import { learnerOf } from '../../src/train/config.ts';
import { sampleRecording } from '../recording/sample.ts';
import { probeEnv, randomLengths } from './probes.ts';
import { configOf } from './support.ts';

const env = probeEnv(randomLengths);
const actor = actorOf(learnerOf(configOf({}, { baseline: 'linear' }), { env }));
const { header } = sampleRecording();
const episodes = collect(env, actor, {
  seedOf: (episode) => 100 + episode,
  until: { episodes: 6 },
  slots: 4,
  deterministic: false,
});

it("finds nothing in the policy's own recording", () => {
  expect(findPolicyDifference({ header, episodes }, actor)).toBeNull();
});

it.each(['mean', 'scale', 'logp', 'value'] as const)('finds the last bit of a %s', (field) => {
  const at = episodes.findIndex(({ steps }) => steps > 2);
  const altered: Trajectory = { ...episodes[at], [field]: episodes[at][field].slice() };
  // The lowest bit of the number at step 2.
  new Uint8Array(altered[field].buffer)[16] ^= 1;
  const found = findPolicyDifference({ header, episodes: episodes.with(at, altered) }, actor);
  const name = field === 'logp' || field === 'value' ? field : expect.stringMatching(field);
  expect(found).toMatchObject({ episode: at, step: 2, field: name, expected: String(altered[field][2]) });
});

it('looks at the value of the state that an episode ended in', () => {
  const value = episodes[1].value.slice();
  value[episodes[1].steps] += 1;
  const found = findPolicyDifference({ header, episodes: episodes.with(1, { ...episodes[1], value }) }, actor);
  expect(found).toMatchObject({ episode: 1, step: episodes[1].steps, field: 'value' });
});

it('names the earliest step, whatever its field', () => {
  const scale = episodes[0].scale.map((s) => 2 * s);
  const [mean, logp] = [episodes[0].mean.slice(), episodes[0].logp.slice()];
  mean[episodes[0].steps - 1]++;
  logp[episodes[0].steps - 1]++;
  const altered = { ...episodes[0], mean, logp, scale };
  expect(findPolicyDifference({ header, episodes: [altered] }, actor)).toMatchObject({ episode: 0, step: 0 });
});

it("finds another policy's recording out", () => {
  const other = actorOf(learnerOf(configOf({ seed: 1 }, { baseline: 'linear' }), { env }));
  expect(findPolicyDifference({ header, episodes }, other)).toMatchObject({ episode: 0, step: 0 });
});

it('finds the last bit of a Cholesky factor, and names its place in it', async () => {
  await loadPhysics();
  const panda = envOf(configureEnv('panda-reach-joints', { options: { horizon: 5 } }));
  const full = actorOf(learnerOf(configOf({ env: panda.config }, { policy: 'full' }), { env: panda }));
  const own = collect(panda, full, {
    seedOf: (episode) => episode,
    until: { episodes: 2 },
    slots: 2,
    deterministic: false,
  });
  expect(findPolicyDifference({ header, episodes: own }, full)).toBeNull();
  const scale = own[1].scale.slice();
  // L_20 of step 3.
  new Uint8Array(scale.buffer)[(3 * 49 + 14) * 8] ^= 1;
  const found = findPolicyDifference({ header, episodes: own.with(1, { ...own[1], scale }) }, full);
  expect(found).toMatchObject({ episode: 1, step: 3, field: 'scale[14]', expected: String(scale[3 * 49 + 14]) });
});
