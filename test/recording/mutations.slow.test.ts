import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Random, stream } from '../../envs/math/random.ts';
import { seal } from '../../envs/recording/checksum.ts';
import { FileError } from '../../envs/recording/errors.ts';
import { decodeRecording, encodeRecording } from '../../envs/recording/recording.ts';
import { decodeSafetensors } from '../../envs/recording/safetensors.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { decodePolicy } from '../../src/run/checkpoint.ts';
import { encodePolicy } from '../../src/run/encode-policy.ts';
import { decodePlan, encodePlan } from '../../src/run/plan.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { trainOn } from '../../src/train/train.ts';
import { sampleRecording } from './sample.ts';

/** A file of each format, and what it is read as: something that can be compared. */
interface Specimen {
  readonly bytes: Uint8Array;
  read(bytes: Uint8Array): Promise<unknown>;
}

await loadPhysics();
const config = configureTraining({
  env: 'panda-reach-joints',
  envOptions: { horizon: 2 },
  options: { hiddenWidth: 2, hiddenLayers: 1, batch: 4, reuse: 1, baseline: 'value', policy: 'full' },
});
const learner = learnerOf(config);
trainOn(learner, { iterations: 2, untilSolved: false }).next();
const limits = { iterations: 5, untilSolved: true };
const fork = { run: 'runs/before', iteration: 3 };
const plan = await encodePlan({ config, limits, checkpointEvery: 10, fork }, learner.training.backend);

const specimens: Readonly<Record<string, Specimen>> = {
  rollouts: {
    bytes: await encodeRecording(sampleRecording()),
    read: (bytes) => decodeRecording(bytes, 'file'),
  },
  'rollouts of version 1': {
    bytes: new Uint8Array(readFileSync(new URL('./samples/panda-reach-joints.safetensors', import.meta.url))),
    read: (bytes) => decodeRecording(bytes, 'file'),
  },
  policy: {
    bytes: await encodePolicy(learner, '0'.repeat(64)),
    read: async (bytes) => {
      const { learner, versions, metrics } = await decodePolicy(bytes, 'file');
      return { bytes: await encodePolicy(learner, metrics), versions };
    },
  },
  plan: {
    bytes: plan,
    read: async (bytes) => {
      const { isSealed, ...read } = await decodePlan(bytes, 'file');
      // Resuming asks for the seal: see src/run/load.ts.
      if (!isSealed)
        throw new FileError('damaged', 'file', { place: 'checksum', expected: 'its own', found: 'another' });
      return read;
    },
  },
};

/** What copying, cutting and rotting do to a file; the last one is what someone with a hex editor does. */
const mutations: readonly ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  (bytes, random) => bytes.slice(0, random.below(bytes.length)),
  (bytes, random) => bytes.slice(random.below(bytes.length - 1) + 1),
  (bytes, random) => changed(bytes, random, (copy, at) => copy.fill(copy[at] ^ (1 << random.below(8)), at, at + 1)),
  (bytes, random) => changed(bytes, random, (copy, at) => copy.fill(random.below(256), at, at + 1 + random.below(64))),
  (bytes, random) => changed(bytes, random, (copy, at) => copy.copyWithin(at, random.below(copy.length))),
  (bytes, random) =>
    changed(bytes, random, (copy, at) => copy.set([0xff, 0xff, 0xff, 0x7f].slice(0, copy.length - at), at)),
  (bytes, random) =>
    inserted(
      bytes,
      random,
      Uint8Array.from({ length: 1 + random.below(100) }, () => random.below(256)),
    ),
  (bytes, random) => inserted(bytes, random, new Uint8Array(random.below(5000))),
  (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + random.below(50)))]);
  },
  (bytes, random) => digits(bytes, random),
];

function changed(bytes: Uint8Array, random: Random, change: (copy: Uint8Array, at: number) => void): Uint8Array {
  const copy = bytes.slice();
  for (let k = random.below(4); k >= 0; k--) change(copy, random.below(copy.length));
  return copy;
}

function inserted(bytes: Uint8Array, random: Random, what: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)]);
}

/** A number in the text replaced by one that is large, negative, or none; the header's length is kept right. */
function digits(bytes: Uint8Array, random: Random): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  const places = [...text.matchAll(/[:,[]\s*\\?"?(\d+(?:\.\d+)?)/g)];
  const { 0: all, 1: number, index } = places[random.below(places.length)];
  const values = [
    '-1',
    '0',
    '1e9',
    '9007199254740991',
    '1e308',
    '1e999',
    '0.5',
    'null',
    '[[[[[[[[]]]]]]]]',
    '{}',
    '""',
  ];
  const at = index + all.length - number.length;
  const out = text.slice(0, at) + values[random.below(values.length)] + text.slice(at + number.length);
  const changed = new Uint8Array(Buffer.from(out, 'latin1'));
  if (changed[0] === 0x7b) return changed;
  const view = new DataView(changed.buffer);
  view.setBigUint64(0, view.getBigUint64(0, true) + BigInt(out.length - text.length), true);
  return changed;
}

const key = (value: unknown) =>
  JSON.stringify(value, (_, inner) =>
    ArrayBuffer.isView(inner) ? Buffer.from(inner.buffer, inner.byteOffset, inner.byteLength).toString('hex') : inner,
  );

describe.each(Object.keys(specimens))('a damaged file: %s', (name) => {
  const { bytes, read } = specimens[name];

  /** Reads; what is not a file's own complaint, or takes a second, is a failure. */
  async function attempt(damaged: Uint8Array, what: string): Promise<string | null> {
    const begun = performance.now();
    try {
      return key(await read(damaged));
    } catch (error) {
      if (!(error instanceof FileError)) throw new Error(`${what}: ${error instanceof Error ? error.stack : error}`);
      expect(error.message).toMatch(/^file: .+\(.+: expected .+, found .*\)$/);
      return null;
    } finally {
      expect(performance.now() - begun, what).toBeLessThan(1000);
    }
  }

  it('is refused at every length it can be cut to', async () => {
    for (let length = 0; length < bytes.length; length++)
      expect(await attempt(bytes.slice(0, length), `${length}`)).toBeNull();
  });

  it('is refused, or read as what it was, in 4000 mutations', async () => {
    const whole = key(await read(bytes));
    let refused = 0;
    for (let k = 0; k < 4000; k++) {
      const found = await attempt(mutations[k % mutations.length](bytes, stream(k, 'bootstrap')), `mutation ${k}`);
      if (found === null) refused++;
      else expect(found, `mutation ${k}`).toBe(whole);
    }
    expect(refused).toBeGreaterThan(3900);
  });

  it('does no harm in 1000 mutations with a seal that is right again', async () => {
    let [refused, read] = [0, 0];
    for (let k = 0; k < 1000; k++) {
      const mutated = mutations[k % 3 === 0 ? 2 : k % 3 === 1 ? 3 : 9](bytes, stream(k, 'shuffle'));
      const sealed = await seal(mutated).catch(() => mutated);
      if ((await attempt(sealed, `sealed mutation ${k}`)) === null) refused++;
      else read++;
    }
    expect(Math.min(refused, read)).toBeGreaterThan(10);
  });
});

it('what the mutations are made from is whole', async () => {
  expect(Object.keys(decodeSafetensors(specimens.policy.bytes, 'policy').tensors)).toContain('history.obs');
  for (const { bytes, read } of Object.values(specimens)) await read(bytes);
});
