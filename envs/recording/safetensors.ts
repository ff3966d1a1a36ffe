/**
 * Safetensors: 8 bytes of little-endian header length, a JSON header that names every tensor with its dtype, shape and
 * byte range, then the raw little-endian tensors without gaps (https://github.com/huggingface/safetensors#format).
 * Typed arrays read in the machine's own byte order, which is little-endian wherever JavaScript runs today.
 */
import { type Complaint, FileError } from './errors.ts';
import { boundedJson, longestJson } from './json.ts';

const arrays = {
  F64: Float64Array,
  I64: BigInt64Array,
  F32: Float32Array,
  I32: Int32Array,
  U16: Uint16Array,
  U8: Uint8Array,
} as const;

export type DType = keyof typeof arrays;
export type DataOf<D extends DType> = InstanceType<(typeof arrays)[D]>;
export type TensorOf<D extends DType> = {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: DataOf<D>;
};
export type Tensor = { [D in DType]: TensorOf<D> }[DType];

export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

export function allocate<D extends DType>(dtype: D, length: number): DataOf<D> {
  return new arrays[dtype](length) as DataOf<D>;
}

const prefix = 8;

/** Tensors are stored by falling element size (and in the order given within a size), so every view is aligned. */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const ordered = Object.entries(tensors).sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const header: [string, unknown][] = [['__metadata__', metadata]];
  let end = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    const claimed = count(shape);
    if (claimed !== data.length)
      throw new Error(`tensor ${name}: shape [${shape}] holds ${claimed} numbers, not ${data.length}`);
    header.push([name, { dtype, shape, data_offsets: [end, end + data.byteLength] }]);
    end += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const start = Math.ceil((prefix + text.length) / 8) * 8;
  const bytes = new Uint8Array(start + end);
  bytes.fill(0x20, prefix, start);
  bytes.set(text, prefix);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - prefix), true);
  let at = start;
  for (const [, { data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Views into `bytes`, not copies (but for tensors that are not aligned in memory). Everything the header claims is
 * checked against the size of the file before it is used.
 * @param file the file's name, for messages
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): Safetensors {
  const { header, start } = readHeader(bytes, file);
  const metadata = nullRecord<string>();
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name !== '__metadata__') entries.push(readEntry(name, value, file));
    else Object.assign(metadata, readMetadata(value, file));
  }
  checkLayout(entries, bytes.length - start, file);
  const tensors = nullRecord<Tensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    tensors[name] = { dtype, shape, data: view(dtype, bytes, start + begin, end - begin) } as Tensor;
  }
  return { metadata, tensors };
}

interface Entry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readHeader(bytes: Uint8Array, file: string): { header: object; start: number } {
  const foreign = (complaint: Complaint) =>
    new FileError('foreign', file, { noun: 'a safetensors file', ...complaint });
  if (bytes.length === 0) throw foreign({ place: 'size', expected: 'a safetensors file', found: 'an empty file' });
  if (bytes.length < prefix) {
    throw foreign({ place: 'size', expected: `at least ${prefix} bytes`, found: `${bytes.length}` });
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const most = Math.min(bytes.length - prefix, longestJson);
  if (length > most) throw foreign({ place: 'header', expected: `at most ${most} bytes`, found: `${length}` });
  const start = prefix + Number(length);
  const text = bytes.subarray(prefix, start);
  if (text[0] !== 0x7b) throw foreign({ place: 'byte 8', expected: 'a JSON object', found: 'something else' });
  let json: string;
  try {
    json = new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    throw foreign({ place: 'header', expected: 'UTF-8', found: 'something else' });
  }
  try {
    return { header: boundedJson(json, file, 'header') as object, start };
  } catch (error) {
    throw error instanceof FileError ? foreign(error.complaint) : error;
  }
}

function readMetadata(value: unknown, file: string): Record<string, string> {
  if (isObject(value) && Object.values(value).every((text) => typeof text === 'string'))
    return value as Record<string, string>;
  throw new FileError('inconsistent', file, {
    place: '__metadata__',
    expected: 'strings by name',
    found: JSON.stringify(value),
  });
}

function readEntry(name: string, value: unknown, file: string): Entry {
  const place = `tensor ${JSON.stringify(name)}`;
  const fail = (expected: string, found: unknown): never => {
    throw new FileError('inconsistent', file, { place, expected, found: JSON.stringify(found) ?? 'nothing' });
  };
  if (!isObject(value)) return fail('a dtype, a shape and a byte range', value);
  const { dtype, shape, data_offsets: range } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(arrays, dtype))
    return fail(`dtype ${Object.keys(arrays).join(' ')}`, dtype);
  if (!isSizes(shape)) return fail('a shape of whole numbers', shape);
  if (!isSizes(range) || range.length !== 2) return fail('data_offsets [begin, end]', range);
  const [begin, end] = range;
  const size = count(shape) * arrays[dtype as DType].BYTES_PER_ELEMENT;
  if (end - begin !== size) return fail(`${size} bytes for ${dtype} [${shape}]`, end - begin);
  return { name, dtype: dtype as DType, shape, begin, end };
}

/** The tensors fill the data exactly: no gap, no overlap, nothing behind the last. */
function checkLayout(entries: readonly Entry[], size: number, file: string): void {
  let at = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    const place = `tensor ${JSON.stringify(name)}`;
    if (begin !== at)
      throw new FileError('inconsistent', file, { place, expected: `data from byte ${at}`, found: `${begin}` });
    at = end;
  }
  if (at !== size) {
    throw new FileError('inconsistent', file, { place: 'size', expected: `${at} bytes of tensors`, found: `${size}` });
  }
}

function view(dtype: DType, bytes: Uint8Array, at: number, size: number): DataOf<DType> {
  const Data: new (buffer: ArrayBufferLike, at: number, length: number) => DataOf<DType> = arrays[dtype];
  const width = arrays[dtype].BYTES_PER_ELEMENT;
  const aligned = (bytes.byteOffset + at) % width === 0;
  const source = aligned ? bytes.subarray(at, at + size) : new Uint8Array(bytes.subarray(at, at + size));
  return new Data(source.buffer, source.byteOffset, size / width);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A record without inherited names, so that a tensor called `constructor` is just a tensor. */
function nullRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}
