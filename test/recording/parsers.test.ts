import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../envs/options.ts';
import { FileError } from '../../envs/recording/errors.ts';
import { boundedJson } from '../../envs/recording/json.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../envs/recording/safetensors.ts';
import { decodeSealed, encodeSealed } from '../../envs/recording/sealed.ts';
import { planFrom } from '../../src/cli/training-options.ts';
import { policyFormat } from '../../src/policy/file.ts';
import { decodePolicy } from '../../src/run/checkpoint.ts';
import { encodePolicy } from '../../src/run/encode-policy.ts';
import { csvOf, linesUpTo } from '../../src/run/metrics.ts';
import { decodePlan } from '../../src/run/plan.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';

fc.configureGlobal({ seed: 7, numRuns: 200 });

/** The value, or null for a complaint of the expected kind. */
function orNull<T>(read: () => T, kind: new (...args: never[]) => Error = FileError): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof kind) return null;
    throw error;
  }
}

/** A safetensors file with any header, right or wrong. */
function withHeader(header: string, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(header);
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(text.length), true);
  return Uint8Array.from([...prefix, ...text, ...data]);
}

describe('a parser gives what was written, or its own error, whatever comes', () => {
  it('safetensors, of any tensors', () => {
    const numbers = fc.float64Array({ maxLength: 20 });
    const tensor = numbers.map((data): Tensor => ({ dtype: 'F64', shape: [data.length], data }));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), tensor), fc.dictionary(fc.string(), fc.string()), (tensors, metadata) => {
        fc.pre(!Object.hasOwn(tensors, '__metadata__'));
        const read = decodeSafetensors(encodeSafetensors(tensors, metadata), 'file');
        expect({ ...read.metadata }).toEqual({ ...metadata });
        for (const [name, { data }] of Object.entries(tensors)) expect(read.tensors[name].data).toEqual(data);
      }),
    );
  });

  it('safetensors, of any bytes and any header', () => {
    const size = fc.oneof(fc.nat(64), fc.integer(), fc.double(), fc.constantFrom(2 ** 53 - 1, 2 ** 31));
    const claim = fc.record({
      dtype: fc.oneof(fc.constantFrom('F64', 'I64', 'U8', 'F16', '__proto__'), fc.string()),
      shape: fc.oneof(fc.array(size, { maxLength: 4 }), fc.anything()),
      data_offsets: fc.oneof(fc.tuple(size, size), fc.anything()),
    });
    const header = fc.oneof(fc.dictionary(fc.string(), fc.oneof(claim, fc.jsonValue())), fc.jsonValue());
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 64 }), (value, data) => {
        const json = JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? '';
        orNull(() => decodeSafetensors(withHeader(json, data), 'file'));
        orNull(() => decodeSafetensors(data, 'file'));
      }),
    );
  });

  it('JSON within bounds of size and depth, as JSON.parse has it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        expect(boundedJson(text, 'file', 'x')).toEqual(JSON.parse(text));
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        orNull(() => boundedJson(text, 'file', 'x'));
      }),
    );
    const nested = (depth: number) => `${'[{"]":'.repeat(depth / 2)}0${'}]'.repeat(depth / 2)}`;
    expect(boundedJson(nested(32), 'file', 'x')).toBeTruthy();
    for (const text of [nested(34), '['.repeat(1_000_000), `"${' '.repeat(2_000_000)}"`]) {
      expect(() => boundedJson(text, 'file', 'x')).toThrow(FileError);
    }
  });

  it('the plan of a run, of any JSON', () =>
    fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        await expect(decodePlan(new TextEncoder().encode(text), 'file')).rejects.toBeInstanceOf(FileError);
      }),
    ));

  it('a table, cut anywhere', () => {
    const rows = Array.from({ length: 5 }, (_, i) => `${i},x`);
    const text = csvOf(rows);
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(6), (length, iteration) => {
        const isThere = length >= csvOf(rows.slice(0, iteration + 1)).length && iteration < rows.length;
        expect(linesUpTo(iteration, text.slice(0, length))).toEqual(isThere ? rows.slice(0, iteration + 1) : []);
      }),
    );
  });

  it('the options of a command, of any values', () => {
    const value = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(undefined));
    const names = fc.constantFrom(
      'gamma',
      'batch',
      'baseline',
      'standardize',
      'seed',
      'arm',
      'reward',
      'algorithm',
      'horizon',
    );
    fc.assert(
      fc.property(fc.dictionary(names, value), (given) => {
        const { horizon, ...rest } = given;
        const set = { horizon: String(horizon ?? 5) };
        const plan = orNull(() => planFrom('panda-reach', { ...(rest as object), set }), UsageError);
        if (plan) expect(plan.config.options.gamma).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('a policy file that claims to be larger than it is', async () => {
  const { metadata, tensors } = await decodeSealed(
    policyFormat,
    await encodePolicy(learnerOf(configureTraining({ env: 'panda-reach', options: { hiddenWidth: 2 } }))),
    'file',
  );
  const claiming = (change: object) => {
    const config = JSON.parse(metadata.config) as { options: object };
    const options = { ...config.options, ...change };
    return encodeSealed(policyFormat, tensors, { ...metadata, config: JSON.stringify({ ...config, options }) });
  };

  it.each([
    ['a large network', { hiddenWidth: 4096, hiddenLayers: 16 }, 'tensor network.0.weight: expected F64 [49152]'],
    ['a large value network', { hiddenWidth: 4096, hiddenLayers: 16, baseline: 'value' }, 'tensor network.0.weight'],
    ['earlier batches', { reuse: 1000 }, null],
  ])('is refused before memory is spent on it: %s', async (_, change, words) => {
    const before = process.memoryUsage().arrayBuffers;
    const reading = decodePolicy(await claiming(change), 'file');
    if (words) await expect(reading).rejects.toThrow(words);
    else await reading;
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
  });

  it.each([
    [
      'progress',
      '{"iteration":-1,"envSteps":0,"evalSteps":0,"lastEvaluated":0,"solvedInARow":0,"solvedAt":null,"best":null}',
    ],
    ['progress', ''],
    ['versions', '{}'],
    ['config', '{"__proto__":{}}'],
    ['config', '['.repeat(100)],
  ])('or says nonsense: %s', async (name, text) => {
    const file = await encodeSealed(policyFormat, tensors, { ...metadata, [name]: text });
    await expect(decodePolicy(file, 'file')).rejects.toThrow(`file: inconsistent (${name}`);
  });
});
