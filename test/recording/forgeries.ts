import { type Random, stream } from '../../envs/math/random.ts';
import { recordingFormat } from '../../envs/recording/recording.ts';
import { decodeSafetensors, type Tensor } from '../../envs/recording/safetensors.ts';
import { encodeSealed, software } from '../../envs/recording/sealed.ts';

/** A whole file, sealed, in which one value is another. */
export interface Forgery {
  /** The value's place: `header.spec.dt`, or a tensor's name and an index. */
  readonly place: string;
  readonly before: string;
  readonly after: string;
  readonly bytes: Uint8Array;
}

/** Forgeries of a rollout file: values of its header and numbers of its tensors by turns, drawn from the seeds from 0. */
export async function forgeriesOf(good: Uint8Array, count: number): Promise<Forgery[]> {
  const { tensors, metadata } = decodeSafetensors(good, 'good');
  const format = { ...recordingFormat, version: Number(metadata.version) };
  const leaves = leavesOf(JSON.parse(metadata.header), ['header']);
  const names = Object.keys(tensors).filter((name) => tensors[name].data.length > 0);
  const forgeries: Forgery[] = [];
  for (let seed = 0; forgeries.length < count; seed++) {
    const random = stream(seed, 'shuffle');
    const change =
      seed % 2 === 0 ? headerChange(metadata.header, leaves[random.below(leaves.length)], random) : undefined;
    const name = names[random.below(names.length)];
    const { header, tensor, ...what } = change ?? tensorChange(name, tensors[name], random);
    if (Object.is(what.before, what.after)) continue;
    const all = tensor ? { ...tensors, [name]: tensor } : tensors;
    const bytes = await encodeSealed(format, all, { software, header: header ?? metadata.header });
    forgeries.push({ ...what, bytes });
  }
  return forgeries;
}

interface Change extends Omit<Forgery, 'bytes'> {
  readonly header?: string;
  readonly tensor?: Tensor;
}

type Path = readonly string[];

/** Where the numbers, texts and switches of a document are. */
function leavesOf(value: unknown, path: Path): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

function headerChange(text: string, path: Path, random: Random): Change {
  const root: { header: unknown } = { header: JSON.parse(text) };
  const holder = path.slice(0, -1).reduce((at, key) => at[key] as Branch, root as unknown as Branch);
  const key = path[path.length - 1];
  const before = holder[key];
  holder[key] = another(before, random);
  return {
    place: path.join('.'),
    before: String(before),
    after: String(holder[key]),
    header: JSON.stringify(root.header),
  };
}

type Branch = Record<string, unknown>;

/** A value of the same kind: near, far, or the opposite. */
function another(value: unknown, random: Random): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return random.below(2) ? `${value}x` : value.slice(1);
  const number = value as number;
  const others = [number + 1, number - 1, -number, number * 2, number + 1e-9, number * (1 + 2 ** -40), 0.5, 0];
  return others[random.below(others.length)];
}

function tensorChange(name: string, tensor: Tensor, random: Random): Change {
  const data = tensor.data.slice();
  const at = random.below(data.length);
  const bytes = new Uint8Array(data.buffer, at * data.BYTES_PER_ELEMENT, data.BYTES_PER_ELEMENT);
  const bit = random.below(8 * bytes.length);
  const before = String(data[at]);
  bytes[bit >> 3] ^= 1 << (bit & 7);
  return { place: `${name}[${at}]`, before, after: String(data[at]), tensor: { ...tensor, data } as Tensor };
}
