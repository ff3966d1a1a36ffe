import { describe, expect, it } from 'vitest';
import { FileError, type FileErrorKind } from '../../envs/recording/errors.ts';
import type { Recording, RecordingHeader } from '../../envs/recording/header.ts';
import { decodeRecording, encodeRecording, recordingFormat } from '../../envs/recording/recording.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../envs/recording/safetensors.ts';
import { encodeSealed, software } from '../../envs/recording/sealed.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { sampleRecording } from './sample.ts';

const sample = sampleRecording();
const bytes = await encodeRecording(sample);

/** The sample with correlated actions: a lower triangle for every step. */
function correlated(): Recording {
  const factor = (_: unknown, k: number) => (k % 4 === 1 ? 0 : 0.3 + k / 100);
  const episodes = sample.episodes.map((episode) => ({
    ...episode,
    scale: Float64Array.from({ length: episode.steps * 4 }, factor),
  }));
  return { ...sample, episodes };
}

async function failure(file: Uint8Array, name = 'r.safetensors'): Promise<FileError> {
  const error: unknown = await decodeRecording(file, name).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FileError)) throw new Error(`expected a FileError, got ${error}`);
  expect(error.message.startsWith(`${name}: `)).toBe(true);
  expect(error.message).not.toContain('\n');
  return error;
}

interface Forgery {
  /** Replaces columns, or removes them where undefined. */
  readonly tensors?: Readonly<Record<string, Tensor | undefined>>;
  readonly header?: object;
  readonly version?: number;
}

/** The sample's file with other contents, sealed anew. */
function forge(change: Forgery): Promise<Uint8Array> {
  const { tensors, metadata } = decodeSafetensors(bytes, 'sample');
  const header = change.header ? JSON.stringify(change.header) : metadata.header;
  const kept = Object.entries({ ...tensors, ...change.tensors }).flatMap(([name, t]) =>
    t ? [[name, t] as const] : [],
  );
  const format = { ...recordingFormat, version: change.version ?? recordingFormat.version };
  return encodeSealed(format, Object.fromEntries(kept), { software, header });
}

describe('a recording', () => {
  it('comes back as it was, as views into the file', async () => {
    const decoded = await decodeRecording(bytes, 'r');
    expect(decoded).toEqual(sample);
    expect(decoded.episodes[1].pose.buffer).toBe(bytes.buffer);
    expect(decoded.episodes[1].pose.length).toBe(3 * 2 * 7);
  });

  it('gives the same bytes each time, also after a round trip', async () => {
    expect(await encodeRecording(sampleRecording())).toEqual(bytes);
    expect(await encodeRecording(await decodeRecording(bytes, 'r'))).toEqual(bytes);
  });

  it('may hold a Cholesky factor for every step, of the shape [N, A, A]', async () => {
    const recording = correlated();
    const file = await encodeRecording(recording);
    const { scale } = decodeSafetensors(file, 'r').tensors;
    expect([scale.dtype, scale.shape]).toEqual(['F64', [5, 2, 2]]);
    expect(decodeSafetensors(bytes, 'r').tensors.scale.shape).toEqual([5, 2]);
    const decoded = await decodeRecording(file, 'r');
    expect(decoded).toEqual(recording);
    expect(decoded.episodes.map((episode) => episode.scale.length)).toEqual([3 * 4, 2 * 4]);
    expect(decoded.episodes[1].scale.buffer).toBe(file.buffer);
    expect(await encodeRecording(decoded)).toEqual(file);
  });

  it('keeps how each episode ended', async () => {
    const [first, second] = sample.episodes;
    const recording: Recording = {
      ...sample,
      episodes: [
        { ...first, end: 'fault' },
        { ...second, end: 'terminated' },
      ],
    };
    expect(await decodeRecording(await encodeRecording(recording), 'r')).toEqual(recording);
  });

  it('keeps the bits of its NaN values', async () => {
    const recording = sampleRecording();
    const { value } = recording.episodes[0];
    const payload = new BigUint64Array(value.buffer);
    payload[1] = 0x7ff8_0000_dead_beefn;
    const decoded = await decodeRecording(await encodeRecording(recording), 'r');
    const read = decoded.episodes[0].value;
    expect(new BigUint64Array(read.buffer, read.byteOffset, read.length)).toEqual(payload);
  });

  it('names its format, version and software in metadata', () => {
    const { metadata } = decodeSafetensors(bytes, 'r');
    expect(metadata).toMatchObject({
      format: 'armature.rollouts',
      version: '2',
      software: `armature ${packageJson.version}`,
    });
  });

  it('is refused by the encoder where its arrays do not fit its spec', async () => {
    const [episode] = sample.episodes;
    const short = { ...sample, episodes: [{ ...episode, logp: episode.logp.subarray(1) }] };
    await expect(encodeRecording(short)).rejects.toThrow('episode 0, logp: expected 3 numbers, found 2');
    const [first, second] = correlated().episodes;
    const mixed = (episodes: Trajectory[]) => encodeRecording({ ...sample, episodes });
    await expect(mixed([first, sample.episodes[1]])).rejects.toThrow('episode 1, scale: expected 8 numbers, found 4');
    await expect(mixed([episode, second])).rejects.toThrow('episode 1, scale: expected 4 numbers, found 8');
    await expect(encodeRecording({ ...sample, episodes: [] })).rejects.toThrow('at least one episode');
  });
});

describe('a header', () => {
  it('is refused by the encoder where it could not be read again', async () => {
    const nan = { ...sample, header: { ...sample.header, gamma: Number.NaN } };
    await expect(encodeRecording(nan)).rejects.toThrow(
      'recording: inconsistent (header.gamma: expected number, found null)',
    );
    const dt = { ...sample, header: { ...sample.header, spec: { ...sample.header.spec, dt: Infinity } } };
    await expect(encodeRecording(dt)).rejects.toThrow('header.spec.dt');
  });
});

describe('a damaged recording', () => {
  it('is noticed at every length it can be cut to', async () => {
    const recognisable = new TextDecoder('latin1').decode(bytes).indexOf('"armature.rollouts"') + 19;
    for (let length = 0; length < bytes.length; length++) {
      const { kind } = await failure(bytes.subarray(0, length));
      expect(kind, `cut to ${length}`).toBe(length < recognisable ? 'foreign' : 'damaged');
    }
  });

  it('is noticed with any single bit flipped', async () => {
    const flip = async (bit: number) => {
      const flipped = bytes.slice();
      flipped[bit >> 3] ^= 1 << (bit & 7);
      const { kind } = await failure(flipped);
      if (kind !== 'damaged') throw new Error(`bit ${bit}: ${kind}`);
    };
    for (let bit = 0; bit < bytes.length * 8; bit += 64) {
      await Promise.all(Array.from({ length: Math.min(64, bytes.length * 8 - bit) }, (_, i) => flip(bit + i)));
    }
  }, 60_000);

  it('is noticed with bytes appended', async () => {
    expect((await failure(Uint8Array.from([...bytes, 0]))).kind).toBe('damaged');
  });
});

describe('a foreign file', () => {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52);
  const text = (content: string) => new TextEncoder().encode(content);
  const weights = { w: { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } } as const;
  it.each([
    ['empty', new Uint8Array(), 'an empty file'],
    ['text', text('Dear reader, this is a letter.\n'), 'not a rollout file'],
    ['PNG', png, 'not a rollout file'],
    ['JSON', text(JSON.stringify({ scene: 'arm', episodes: [] })), 'not a rollout file'],
    ['other safetensors', encodeSafetensors(weights, {}), 'expected armature.rollouts, found none'],
    ['other metadata', encodeSafetensors(weights, { format: 'pt' }), 'expected armature.rollouts, found pt'],
    ['a huge header', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127, 0x7b), 'header: expected at most 1 bytes'],
  ])('is named: %s', async (_what, file, message) => {
    const error = await failure(file);
    expect(error.kind).toBe('foreign');
    expect(error.message).toContain(message);
  });
});

describe('a whole file that makes no sense', () => {
  const header = JSON.parse(decodeSafetensors(bytes, 'sample').metadata.header) as RecordingHeader;
  const step = (counts: number[]): Forgery => ({
    tensors: { steps: { dtype: 'I32', shape: [counts.length], data: Int32Array.from(counts) } },
  });
  const withHeader = (change: object): Forgery => ({ header: { ...header, ...change } });
  const { arm } = header.scene;
  const { model } = arm;
  const [first, second] = model.joints;
  const withModel = (change: object): Forgery =>
    withHeader({ scene: { ...header.scene, arm: { ...arm, model: { ...model, ...change } } } });
  const cases: [string, Forgery, FileErrorKind, string][] = [
    [
      'a later version',
      { version: 5 },
      'too-new',
      'too new for this version of Armature (version: expected 1 to 4, found 5)',
    ],
    ['fewer steps', step([3, 1]), 'inconsistent', 'tensor obs: expected shape [6, 5], found [7, 5]'],
    ['huge steps', step([2 ** 31 - 1, 2 ** 31 - 1]), 'inconsistent', 'tensor obs: expected shape [4294967296, 5]'],
    ['negative steps', step([-3, 8]), 'inconsistent', 'steps[0]: expected at least one step, found -3'],
    ['no episodes', step([]), 'inconsistent', 'at least one episode'],
    ['a missing column', { tensors: { act: undefined } }, 'inconsistent', 'no such tensor'],
    [
      'another dtype',
      { tensors: { params: { dtype: 'U8', shape: [1], data: new Uint8Array(1) } } },
      'inconsistent',
      'tensor params',
    ],
    [
      'a bad flag',
      { tensors: { end: { dtype: 'U8', shape: [2], data: Uint8Array.of(0, 3) } } },
      'inconsistent',
      'end[1]',
    ],
    [
      'a bad seed',
      { tensors: { seed: { dtype: 'I64', shape: [2], data: BigInt64Array.of(0n, -1n) } } },
      'inconsistent',
      'seed[1]',
    ],
    [
      'factors that are not square',
      { tensors: { scale: { dtype: 'F64', shape: [5, 2, 3], data: new Float64Array(30) } } },
      'inconsistent',
      'tensor scale: expected shape [5, 2, 2], found [5, 2, 3]',
    ],
    [
      'a sigma too many',
      { tensors: { scale: { dtype: 'F64', shape: [5, 4], data: new Float64Array(20) } } },
      'inconsistent',
      'tensor scale: expected shape [5, 2], found [5, 4]',
    ],
    ['a discount of 2', withHeader({ gamma: 2 }), 'inconsistent', 'header.gamma: expected at most 1, found 2'],
    [
      'a control step of no time',
      withHeader({ spec: { ...header.spec, dt: 1e-150 } }),
      'inconsistent',
      'header.spec.dt: expected a number from 0.000001 to 1000 s, found 1e-150',
    ],
    [
      'a goal as large as the world',
      withHeader({ spec: { ...header.spec, markers: [{ param: 'goal', radius: 1e308 }] } }),
      'inconsistent',
      'header.spec.markers.0.radius: expected a number from 0.000001 to 1000 m, found 1e+308',
    ],
    [
      'a link to the moon',
      withModel({ sites: [{ ...model.sites[0], frame: { ...model.sites[0].frame, position: [4e8, 0, 0] } }] }),
      'inconsistent',
      'position.0: expected a number from -1000 to 1000 m, found 400000000',
    ],
    [
      'a rotation of no length',
      withModel({ sites: [{ ...model.sites[0], frame: { ...model.sites[0].frame, rotation: [0, 0, 0, 0] } }] }),
      'inconsistent',
      'rotation: expected a quaternion x y z w of length 1',
    ],
    [
      '20,000 shapes of one body',
      withModel({
        bodies: [
          { ...model.bodies[0], visuals: new Array(20_000).fill(model.bodies[0].visuals[0]) },
          ...model.bodies.slice(1),
        ],
      }),
      'inconsistent',
      'header.scene.arm.model.bodies: expected at most 1000 solids in all, found 20003',
    ],
    [
      'a joint that turns for ever',
      withModel({ joints: [first, { ...second, high: 1e308 }] }),
      'inconsistent',
      'header.scene.arm.model.joints.1.high: expected a number from -1000000000000 to 1000000000000, found 1e+308',
    ],
    [
      '300 sites',
      withModel({ sites: new Array(300).fill(model.sites[0]) }),
      'inconsistent',
      'header.scene.arm.model.sites: expected at most 256, found 300',
    ],
    [
      'an action of 300 numbers',
      withHeader({ spec: { ...header.spec, act: [{ ...header.spec.act[0], size: 300 }] } }),
      'inconsistent',
      'header.spec.act: expected at most 256 numbers in all, found 300',
    ],
    [
      'an action of a million radians',
      withHeader({ spec: { ...header.spec, controller: { ...header.spec.controller, scale: 1e300 } } }),
      'inconsistent',
      'header.spec.controller.scale: expected a number from -1000000 to 1000000 rad, m or N m',
    ],
    [
      'scales of other actions',
      withHeader({ spec: { ...header.spec, controller: { ...header.spec.controller, scales: [0.1] } } }),
      'inconsistent',
      `header.spec.controller.scales: expected ${header.spec.act[0].size} numbers, found 1 numbers`,
    ],
    [
      'a name of a megabyte',
      withHeader({ policy: { ...header.policy, name: 'x'.repeat(1e6) } }),
      'inconsistent',
      'header.policy.name: expected at most 1000, found 1000000',
    ],
    ['a stranger in the header', withHeader({ hello: 1 }), 'inconsistent', 'hello'],
    [
      'a huge field',
      withHeader({ spec: { ...header.spec, act: [{ ...header.spec.act[0], size: 2 ** 52 }] } }),
      'inconsistent',
      'header.spec.act.0.size: expected at most 10000, found 4503599627370496',
    ],
    [
      'a body too few',
      withHeader({ spec: { ...header.spec, bodies: ['upper'] } }),
      'inconsistent',
      'header.scene.arm.model.joints: expected upper, found upper, lower',
    ],
    [
      'a tip on no body',
      withModel({ sites: [{ ...model.sites[0], body: 'third' }] }),
      'inconsistent',
      'header.scene.arm.model.sites.0.body: expected base, upper, lower, found third',
    ],
    ['a tip that is no site', withModel({ tip: 'nose' }), 'inconsistent', 'model.tip: expected tip, found nose'],
    [
      'a tip that does not move',
      withModel({ sites: [{ ...model.sites[0], body: 'base' }] }),
      'inconsistent',
      'model.tip: expected no name, found tip',
    ],
    [
      'a joint on a body that comes later',
      withModel({ joints: [{ ...first, parent: 'lower' }, second] }),
      'inconsistent',
      'model.joints.0.parent: expected base, found lower',
    ],
    [
      'a body on two joints',
      withModel({ joints: [first, { ...second, child: 'upper' }] }),
      'inconsistent',
      'model.joints.1.child: expected lower, found upper',
    ],
    [
      'a body on no joint',
      withModel({ bodies: [...model.bodies, { name: 'loose', colliders: [], visuals: [] }] }),
      'inconsistent',
      'model.bodies: expected 3, found 4',
    ],
    [
      'a marker of no parameter',
      withHeader({ spec: { ...header.spec, markers: [{ param: 'wind' }] } }),
      'inconsistent',
      'header.spec.markers.0.param: expected goal, found wind',
    ],
    [
      'a marker turned by what is no quaternion',
      withHeader({ spec: { ...header.spec, markers: [{ param: 'goal', rotation: 'goal' }] } }),
      'inconsistent',
      'header.spec.markers.0.rotation: expected no name, found goal',
    ],
    [
      'a marker that turns by nothing',
      withHeader({ spec: { ...header.spec, markers: [{ param: 'goal', angle: 0 }] } }),
      'inconsistent',
      'header.spec.markers.0.angle: expected a number from 0.000001 to 1000 rad, found 0',
    ],
  ];
  it.each(cases)('is refused: %s', async (_what, change, kind, message) => {
    const error = await failure(await forge(change));
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(message);
  });
});
