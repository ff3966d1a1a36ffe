import { describe, expect, it } from 'vitest';
import { FileError } from '../../envs/recording/errors.ts';
import { decodeSafetensors, encodeSafetensors } from '../../envs/recording/safetensors.ts';

/** A file built by hand from the format's description. */
function byHand(header: string, data: readonly number[] = []): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

function entry(dtype: string, shape: unknown, range: unknown): string {
  return JSON.stringify({ x: { dtype, shape, data_offsets: range } });
}

describe('safetensors', () => {
  it('writes the bytes of the specification', () => {
    const bytes = encodeSafetensors({ x: { dtype: 'I32', shape: [2], data: Int32Array.of(1, -2) } }, { a: 'b' });
    const header = '{"__metadata__":{"a":"b"},"x":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect(bytes).toEqual(byHand(padded, [1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]));
  });

  it('reads back every dtype, without copying', () => {
    const bytes = encodeSafetensors(
      {
        u8: { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 255) },
        f32: { dtype: 'F32', shape: [1, 3], data: Float32Array.of(1.5, -0, Number.NaN) },
        i64: { dtype: 'I64', shape: [], data: BigInt64Array.of(-(2n ** 63n)) },
        i32: { dtype: 'I32', shape: [0, 4], data: new Int32Array() },
        f64: { dtype: 'F64', shape: [2], data: Float64Array.of(Math.PI, Number.NEGATIVE_INFINITY) },
      },
      { 'ä "quote"': '\n' },
    );
    const { metadata, tensors } = decodeSafetensors(bytes, 'x');
    expect({ ...metadata }).toEqual({ 'ä "quote"': '\n' });
    expect(tensors.u8.data).toEqual(Uint8Array.of(1, 2, 255));
    expect(tensors.f32).toEqual({ dtype: 'F32', shape: [1, 3], data: Float32Array.of(1.5, -0, Number.NaN) });
    expect(tensors.i64.data).toEqual(BigInt64Array.of(-(2n ** 63n)));
    expect(tensors.i32.shape).toEqual([0, 4]);
    expect(tensors.f64.data).toEqual(Float64Array.of(Math.PI, Number.NEGATIVE_INFINITY));
    for (const { data } of Object.values(tensors)) expect(data.buffer).toBe(bytes.buffer);
  });

  it('reads from the middle of a buffer, where nothing is aligned', () => {
    const bytes = encodeSafetensors({ x: { dtype: 'F64', shape: [2], data: Float64Array.of(1, 2) } }, {});
    const pool = Buffer.alloc(bytes.length + 9);
    pool.set(bytes, 3);
    const { tensors } = decodeSafetensors(pool.subarray(3, 3 + bytes.length), 'x');
    expect(tensors.x.data).toEqual(Float64Array.of(1, 2));
  });

  it('keeps names that objects inherit', () => {
    const data = Uint8Array.of(7);
    const bytes = byHand('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', [7]);
    expect(Object.entries(decodeSafetensors(bytes, 'x').tensors)).toEqual([
      ['__proto__', { dtype: 'U8', shape: [1], data }],
    ]);
    expect(decodeSafetensors(byHand('{}'), 'x').tensors.constructor).toBeUndefined();
  });

  it('refuses to write a shape that is not that of the data', () => {
    const tensors = { x: { dtype: 'U8', shape: [2, 2], data: new Uint8Array(3) } } as const;
    expect(() => encodeSafetensors(tensors, {})).toThrow('tensor x: shape [2,2] holds 4 numbers, not 3');
  });

  const four = [0, 0, 0, 0];
  it.each([
    ['an unknown dtype', entry('F16', [2], [0, 4]), four, 'dtype'],
    ['a dtype objects inherit', entry('constructor', [2], [0, 4]), four, 'dtype'],
    ['a negative size', entry('U8', [-4], [0, 4]), four, 'shape'],
    ['a fractional size', entry('U8', [0.5], [0, 4]), four, 'shape'],
    ['a shape that is no list', entry('U8', 4, [0, 4]), four, 'shape'],
    ['a shape and range that differ', entry('F32', [2], [0, 4]), four, '8 bytes for F32 [2]'],
    ['a shape beyond any file', entry('F64', [2 ** 50, 2 ** 50, 2 ** 50], [0, 4]), four, 'found 4'],
    ['a range beyond the file', entry('F64', [2 ** 40], [0, 2 ** 43]), four, `expected ${2 ** 43} bytes`],
    ['a range that runs backwards', entry('U8', [4], [4, 0]), four, 'found -4'],
    ['a gap', entry('U8', [3], [1, 4]), four, 'expected data from byte 0, found 1'],
    ['trailing bytes', entry('U8', [3], [0, 3]), four, 'expected 3 bytes of tensors, found 4'],
    ['missing bytes', entry('U8', [5], [0, 5]), four, 'expected 5 bytes of tensors, found 4'],
    ['metadata that is not text', '{"__metadata__":{"a":1}}', [], '__metadata__'],
    ['a tensor that is not described', '{"x":null}', [], 'tensor "x"'],
  ])('refuses %s', (_what, header, data, message) => {
    expect(() => decodeSafetensors(byHand(header, data), 'x.bin')).toThrow(FileError);
    expect(() => decodeSafetensors(byHand(header, data), 'x.bin')).toThrow(message);
  });

  it('refuses tensors that overlap', () => {
    const one = { dtype: 'U8', shape: [3], data_offsets: [0, 3] };
    const two = { dtype: 'U8', shape: [2], data_offsets: [2, 4] };
    expect(() => decodeSafetensors(byHand(JSON.stringify({ one, two }), four), 'x')).toThrow(
      'data from byte 3, found 2',
    );
  });

  it('says what is wrong in one line, whatever the file holds', () => {
    const bytes = byHand(JSON.stringify({ 'a\nb\u202e': { dtype: `\n${'x'.repeat(5000)}` } }));
    const error = thrownBy(() => decodeSafetensors(bytes, 'evil\n.bin'));
    expect(error.message).not.toMatch(/[\n\u202e]/);
    expect(error.message.length).toBeLessThan(500);
    expect(error.message).toMatch(/^evil \.bin: /);
  });
});

function thrownBy(action: () => unknown): FileError {
  try {
    action();
  } catch (error) {
    if (error instanceof FileError) return error;
  }
  throw new Error('no FileError was thrown');
}
