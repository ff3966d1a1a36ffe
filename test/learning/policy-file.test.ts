import { describe, expect, it } from 'vitest';
import { FileError } from '../../envs/recording/errors.ts';
import { decodeRecording, encodeRecording } from '../../envs/recording/recording.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../envs/recording/safetensors.ts';
import { decodeSealed, encodeSealed } from '../../envs/recording/sealed.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import { baselines } from '../../src/baselines/index.ts';
import { distributions } from '../../src/policy/distributions/index.ts';
import { policyFormat as format } from '../../src/policy/file.ts';
import { loadPolicy } from '../../src/policy/index.ts';
import { defaultBackend } from '../../src/policy/network/wasm.ts';
import { takeIn } from '../../src/policy/normalizer.ts';
import { actorOf } from '../../src/rollout/acting-policy.ts';
import { decodePolicy } from '../../src/run/checkpoint.ts';
import { encodePolicy, encodeToAct } from '../../src/run/encode-policy.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import type { Learner } from '../../src/train/learner.ts';
import { numbers } from '../network/reference.ts';
import { sampleRecording } from '../recording/sample.ts';
import { hex, withBaseline } from './support.ts';

const rows = 20;

/** A learner that has seen something, without an arm to see it with. */
function practised(options: Readonly<Record<string, unknown>> = {}, algorithm?: string): Learner {
  const learner = learnerOf(
    configureTraining({
      env: 'panda-reach-joints',
      envOptions: { relativeGoal: true, horizon: 33 },
      algorithm,
      seed: 2 ** 53 - 1,
      options: { hiddenWidth: 5, ...options },
    }),
  );
  const obs = Float32Array.from(numbers(1, rows * learner.normalizer.mean.length, 2));
  learner.theta.set(numbers(2, learner.theta.length));
  takeIn(learner.normalizer, obs);
  const times = Int32Array.from({ length: rows }, (_, t) => t);
  learner.baseline.fit(Float64Array.from(obs), times, numbers(3, rows));
  return learner;
}

/** Everything that acting gives, byte for byte. */
function acts(learner: Learner): string[] {
  const size = learner.normalizer.mean.length;
  const { mean, scale, value, sample, logProbability } = actorOf(learner).forward(
    Float32Array.from(numbers(4, rows * size, 2)),
    rows,
  );
  const act = sample(numbers(5, mean.length, 2));
  return [mean, scale, value, act, logProbability(act)].map(hex);
}

async function refusal(bytes: Uint8Array, decode: (bytes: Uint8Array, file: string) => Promise<unknown>) {
  const error: unknown = await decode(bytes, 'some.file').then(
    () => 'nothing was wrong',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FileError);
  const { message, kind } = error as FileError;
  expect(message).toMatch(/^some\.file: .+\(.+: expected .+, found .+\)$/);
  return { message, kind };
}

const kindOf = async (bytes: Uint8Array) => (await refusal(bytes, decodePolicy)).kind;

describe('a policy file', () => {
  const combinations = Object.keys(algorithms).flatMap((algorithm) =>
    Object.keys(baselines).map((baseline): [string, string] => [algorithm, baseline]),
  );

  it.each(combinations)('acts as the policy that was saved (%s, baseline %s)', async (algorithm, baseline) => {
    const learner = practised(withBaseline(baseline), algorithm);
    const bytes = await encodePolicy(learner);
    const saved = await decodePolicy(bytes, 'policy');
    expect(saved.learner.training.config).toEqual(learner.training.config);
    expect(saved.learner.env.spec).toEqual(learner.env.spec);
    expect(acts(saved.learner)).toEqual(acts(learner));
    expect(acts(learner)).not.toEqual(acts(learnerOf(learner.training.config)));
    expect(await encodePolicy(saved.learner)).toEqual(bytes);
  });

  it.each(Object.keys(distributions))('acts as the policy that was saved (policy %s)', async (policy) => {
    const learner = practised({ policy });
    const saved = await decodePolicy(await encodePolicy(learner), 'policy');
    expect(saved.learner.policy.distribution.scaleSize).toBe(learner.policy.distribution.scaleSize);
    expect(acts(saved.learner)).toEqual(acts(learner));
    expect(acts(learner)).not.toEqual(acts(learnerOf(learner.training.config)));
  });

  it.each(combinations)(
    'acts the same without what only training goes on from (%s, baseline %s)',
    async (algorithm, baseline) => {
      const learner = practised(withBaseline(baseline), algorithm);
      const bytes = await encodeToAct(learner);
      const saved = await decodePolicy(bytes, 'policy');
      expect(acts(saved.learner)).toEqual(acts(learner));
      expect(await encodeToAct(saved.learner)).toEqual(bytes);
      const { kind, message } = await refusal(bytes, (file, name) =>
        decodePolicy(file, name, { backend: defaultBackend }),
      );
      expect([kind, message]).toEqual(['inconsistent', expect.stringContaining('all that training goes on from')]);
    },
  );

  it('does not change with the learner it came from, or with the bytes it was read from', async () => {
    const learner = practised();
    const bytes = await encodePolicy(learner);
    const { learner: loaded } = await decodePolicy(bytes, 'policy');
    const before = acts(loaded);
    learner.theta.fill(9);
    bytes.fill(0);
    expect(acts(loaded)).toEqual(before);
  });
});

describe('refused as a policy', async () => {
  const { theta: learned } = practised();
  const bytes = await encodePolicy(practised());
  const content = await decodeSealed(format, bytes, 'policy');

  it('a file with a flipped bit, wherever it is', async () => {
    const places = 150;
    for (let k = 0; k < places; k++) {
      const flipped = bytes.slice();
      flipped[Math.floor((k * bytes.length) / places)] ^= 1 << (k % 8);
      await refusal(flipped, decodePolicy);
    }
  });

  it('a file that was cut short, or goes on', async () => {
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      expect(await kindOf(bytes.slice(0, Math.floor(share * bytes.length)))).toBe('damaged');
    }
    await refusal(new Uint8Array(), decodePolicy);
    await refusal(bytes.slice(0, 7), decodePolicy);
    await refusal(Uint8Array.from([...bytes, 0]), decodePolicy);
  });

  it("another program's file", async () => {
    expect(await kindOf(new TextEncoder().encode('{"a": "JSON file that is no safetensors file"}'))).toBe('foreign');
    expect(await kindOf(encodeSafetensors({}, {}))).toBe('foreign');
  });

  it('a recording; and a policy is refused as a recording', async () => {
    expect(await kindOf(await encodeRecording(sampleRecording()))).toBe('foreign');
    expect((await refusal(bytes, decodeRecording)).kind).toBe('foreign');
  });

  it.each([
    ['an unknown environment', { env: { env: 'juggling', arm: 'panda', options: {} } }],
    ['an unknown arm', { env: { env: 'panda-reach-joints', arm: 'three-headed', options: {} } }],
    ['an option that is not there', { env: { env: 'reacher', arm: 'planar', options: { wind: 1 } } }],
    ['an unknown algorithm', { algorithm: 'alchemy' }],
    ['no environment', { env: undefined }],
    ['another environment, with other sizes', { env: { env: 'reacher', arm: 'planar', options: {} } }],
  ])('a whole file for %s', async (_, change) => {
    const config = JSON.stringify({ ...JSON.parse(content.metadata.config), ...change });
    const { kind } = await refusal(
      await encodeSealed(format, content.tensors, { ...content.metadata, config }),
      decodePolicy,
    );
    expect(kind).toBe('inconsistent');
  });

  it.each(['', 'null', '[]', '{', '7'])('a whole file whose configuration is %j', async (config) => {
    const sealed = await encodeSealed(format, content.tensors, { ...content.metadata, config });
    expect(await kindOf(sealed)).toBe('inconsistent');
  });

  it('a whole file that lacks a tensor, or has another in its place', async () => {
    const names = Object.keys(content.tensors);
    expect(names.slice(0, 3)).toEqual(['network.0.weight', 'network.0.bias', 'network.1.weight']);
    for (const name of names) {
      const { [name]: tensor, ...rest } = content.tensors;
      expect(await kindOf(await encodeSealed(format, rest, content.metadata))).toBe('inconsistent');
      const short = { dtype: 'F32', shape: [tensor.data.length], data: new Float32Array(tensor.data.length) } as const;
      const replaced = await encodeSealed(format, { ...rest, [name]: short }, content.metadata);
      expect((await refusal(replaced, decodePolicy)).message).toContain(name);
    }
  });

  it('a whole file with a matrix of another shape', async () => {
    const weight = content.tensors['network.0.weight'];
    const turned = { ...weight, shape: [...weight.shape].reverse() } as Tensor;
    const forged = await encodeSealed(format, { ...content.tensors, 'network.0.weight': turned }, content.metadata);
    for (const decode of [decodePolicy, loadPolicy]) {
      const { message } = await refusal(forged, decode);
      expect(message).toContain('(tensor network.0.weight: expected [15, 5], found [5, 15])');
    }
  });

  it('not for a tensor of former versions beside those of this one, by which nothing acts', async () => {
    const theta = { dtype: 'F64', shape: [learned.length], data: learned.map(() => 9) } as Tensor;
    const forged = await encodeSealed(format, { ...content.tensors, theta }, content.metadata);
    expect((await decodePolicy(forged, 'policy')).learner.theta).toEqual(learned);
  });

  /** The file with one number of a tensor changed, sealed anew. */
  const withNumber = (name: string, at: number, value: number) => {
    const tensor = content.tensors[name];
    const data = tensor.data.slice() as Float64Array | BigInt64Array;
    data[at] = tensor.dtype === 'I64' ? BigInt(value) : value;
    return encodeSealed(format, { ...content.tensors, [name]: { ...tensor, data } as Tensor }, content.metadata);
  };

  it.each<[string, number, number]>([
    ['network.0.weight', 7, Number.NaN],
    ['network.2.bias', 0, Infinity],
    ['log_sigma', 3, -1e300],
    ['observations.mean', 2, -Infinity],
    ['observations.squares', 1, Number.NaN],
    ['observations.squares', 4, -1],
    ['observations.count', 0, -3],
    ['observations.count', 0, 2 ** 60],
    [Object.keys(content.tensors).find((name) => name.startsWith('baseline.')) ?? '', 1, Number.NaN],
  ])(
    'a whole file with a number that no policy has, in one line that says where: %s[%i] of %d',
    async (name, at, value) => {
      const forged = await withNumber(name, at, value);
      for (const decode of [decodePolicy, loadPolicy]) {
        const { kind, message } = await refusal(forged, decode);
        expect(kind).toBe('inconsistent');
        expect(message).toContain(`tensor ${name}[${at}]: expected a number from `);
        expect(message).toContain(`found ${value})`);
      }
    },
  );

  it('a whole file whose spread of actions is none', async () => {
    const at = content.tensors.log_sigma.data.length - 2;
    for (const decode of [decodePolicy, loadPolicy]) {
      for (const value of [1e5, -1e5]) {
        const { message } = await refusal(await withNumber('log_sigma', at, value), decode);
        expect(message).toContain(`tensor log_sigma[${at}]: expected a log sigma, found ${value}`);
      }
    }
  });

  it('a whole file that claims more actions than there are parameters for, without a network of that size', async () => {
    const { spec: _, ...nameless } = content.metadata;
    const { tensors } = content;
    const one = { dtype: 'F64', shape: [1], data: new Float64Array(1) } as const;
    const huge = { ...tensors, theta: { dtype: 'F64', shape: [1e6], data: new Float64Array(1e6) } } as const;
    const former = { ...format, version: 3 };
    for (const [forged, { version: __, ...metadata }] of [
      [{ ...tensors, theta: one }, content.metadata],
      [{ ...tensors, theta: one }, nameless],
      [huge, nameless],
    ] as const) {
      const { message } = await refusal(await encodeSealed(former, forged, metadata), loadPolicy);
      expect(message).toContain('tensor theta: expected ');
    }
  });

  it('a whole file whose actions were for control steps of another length', async () => {
    const spec = JSON.stringify({ ...JSON.parse(content.metadata.spec), dt: 0.12 });
    const forged = await encodeSealed(format, content.tensors, { ...content.metadata, spec });
    const { kind, message } = await refusal(forged, decodePolicy);
    expect(kind).toBe('inconsistent');
    expect(message).toContain(
      '(spec.dt: expected control steps of 0.04 s, as this version has them here, found 0.12 s)',
    );
  });

  it('a file of a later version', async () => {
    const later = await encodeSealed({ ...format, version: format.version + 1 }, content.tensors, {
      config: content.metadata.config,
    });
    expect(await kindOf(later)).toBe('too-new');
  });

  it('nothing else: what they were made from is whole', async () => {
    expect(Object.keys(decodeSafetensors(bytes, 'policy').tensors)).toEqual(Object.keys(content.tensors));
    await decodePolicy(bytes, 'policy');
  });
});
