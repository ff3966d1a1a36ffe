import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Env } from '../../envs/env.ts';
import { FileError } from '../../envs/recording/errors.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { decodeRecording, encodeRecording, recordingFormat } from '../../envs/recording/recording.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { decodeSafetensors, type Tensor } from '../../envs/recording/safetensors.ts';
import { encodeSealed, software } from '../../envs/recording/sealed.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { configureEnv, envOf } from '../../envs/tasks/index.ts';
import { columnNames } from '../../envs/trajectory.ts';

beforeAll(loadPhysics);

/** What a header of version 1 can say of an environment of today. */
function inVersionOne({ config, spec, scene }: Env): Pick<RecordingHeader, 'env' | 'spec' | 'scene'> {
  const { model, frame } = scene.arm;
  const [{ size, unit }] = spec.params;
  const arm = {
    ...model,
    description: '',
    bodies: model.bodies.map(({ name, visuals }) => ({ name, colliders: [], visuals })),
    joints: model.joints.map(({ motor, damping, ...joint }) => joint),
    sites: model.sites.map(({ frame: { position }, ...site }) => ({
      ...site,
      frame: { position, rotation: [0, 0, 0, 1] as const },
    })),
    home: [],
  };
  const goal = { name: 'goal', size, unit, description: 'where the end effector is to be' };
  return {
    env: config,
    spec: {
      ...spec,
      joints: undefined,
      params: [goal],
      markers: spec.markers.map((marker) => ({ ...marker, param: 'goal' })),
    },
    scene: { ...scene, arm: { model: arm, frame } },
  };
}

async function refusal(bytes: Uint8Array): Promise<FileError> {
  const error: unknown = await decodeRecording(bytes, 'old').then(
    () => 'nothing was wrong',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FileError);
  expect((error as FileError).message).toMatch(/^old: .+\(.+: expected .+, found .+\)$/);
  return error as FileError;
}

const samples = ['panda-reach', 'panda-reach-joints', 'reacher'].map((name) => ({
  name,
  bytes: new Uint8Array(readFileSync(new URL(`./samples/${name}.safetensors`, import.meta.url))),
}));

describe.each(samples)('a recording of version 1: $name', async ({ bytes }) => {
  const { metadata, tensors } = decodeSafetensors(bytes, 'old');
  const recording = await decodeRecording(bytes, 'old');
  const { header, episodes } = recording;

  it('is of version 1', () => {
    expect(metadata).toMatchObject({ format: 'armature.rollouts', version: '1' });
    expect(tensors).toHaveProperty('goal');
  });

  it('says what an environment of today says, but for what was not kept', () => {
    const { env, spec, scene, ...rest } = header;
    const today = envOf(configureEnv(env.env, env));
    const then = inVersionOne(today);
    expect({ spec, scene }).toEqual({ spec: then.spec, scene: then.scene });
    // The options that there were then; later ones are what a task has of itself.
    const { options } = configureEnv(env.env);
    expect(today.config).toEqual({ ...env, options: { ...options, ...env.options } });
    const { gamma, lambda, policy } = JSON.parse(metadata.header);
    expect(rest).toEqual({ gamma, lambda, policy });
  });

  it('has the numbers that are in the file', () => {
    for (const name of columnNames) {
      const numbers = episodes.flatMap((episode) => Array.from(episode[name]));
      expect(numbers, name).toEqual(
        ['dynamics', 'unsquashed', 'q', 'dq', 'contact_count', 'contacts'].includes(name)
          ? []
          : Array.from(tensors[name === 'params' ? 'goal' : name].data as Float64Array),
      );
    }
    expect(episodes.map(({ steps }) => steps)).toEqual(Array.from(tensors.steps.data as Int32Array));
    expect(episodes.map(({ seed }) => BigInt(seed))).toEqual(Array.from(tensors.seed.data as BigInt64Array));
  });

  it('re-simulates to the last bit', () => {
    expect(findDifference(envOf(configureEnv(header.env.env, header.env)), recording)).toBeNull();
    const [{ reward }] = episodes;
    const altered = { ...episodes[0], reward: reward.map((r, t) => (t === reward.length - 1 ? r + 1e-12 : r)) };
    const found = findDifference(envOf(header.env), { header, episodes: [altered] });
    expect(found).toMatchObject({ episode: 0, step: reward.length - 1, field: 'reward[0]' });
  });

  it('is written as one of today, which reads the same', async () => {
    const today = await encodeRecording(recording);
    expect(decodeSafetensors(today, 'new').metadata.version).toBe('2');
    expect(await decodeRecording(today, 'new')).toEqual(recording);
  });

  it('is refused where it is cut short, or goes on', async () => {
    const recognisable = new TextDecoder('latin1').decode(bytes).indexOf('"armature.rollouts"') + 19;
    for (let length = 0; length < bytes.length; length += length < 400 ? 1 : 37) {
      expect((await refusal(bytes.subarray(0, length))).kind, `cut to ${length}`).toBe(
        length < recognisable ? 'foreign' : 'damaged',
      );
    }
    expect((await refusal(Uint8Array.from([...bytes, 0]))).kind).toBe('damaged');
  });

  it('is refused with a bit flipped, wherever it is', async () => {
    for (let at = 0; at < bytes.length; at += 41) {
      const flipped = bytes.slice();
      flipped[at] ^= 1 << (at & 7);
      expect((await refusal(flipped)).kind, `byte ${at}`).toBe('damaged');
    }
  });
});

describe('a file of version 1 that is sealed anew', () => {
  const [{ bytes }] = samples;
  const { metadata, tensors } = decodeSafetensors(bytes, 'old');
  const header = JSON.parse(metadata.header);
  const { scene } = header;

  interface Forgery {
    readonly header?: unknown;
    readonly tensors?: Readonly<Record<string, Tensor | undefined>>;
    readonly version?: number;
  }
  /** The sample with other contents, sealed anew. */
  const forge = (change: Forgery) => {
    const kept = Object.entries({ ...tensors, ...change.tensors }).flatMap(([name, tensor]) =>
      tensor ? [[name, tensor] as const] : [],
    );
    const text = 'header' in change ? JSON.stringify(change.header) : metadata.header;
    const format = { ...recordingFormat, version: change.version ?? 1 };
    return encodeSealed(format, Object.fromEntries(kept), { software, header: text });
  };
  const inScene = (change: object): Forgery => ({ header: { ...header, scene: { ...scene, ...change } } });
  const withJoint = (change: object): Forgery =>
    inScene({ joints: [{ ...scene.joints[0], ...change }, ...scene.joints.slice(1)] });

  it('is whole as it was', async () => {
    expect(await decodeRecording(await forge({}), 'old')).toEqual(await decodeRecording(bytes, 'old'));
  });

  it.each<[string, Forgery, string]>([
    ['no header', { header: {} }, 'header'],
    ['a list for a header', { header: [] }, 'header'],
    ['no scene', { header: { ...header, scene: undefined } }, 'header.scene'],
    ['a stranger in the header', { header: { ...header, hello: 1 } }, 'hello'],
    ['a stranger in the scene', inScene({ hello: 1 }), 'header.scene'],
    ['a stranger on a joint', withJoint({ hello: 1 }), 'hello'],
    [
      'a tip on a body that is not there',
      inScene({ endEffector: { body: 99, position: [0, 0, 0] } }),
      'header.scene.endEffector.body: expected a body from 0 to 6, found 99',
    ],
    [
      'a tip on no body',
      inScene({ endEffector: { body: -1, position: [0, 0, 0] } }),
      'header.scene.arm.model.tip: expected no name, found tip',
    ],
    [
      'a joint on a body that is not there',
      withJoint({ parent: 7 }),
      'header.scene.joints.0.parent: expected a body from 0 to 6, found 7',
    ],
    ['a joint before the base', withJoint({ parent: -2 }), 'header.scene.joints.0.parent'],
    ['a joint of half a body', withJoint({ child: 0.5 }), 'header.scene.joints.0.child'],
    ['a joint that moves the base', withJoint({ child: -1 }), 'header.scene.arm.model.joints.0.child'],
    ['a joint of another kind', withJoint({ kind: 'prismatic' }), 'header.scene.joints.0.kind'],
    [
      'a body too few',
      { header: { ...header, spec: { ...header.spec, bodies: header.spec.bodies.slice(1) } } },
      'header.scene.arm.model.joints',
    ],
    ['a shape that is none', inScene({ base: { ...scene.base, shapes: [{ kind: 'cone' }] } }), 'visuals.0'],
    ['a base nowhere', inScene({ base: { ...scene.base, position: [0, 0] } }), 'position'],
    ['a negative goal', inScene({ goalRadius: -1 }), 'header.scene.goalRadius'],
    ['no goals', { tensors: { goal: undefined } }, 'tensor params'],
    [
      'goals in the plane',
      { tensors: { goal: { dtype: 'F32', shape: [1, 2], data: new Float32Array(2) } } },
      'tensor params: expected shape [1, 3], found [1, 2]',
    ],
    ['no poses', { tensors: { pose: undefined } }, 'tensor pose'],
  ])('is refused: %s', async (_, change, words) => {
    const { kind, message } = await refusal(await forge(change));
    expect(kind).toBe('inconsistent');
    expect(message).toContain(words);
  });

  it.each<[number, string, string]>([
    [0, 'inconsistent', 'version: expected 1 to 4, found 0'],
    [5, 'too-new', 'version: expected 1 to 4, found 5'],
  ])('is refused: version %i', async (version, kind, words) => {
    const error = await refusal(await forge({ version }));
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(words);
  });

  it('keeps another gravity, which was among the options', async () => {
    const { env } = header;
    const moon = { ...header, env: { ...env, options: { ...env.options, gravity: 1.62 } } };
    expect((await decodeRecording(await forge({ header: moon }), 'old')).header.scene.gravity).toBe(1.62);
  });
});
