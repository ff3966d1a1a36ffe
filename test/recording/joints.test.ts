import { beforeAll, describe, expect, it } from 'vitest';
import type { Env } from '../../envs/env.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { jointNamesOf } from '../../envs/model/tree.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { decodeRecording, encodeRecording, recordingFormat } from '../../envs/recording/recording.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { decodeSealed, encodeSealed } from '../../envs/recording/sealed.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { configureEnv, envOf } from '../../envs/tasks/index.ts';
import { collect } from '../../src/rollout/collect.ts';
import { randomActor } from '../../src/rollout/controllers.ts';

beforeAll(loadPhysics);

const plan = { seedOf: (episode: number) => 40 + episode, until: { episodes: 3 }, slots: 2, deterministic: false };
const open = (name: string, arm: string) =>
  envOf(configureEnv(name, { arm, options: { horizon: 12, endsOnSuccess: false } }));

function record(env: Env): Recording {
  const policy = { name: 'noise', kind: 'controller', trainedSteps: 0 };
  const header = { env: env.config, spec: env.spec, scene: env.scene, gamma: 1, lambda: 1, policy };
  return { header, episodes: collect(env, randomActor(env), plan) };
}

/** The same without a word of the joints: as earlier versions had it. */
function silent({ header, episodes }: Recording): Recording {
  const { joints: _, ...spec } = header.spec;
  const none = { q: new Float32Array(0), dq: new Float32Array(0) };
  return { header: { ...header, spec }, episodes: episodes.map((episode) => ({ ...episode, ...none })) };
}

describe.each([
  ['panda-reach-joints', 'panda'],
  ['reach', 'so101'],
])('a recording of %s on %s', (name, arm) => {
  const env = open(name, arm);

  it('tells how every joint stands in every state', () => {
    const { header, episodes } = record(env);
    const { model } = env.scene.arm;
    expect(header.spec.joints).toEqual(jointNamesOf(model));
    const J = jointNamesOf(model).length;
    const B = header.spec.bodies.length;
    for (const { steps, q, dq, pose } of episodes) {
      expect([q.length, dq.length]).toEqual([(steps + 1) * J, (steps + 1) * J]);
      for (let t = 0; t <= steps; t++) {
        // Where the bodies are follows from it.
        const { bodies } = forwardKinematics(env.scene.arm, q.subarray(t * J, (t + 1) * J));
        bodies.forEach(({ position }, b) => {
          position.forEach((x, k) => {
            expect(x).toBeCloseTo(pose[(t * B + b) * 7 + k], 4);
          });
        });
      }
      expect(dq.subarray(J).some((speed) => Math.abs(speed) > 0.1)).toBe(true);
    }
  });

  it('goes into a file and comes back, and differs where a joint stands elsewhere', async () => {
    const recording = record(env);
    const decoded = await decodeRecording(await encodeRecording(recording), 'file');
    expect(decoded).toEqual(recording);
    expect(findDifference(env, decoded)).toBeNull();
    for (const field of ['q', 'dq'] as const) {
      const [first, second, ...rest] = recording.episodes;
      const moved = second[field].slice();
      const J = recording.header.spec.joints?.length ?? 0;
      moved[5 * J + 1] += 1e-6;
      const episodes = [first, { ...second, [field]: moved }, ...rest];
      expect(findDifference(env, { ...recording, episodes })).toMatchObject({
        episode: 1,
        step: 5,
        field: `${field}[1]`,
      });
    }
  });

  it('is held to what it tells, and may be silent', async () => {
    const recording = silent(record(env));
    const decoded = await decodeRecording(await encodeRecording(recording), 'file');
    expect(decoded).toEqual(recording);
    expect(findDifference(env, decoded)).toBeNull();
  });
});

describe('joints in a file', () => {
  const env = open('panda-reach-joints', 'panda');
  const forge = async (version: number, change: (header: Recording['header']) => object) => {
    const recording = record(env);
    const { tensors, metadata } = await decodeSealed(recordingFormat, await encodeRecording(recording), 'file');
    const header = JSON.stringify(change(recording.header));
    return encodeSealed({ ...recordingFormat, version }, tensors, { software: metadata.software, header });
  };

  it.each([
    [
      'in a version that had none',
      3,
      (header: Recording['header']) => header,
      'header.spec.joints: expected none in version 3',
    ],
    [
      'and numbers that were drawn in a version that had neither',
      3,
      (header: Recording['header']) => ({ ...header, env: { ...header.env, dynamics: { mass: [1, 1] } } }),
      'header.env.dynamics: expected none in version 3',
    ],
    [
      'under other names',
      4,
      (header: Recording['header']) => ({ ...header, spec: { ...header.spec, joints: ['shoulder'] } }),
      'header.spec.joints: expected joint1, joint2',
    ],
  ] as const)('are refused %s', async (_, version, change, words) => {
    await expect(decodeRecording(await forge(version, change), 'file')).rejects.toThrow(words);
  });

  it('are refused where the numbers are missing', async () => {
    const recording = record(env);
    const { tensors, metadata } = await decodeSealed(recordingFormat, await encodeRecording(recording), 'file');
    const { q: _, ...rest } = tensors;
    const bytes = await encodeSealed(recordingFormat, rest, { software: metadata.software, header: metadata.header });
    await expect(decodeRecording(bytes, 'file')).rejects.toThrow('tensor q: expected F32, found no such tensor');
  });
});

describe("a stranger's environment", () => {
  const env = open('panda-reach-joints', 'panda');
  const { joints: _, ...spec } = env.spec;
  const openWithout: Env['open'] = (slots) => {
    const { q: _q, dq: _dq, ...batch } = env.open(slots);
    return batch;
  };

  it('that tells nothing of joints is recorded, kept and compared without', async () => {
    const strange = { ...env, spec, open: openWithout };
    const recording = record(strange);
    expect(recording.episodes.map(({ q, dq }) => q.length + dq.length)).toEqual([0, 0, 0]);
    const decoded = await decodeRecording(await encodeRecording(recording), 'file');
    expect(decoded).toEqual(recording);
    expect(findDifference(strange, decoded)).toBeNull();
  });

  it('that names joints and tells nothing of them is refused', () => {
    expect(() => record({ ...env, open: openWithout })).toThrow(
      'panda-reach-joints: its spec names joints, and its batches have no q and dq',
    );
  });
});
