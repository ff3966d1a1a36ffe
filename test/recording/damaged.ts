import { gzipSync } from 'node:zlib';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../envs/recording/safetensors.ts';
import { encodeSealed, software } from '../../envs/recording/sealed.ts';

/** A file that cannot be opened as a recording, and a word of what should be said of it. */
export interface Damaged {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly words: string;
}

/** Fifty ways in which a good file can be spoiled, mistaken or forged. */
export async function damagedFiles(good: Uint8Array): Promise<Damaged[]> {
  return [...torn(good), ...flipped(good), ...foreign(good), ...(await forged(good)), ...claims(good)];
}

function torn(good: Uint8Array): Damaged[] {
  const empty = { name: 'empty', bytes: new Uint8Array(0), words: 'not a rollout file' };
  const stubs = [1, 7, 8, 9].map((size) => ({ size, words: 'not a rollout file' }));
  const cuts = [200, 700, 3000, good.length >> 1, good.length - 4096, good.length - 8, good.length - 1];
  const all = [...stubs, ...cuts.map((size) => ({ size, words: 'damaged' }))];
  return [empty, ...all.map(({ size, words }) => ({ name: `torn-${size}`, bytes: good.slice(0, size), words }))];
}

function flipped(good: Uint8Array): Damaged[] {
  const places = [0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.999].map((share) =>
    Math.floor(share * good.length),
  );
  const digit = Buffer.from(good).indexOf('sha256:') + 20;
  const brace = 8;
  return [
    ...[...places, digit].map((at) => ({ name: `flipped-${at}`, bytes: flip(good, at), words: 'damaged' })),
    { name: 'flipped-brace', bytes: flip(good, brace), words: 'damaged' },
    { name: 'longer', bytes: Buffer.concat([good, Buffer.from('more')]), words: 'damaged' },
  ];
}

function flip(good: Uint8Array, at: number): Uint8Array {
  const copy = good.slice();
  copy[at] ^= 4;
  return copy;
}

function foreign(good: Uint8Array): Damaged[] {
  const tensors = { weight: { dtype: 'F32', shape: [2], data: new Float32Array(2) } } as const;
  const contents: Readonly<Record<string, Uint8Array>> = {
    'notes.txt': Buffer.from('It reached the goal!\n'.repeat(40)),
    'page.html': Buffer.from('<!doctype html><script>alert(1)</script>'),
    'config.json': Buffer.from('{"format":"armature.run","version":1}'),
    'image.png': Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    'squeezed.gz': gzipSync(good),
    'zeros.bin': new Uint8Array(4096),
    'model.safetensors': encodeSafetensors(tensors, { format: 'pt' }),
    'bare.safetensors': encodeSafetensors(tensors, {}),
  };
  return Object.entries(contents).map(([name, bytes]) => ({ name, bytes, words: 'not a rollout file' }));
}

/** Whole files, sealed, that hold something else than they should. */
async function forged(good: Uint8Array): Promise<Damaged[]> {
  const { tensors, metadata } = decodeSafetensors(good, 'good');
  const header = JSON.parse(metadata.header);
  const forge = async (
    name: string,
    words: string,
    change: { tensors?: Record<string, Tensor | undefined>; header?: unknown; format?: string; version?: number },
  ): Promise<Damaged> => {
    const kept = Object.entries({ ...tensors, ...change.tensors }).filter(([, tensor]) => tensor) as [string, Tensor][];
    const text = JSON.stringify('header' in change ? change.header : header);
    const format = { name: change.format ?? 'armature.rollouts', version: change.version ?? 2, noun: '' };
    return { name, words, bytes: await encodeSealed(format, Object.fromEntries(kept), { software, header: text }) };
  };
  const steps = tensors.steps as Extract<Tensor, { dtype: 'I32' }>;
  const success = tensors.success as Extract<Tensor, { dtype: 'U8' }>;
  const seed = tensors.seed as Extract<Tensor, { dtype: 'I64' }>;
  const { arm } = header.scene;
  const nowhere = { ...header, scene: { ...header.scene, arm: { ...arm, model: { ...arm.model, tip: 'nose' } } } };
  return Promise.all([
    forge('next-version', 'too new', { version: 5 }),
    forge('far-version', 'too new', { version: 99 }),
    forge('policy', 'not a rollout file', { format: 'armature.policy' }),
    forge('no-header', 'header', { header: {} }),
    forge('header-list', 'header', { header: [] }),
    forge('no-scene', 'scene', { header: { ...header, scene: undefined } }),
    forge('extra-key', 'header', { header: { ...header, extra: 1 } }),
    forge('tip-nowhere', 'scene.arm.model.tip', { header: nowhere }),
    forge('no-pose', 'tensor pose', { tensors: { pose: undefined } }),
    forge('wrong-dtype', 'tensor reward', { tensors: { reward: tensors.obs } }),
    forge('wrong-shape', 'tensor obs', {
      tensors: { obs: { ...(tensors.obs as Tensor), shape: [1, (tensors.obs as Tensor).data.length] } as Tensor },
    }),
    forge('no-steps', 'steps', { tensors: { steps: { ...steps, data: new Int32Array(steps.data.length) } } }),
    forge('negative-seed', 'seed', { tensors: { seed: { ...seed, data: seed.data.map(() => -1n) } } }),
    forge('success-2', 'success', { tensors: { success: { ...success, data: success.data.map(() => 2) } } }),
  ]);
}

/** Headers that claim what no machine could hold. */
function claims(good: Uint8Array): Damaged[] {
  const length = (claimed: bigint) => {
    const copy = good.slice();
    new DataView(copy.buffer).setBigUint64(0, claimed, true);
    return copy;
  };
  const huge = JSON.stringify({ a: { dtype: 'F64', shape: [1e15], data_offsets: [0, 8e15] } }).padEnd(96);
  const claimed = new Uint8Array(8 + huge.length + 64);
  new DataView(claimed.buffer).setBigUint64(0, BigInt(huge.length), true);
  claimed.set(Buffer.from(huge), 8);
  return [
    { name: 'header-of-terabytes', bytes: length(2n ** 41n), words: 'damaged' },
    { name: 'tensor-of-petabytes', bytes: claimed, words: 'bytes of tensors' },
  ];
}
