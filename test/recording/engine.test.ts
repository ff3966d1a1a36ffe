import { beforeAll, describe, expect, it } from 'vitest';
import { type Env, engineName } from '../../envs/env.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { decodeRecording, encodeRecording } from '../../envs/recording/recording.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { decodeSafetensors } from '../../envs/recording/safetensors.ts';
import { encodeSealed, software } from '../../envs/recording/sealed.ts';
import { loadMujoco } from '../../envs/sim/mujoco-engine.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { makeEnv } from '../../envs/tasks/index.ts';
import { collect } from '../../src/rollout/collect.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { headerOf } from '../../src/run/recording.ts';
import { engineIn, ghostName } from '../../viewer/state/compare.ts';

const policy = { name: 'random', kind: 'random', trainedSteps: 0 };

function record(env: Env, slots: number): Recording {
  const plan = { seedOf: (episode: number) => 5 + episode, until: { episodes: 6 }, slots, deterministic: false };
  return { header: headerOf(env, { policy, gamma: 1, lambda: 1 }), episodes: collect(env, randomActor(env), plan) };
}

let [inMujoco, inRapier]: Env[] = [];

beforeAll(async () => {
  await loadPhysics();
  const options = { horizon: 15 };
  inRapier = makeEnv('reach', { arm: 'so101', options });
  inMujoco = makeEnv('reach', { arm: 'so101', options, engine: await loadMujoco() });
});

describe('a recording out of another engine', () => {
  it('says which; one of Rapier says nothing', async () => {
    const bytes = await encodeRecording(record(inMujoco, 3));
    const { header, episodes } = await decodeRecording(bytes, 'file');
    expect(header.engine).toEqual(inMujoco.engine);
    expect(episodes).toHaveLength(6);
    const plain = await encodeRecording(record(inRapier, 3));
    expect((await decodeRecording(plain, 'file')).header).not.toHaveProperty('engine');
  });

  it('has the same bytes whatever the batch it was made in', async () => {
    const [one, many] = await Promise.all([1, 6].map((slots) => encodeRecording(record(inMujoco, slots))));
    expect(Buffer.from(many).equals(one)).toBe(true);
  });

  it('is simulated again to the same bits in that engine, and is not held against another', async () => {
    const recording = await decodeRecording(await encodeRecording(record(inMujoco, 3)), 'file');
    expect(findDifference(inMujoco, recording)).toBeNull();
    expect(findDifference(inRapier, recording)).toMatchObject({ episode: null, field: 'header.engine' });
    expect(findDifference(inMujoco, record(inRapier, 3))).toMatchObject({ episode: null, field: 'header.engine' });
    const episodes = recording.episodes.map((episode, i) =>
      i === 4 ? { ...episode, reward: episode.reward.map((r, t) => (t === 3 ? r + 1e-9 : r)) } : episode,
    );
    expect(findDifference(inMujoco, { ...recording, episodes })).toMatchObject({
      episode: 4,
      step: 3,
      field: 'reward[0]',
    });
  });

  it.each([
    ['a version that had none', 3, { name: 'mujoco', version: '3.14.0' }, 'header.engine: expected none in version 3'],
    ['no version', 4, { name: 'mujoco' }, 'header.engine.version'],
    ['a name of control characters', 4, { name: 'mu\u001b[2Jjoco', version: '3.14.0' }, 'header.engine.name'],
    ['more than is known', 4, { name: 'mujoco', version: '3', path: '/' }, 'header.engine.path'],
  ])('is refused with %s', async (_, version, engine, words) => {
    const { tensors, metadata } = decodeSafetensors(await encodeRecording(record(inMujoco, 3)), 'file');
    const header = JSON.stringify({ ...JSON.parse(metadata.header), engine });
    const forged = await encodeSealed({ name: 'armature.rollouts', version, noun: '' }, tensors, { software, header });
    await expect(decodeRecording(forged, 'forged')).rejects.toThrow(words);
  });
});

it('is told apart from those of other engines beside it, in a comparison', () => {
  const [mujoco, rapier] = [inMujoco, inRapier].map((env) => ({
    header: headerOf(env, { policy, gamma: 1, lambda: 1 }),
  }));
  const name = engineName(inMujoco.engine ?? { name: '', version: '' });
  expect(name).toMatch(/^MuJoCo 3\./);
  expect(engineIn(mujoco, [mujoco, rapier])).toEqual([name]);
  expect(engineIn(rapier, [mujoco, rapier])).toEqual(['Rapier']);
  expect(engineIn(rapier, [rapier])).toEqual([]);
  const ghost = { ref: { file: 1, episode: 2 }, recording: mujoco as Recording };
  expect(ghostName(ghost, 0, { recording: rapier })).toBe(`A · episode 3 · ${name}`);
  expect(ghostName(ghost, 1, { recording: mujoco })).toBe('B · episode 3');
});
