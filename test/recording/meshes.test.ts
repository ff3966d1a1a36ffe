import { expect, it } from 'vitest';
import { mostMeshBytes } from '../../envs/model/meshes.ts';
import { FileError } from '../../envs/recording/errors.ts';
import { decodeMeshes, encodeMeshes } from '../../envs/recording/meshes.ts';
import { decodeRecording, encodeRecording, recordingFormat } from '../../envs/recording/recording.ts';
import { decodeSafetensors, type Tensor } from '../../envs/recording/safetensors.ts';
import { encodeSealed } from '../../envs/recording/sealed.ts';
import { named, one, other, withMeshes } from './mesh-sample.ts';
import { sampleRecording } from './sample.ts';

const recording = withMeshes(one, other, one);
const bytes = await encodeRecording(recording);

it('meshes come back as they were, in files that are the same each time', async () => {
  const decoded = await decodeRecording(bytes, 'r');
  expect(decoded.meshes).toEqual(recording.meshes);
  expect(decoded.header).toEqual(recording.header);
  expect(await encodeRecording(decoded)).toEqual(bytes);
  const { tensors } = decodeSafetensors(bytes, 'r');
  expect(tensors[`${named(one)}.vertices`]).toMatchObject({ dtype: 'U16', shape: [4, 3] });
  expect(tensors[`${named(one)}.triangles`]).toMatchObject({ dtype: 'U16', shape: [4, 3] });
});

it('a recording without meshes has none, and bytes that know nothing of them', async () => {
  const plain = await encodeRecording(sampleRecording());
  expect(await encodeRecording({ ...sampleRecording(), meshes: recording.meshes })).toEqual(plain);
  expect(await decodeRecording(plain, 'r')).not.toHaveProperty('meshes');
});

/** The file with other tensors, sealed anew as a forger would. */
async function forged(change: (tensors: Record<string, Tensor>) => void): Promise<Uint8Array> {
  const { tensors, metadata } = decodeSafetensors(bytes, 'r');
  const own = { ...tensors };
  change(own);
  const { format: _, version: __, checksum: ___, ...rest } = metadata;
  return encodeSealed(recordingFormat, own, rest);
}

const name = named(one);
const u16 = (shape: readonly number[], values: ArrayLike<number>): Tensor => ({
  dtype: 'U16',
  shape,
  data: Uint16Array.from(values),
});

it.each<[string, (tensors: Record<string, Tensor>) => void, string]>([
  [
    'no corners',
    (all) => delete all[`${name}.vertices`],
    `tensor ${name}.vertices: expected U16, found no such tensor`,
  ],
  [
    'no triangles',
    (all) => delete all[`${name}.triangles`],
    `tensor ${name}.triangles: expected U16, found no such tensor`,
  ],
  [
    'corners in other numbers',
    (all) => {
      all[`${name}.vertices`] = { dtype: 'F32', shape: [4, 3], data: new Float32Array(12) };
    },
    'expected U16, found F32',
  ],
  [
    'corners of two numbers',
    (all) => {
      all[`${name}.vertices`] = u16([6, 2], one.vertices);
    },
    'expected shape [1 or more, 3], found [6, 2]',
  ],
  [
    'no triangle at all',
    (all) => {
      all[`${name}.triangles`] = u16([0, 3], []);
    },
    'expected shape [1 or more, 3], found [0, 3]',
  ],
  [
    'a corner that is not there',
    (all) => {
      all[`${name}.triangles`] = u16([4, 3], [0, 2, 1, 0, 1, 3, 1, 4, 3, 2, 0, 3]);
    },
    `${name}.triangles[2, 1]: expected a corner from 0 to 3, found 4`,
  ],
  [
    'another mesh by the name of one',
    (all) => {
      all[`${name}.vertices`] = u16([4, 3], other.vertices);
    },
    `tensors of ${name}: expected the mesh of that name, found ${named(other)}`,
  ],
  [
    'more than a scene may have',
    (all) => {
      all[`${name}.triangles`] = u16([66_700, 3], new Uint16Array(200_100));
    },
    `meshes: expected at most ${mostMeshBytes} bytes in all`,
  ],
])('a file with %s is refused by one line', async (_what, change, words) => {
  const error: unknown = await decodeRecording(await forged(change), 'file').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FileError);
  expect((error as FileError).message).toContain(words);
  expect((error as FileError).message).toMatch(/^file: inconsistent \([^\n]*\)$/);
});

it('a flipped bit in a mesh breaks the seal', async () => {
  const at = bytes.length - 1;
  const { tensors } = decodeSafetensors(bytes, 'r');
  const { data } = tensors[`${name}.vertices`];
  const damaged = bytes.slice();
  damaged[data.byteOffset + 6] ^= 1;
  expect(data.byteOffset).toBeLessThan(at);
  await expect(decodeRecording(damaged, 'file')).rejects.toThrow(/^file: damaged \(checksum/);
});

it('nothing is written that could not be read', async () => {
  await expect(encodeRecording({ ...recording, meshes: undefined })).rejects.toThrow('no such tensor');
  await expect(encodeRecording({ ...recording, meshes: { ...recording.meshes, [name]: other } })).rejects.toThrow(
    'of that name',
  );
});

it('a file of meshes alone gives them back, and is told from others', async () => {
  const file = await encodeMeshes(recording.meshes ?? {});
  expect(await decodeMeshes(file, 'meshes')).toEqual(recording.meshes);
  await expect(decodeMeshes(bytes, 'r')).rejects.toThrow(/^r: not a file of meshes/);
  await expect(decodeRecording(file, 'm')).rejects.toThrow(/^m: not a rollout file/);
  const torn = file.slice(0, 300);
  await expect(decodeMeshes(torn, 'm')).rejects.toThrow(/^m: damaged/);
});
