import { InferenceSession, Tensor } from 'onnxruntime-web';
import protobuf from 'protobufjs/light.js';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors } from '../../envs/recording/safetensors.ts';
import { jsonOf } from '../../src/export/json.ts';
import { modelOf, type PolicyModel } from '../../src/export/model.ts';
import { onnxOf, type Protobuf } from '../../src/export/onnx.ts';
import { onnxSchema } from '../../src/export/onnx-schema.ts';
import { tensorsOf } from '../../src/export/tensors.ts';
import { distributions } from '../../src/policy/distributions/index.ts';
import { loadPolicy } from '../../src/policy/index.ts';
import { takeIn } from '../../src/policy/normalizer.ts';
import { openPolicy } from '../../src/policy/open.ts';
import { actorOf } from '../../src/rollout/acting-policy.ts';
import { decodePolicy } from '../../src/run/checkpoint.ts';
import { encodePolicy } from '../../src/run/encode-policy.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { numbers } from '../network/reference.ts';

const rows = 10_000;
const onnx = (model: PolicyModel) => onnxOf(model, protobuf as unknown as Protobuf);

/** A policy file of a learner that has seen something, its observations far from 0 and hardly changing in places. */
async function saved(policy: string, hiddenLayers = 2): Promise<Uint8Array> {
  const learner = learnerOf(
    configureTraining({ env: 'panda-reach-joints', seed: 3, options: { policy, hiddenLayers, hiddenWidth: 32 } }),
  );
  learner.theta.set(numbers(1, learner.theta.length, 0.4));
  takeIn(learner.normalizer, observations(learner.normalizer.mean.length, 200, 2));
  return encodePolicy(learner);
}

/** [n, size], the second of each hardly changing around 2.3, the third beyond the clip at times. */
function observations(size: number, n: number, seed: number): Float32Array {
  return Float32Array.from(numbers(seed, n * size, 1.5), (value, k) => {
    if (k % size === 1) return 2.3 + 1e-4 * value;
    return k % size === 2 && k % 97 === 0 ? 1000 * value : value;
  });
}

const opened = async (bytes: Uint8Array) => modelOf(await openPolicy(bytes, 'policy'), 'a'.repeat(64));
const session = async (model: PolicyModel) => InferenceSession.create(onnx(model));
const families = Object.keys(distributions);

describe.each(families)('a %s policy', async (family) => {
  const bytes = await saved(family);
  const model = await opened(bytes);
  const policy = await loadPolicy(bytes);
  const size = model.normalizer.mean.length;
  const obs = observations(size, rows, 5);
  const expected = new Float32Array(7 * rows);
  for (let i = 0; i < rows; i++) expected.set(policy.act(row(obs, i, size)), 7 * i);

  it('acts as ONNX as it does here, within what float32 loses, on ten thousand observations', async () => {
    const { action } = await (await session(model)).run({ observation: new Tensor('float32', obs, [rows, size]) });
    expect(action.dims).toEqual([rows, 7]);
    expect(farthest(action.data as Float32Array, expected)).toBeLessThan(2e-5);
  });

  it('acts as JSON and as tensors by the lines that the documents give', () => {
    for (const plain of [readJson(jsonOf(model)), readTensors(tensorsOf(model))]) {
      const found = Float32Array.from({ length: 100 * 7 });
      for (let i = 0; i < 100; i++) found.set(act(plain, row(obs, i, size)), 7 * i);
      expect(farthest(found, expected.subarray(0, found.length))).toBeLessThan(1e-6);
    }
  });

  it('says its spread in all three', async () => {
    const outputs = await (await session(model)).run({
      observation: new Tensor('float32', obs.slice(0, size), [1, size]),
    });
    const { learner } = await decodePolicy(bytes, 'policy');
    const { scale } = actorOf(learner).forward(obs.slice(0, size), 1);
    const spread = outputs[family === 'full' ? 'scale_tril' : 'sigma'];
    expect(spread.dims).toEqual(family === 'full' ? [7, 7] : family === 'state-diagonal' ? [1, 7] : [7]);
    expect(farthest(spread.data as Float32Array, Float32Array.from(scale))).toBeLessThan(1e-5);
    const { tensors } = decodeSafetensors(tensorsOf(model), 'tensors');
    expect(Object.keys(tensors).filter((name) => /sigma|scale/.test(name))).toEqual(
      family === 'full' ? ['scale_tril'] : family === 'state-diagonal' ? [] : ['sigma'],
    );
  });

  it('has the same bytes twice', async () => {
    const again = await opened(bytes);
    expect(onnx(again)).toEqual(onnx(model));
    expect(jsonOf(again)).toBe(jsonOf(model));
    expect(tensorsOf(again)).toEqual(tensorsOf(model));
  });
});

it('a network without hidden layers is exported too', async () => {
  const bytes = await saved('diagonal', 0);
  const [model, policy] = [await opened(bytes), await loadPolicy(bytes)];
  const size = model.normalizer.mean.length;
  const obs = observations(size, 1, 5);
  const { action } = await (await session(model)).run({ observation: new Tensor('float32', obs, [1, size]) });
  expect(farthest(action.data as Float32Array, policy.act(obs))).toBeLessThan(2e-5);
});

it('an ONNX file names its nodes, its version and what it is', async () => {
  const model = await opened(await saved('squashed'));
  const type = protobuf.Root.fromJSON(onnxSchema).lookupType('ModelProto');
  const file = type.toObject(type.decode(onnx(model)), { longs: Number });
  expect(file).toMatchObject({ producerName: 'armature', opsetImport: [{ version: 13 }] });
  const nodes = file.graph.node.map(({ name, opType }: Record<string, string>) => `${opType} ${name}`);
  expect(nodes).toEqual([
    'Sub less_mean',
    'Sub less_rest_of_mean',
    'Div over_deviation',
    'Clip normalized',
    'Gemm network.0.linear',
    'Tanh network.0.tanh',
    'Gemm network.1.linear',
    'Tanh network.1.tanh',
    'Gemm network.2.linear',
    'Tanh squashed',
    'Clip action',
    'Identity sigma',
  ]);
  const facts = Object.fromEntries(file.metadataProps.map(({ key, value }: Record<string, string>) => [key, value]));
  expect(facts).toMatchObject({ task: 'panda-reach-joints', arm: 'panda', control_period_s: '0.04', seed: '3' });
  expect(JSON.parse(facts.joints)).toHaveLength(7);
  expect(JSON.parse(facts.controller)).toMatchObject({ kind: 'joint-step', unit: 'rad' });
  expect(JSON.parse(facts.observation_fields)).toEqual(model.observation);
  expect(facts.policy_sha256).toBe('a'.repeat(64));
  expect(file.graph.input[0].docString).toMatch(/^position \[3\] m, velocity/);
});

/** What the documents say in ten lines: x = clip((o - mean) / deviation), then tanh layers, the last one linear. */
interface Plain {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  readonly clip: number;
  readonly layers: readonly { readonly weight: readonly (readonly number[])[]; readonly bias: readonly number[] }[];
  readonly squashed: boolean;
  readonly actions: number;
}

function act({ mean, deviation, clip, layers, squashed, actions }: Plain, observation: Float32Array): number[] {
  let x = Array.from(observation, (o, j) => Math.min(Math.max((o - mean[j]) / deviation[j], -clip), clip));
  layers.forEach(({ weight, bias }, l) => {
    const sum = bias.map((b, j) => x.reduce((total, value, i) => total + value * weight[i][j], b));
    x = l + 1 < layers.length ? sum.map(Math.tanh) : sum;
  });
  return x.slice(0, actions).map((a) => Math.min(Math.max(squashed ? Math.tanh(a) : a, -1), 1));
}

function readJson(text: string): Plain {
  const { normalizer, network, distribution, action } = JSON.parse(text);
  return { ...normalizer, layers: network, squashed: distribution.squashed, actions: action[0].size };
}

function readTensors(bytes: Uint8Array): Plain {
  const { tensors, metadata } = decodeSafetensors(bytes, 'tensors');
  const of = (name: string) => Array.from(tensors[name].data as Float64Array);
  const matrix = (name: string) => {
    const [inputs, outputs] = tensors[name].shape;
    return Array.from({ length: inputs }, (_, i) => of(name).slice(i * outputs, (i + 1) * outputs));
  };
  const layers = [0, 1, 2].map((l) => ({ weight: matrix(`network.${l}.weight`), bias: of(`network.${l}.bias`) }));
  const { distribution, normalizer_clip, action_fields } = metadata;
  return {
    mean: of('normalizer.mean'),
    deviation: of('normalizer.deviation'),
    clip: Number(normalizer_clip),
    layers,
    squashed: distribution === 'squashed',
    actions: JSON.parse(action_fields)[0].size,
  };
}

function row(data: Float32Array, i: number, size: number): Float32Array {
  return data.subarray(i * size, (i + 1) * size);
}

function farthest(found: Float32Array, expected: Float32Array): number {
  expect(found.length).toBe(expected.length);
  return found.reduce((most, value, k) => Math.max(most, Math.abs(value - expected[k])), 0);
}
