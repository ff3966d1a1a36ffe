/** Episodes as tensors: their arrays stand end to end, one tensor each, and an episode is a view into them. */
import { type EnvSpec, width } from '../spec.ts';
import {
  type ColumnName,
  type Columns,
  columnsOf,
  contactsIn,
  contactWidth,
  ends,
  lengthOf,
  mostContacts,
  type Per,
  shapeOf,
  sizesOf,
  type Trajectory,
} from '../trajectory.ts';
import { FileError } from './errors.ts';
import { allocate, type DataOf, type DType, type Tensor } from './safetensors.ts';
import { type Facts, viewsOf } from './views.ts';

/** What messages call episodes that are not in a file yet. */
const unsaved = 'recording';

/** Numbers of a whole episode, one row each, beside its columns. */
const facts = { steps: 'I32', seed: 'I64', success: 'U8', end: 'U8' } as const satisfies Record<keyof Facts, DType>;

/** @throws FileError where an episode's arrays do not fit the spec */
export function tensorsOf(spec: EnvSpec, episodes: readonly Trajectory[]): Record<string, Tensor> {
  const [first] = episodes;
  const sizes = sizesOf(spec, shapeOf(first, spec));
  const counts: Rows = {
    ...countRows(
      episodes.map((episode) => episode.steps),
      unsaved,
    ),
    contact: episodes.reduce((sum, episode) => sum + countContacts(episode.contact_count, unsaved), 0),
  };
  const tensors: Record<string, Tensor> = {};
  for (const column of columnsOf(sizes)) {
    const { name, dtype, per, shape, width } = column;
    if (!width) continue;
    const data = allocate(dtype, counts[per] * width);
    let at = 0;
    for (const [e, episode] of episodes.entries()) {
      const { [name]: values, steps } = episode;
      const expected = lengthOf(column, steps, per === 'contact' ? contactsIn(episode) : 0);
      if (values.length !== expected) {
        throw inconsistent(unsaved, `episode ${e}, ${name}`, `${expected} numbers`, String(values.length));
      }
      data.set(values, at);
      at += values.length;
    }
    tensors[name] = { dtype, shape: [counts[per], ...shape], data } as Tensor;
  }
  return { ...tensors, ...factsOf(episodes) };
}

function factsOf(episodes: readonly Trajectory[]): Record<keyof Facts, Tensor> {
  const shape = [episodes.length];
  return {
    steps: { dtype: 'I32', shape, data: Int32Array.from(episodes, ({ steps }) => steps) },
    seed: { dtype: 'I64', shape, data: BigInt64Array.from(episodes, ({ seed }) => BigInt(seed)) },
    success: { dtype: 'U8', shape, data: Uint8Array.from(episodes, ({ success }) => (success ? 1 : 0)) },
    end: { dtype: 'U8', shape, data: Uint8Array.from(episodes, ({ end }) => ends.indexOf(end)) },
  };
}

/**
 * The episodes are views into the tensors, made as they are looked at.
 * @param file the file's name, for messages
 * @param squashed whether what was sampled has to be there beside the actions; files of earlier versions lack it
 * @param touching how many bodies can touch, where it is known
 */
export function episodesOf(
  spec: EnvSpec,
  tensors: Readonly<Record<string, Tensor>>,
  file: string,
  squashed = 'unsquashed' in tensors,
  touching = Infinity,
): Trajectory[] {
  const actions = width(spec.act);
  const scaleSize = tensors.scale?.shape.length === 3 ? actions * actions : actions;
  const sizes = sizesOf(spec, { scaleSize, squashed });
  const read = <D extends DType>(name: string, dtype: D, shape: (rows: Rows) => number[]): DataOf<D> => {
    const tensor: Tensor | undefined = tensors[name];
    if (tensor?.dtype !== dtype) throw inconsistent(file, `tensor ${name}`, dtype, tensor?.dtype ?? 'no such tensor');
    const [expected, found] = [shape(counts).join(', '), tensor.shape.join(', ')];
    if (found !== expected) throw inconsistent(file, `tensor ${name}`, `shape [${expected}]`, `[${found}]`);
    return tensor.data as DataOf<D>;
  };
  let counts: Rows = { state: 0, step: 0, episode: tensors.steps?.data.length ?? 0, contact: 0 };
  const steps = Array.from(read('steps', 'I32', ({ episode }) => [episode]));
  counts = countRows(steps, file);
  const found: Partial<Record<ColumnName, DataOf<DType>>> = {};
  for (const { name, dtype, per, shape, width } of columnsOf(sizes)) {
    found[name] = width ? read(name, dtype, (rows) => [rows[per], ...shape]) : allocate(dtype, 0);
    // The counts come before what they count.
    if (name === 'contact_count' && width) counts = { ...counts, contact: countContacts(found[name], file) };
  }
  const columns = found as unknown as Columns;
  checkContacts(columns.contacts, touching, file);
  const own = Object.fromEntries(
    Object.entries(facts).map(([name, dtype]) => [name, read(name, dtype, ({ episode }) => [episode])]),
  ) as unknown as Facts;
  checkFacts(own, file);
  return viewsOf({ columns, facts: own, sizes });
}

/** The numbers that are looked at on opening. */
function checkFacts({ seed, success, end }: Facts, file: string): void {
  const badSeed = seed.findIndex((value) => value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER));
  if (badSeed >= 0) throw inconsistent(file, `seed[${badSeed}]`, 'an integer in [0, 2^53)', String(seed[badSeed]));
  for (const [name, values, choices] of [
    ['success', success, 2],
    ['end', end, ends.length],
  ] as const) {
    const bad = values.findIndex((value) => value >= choices);
    if (bad < 0) continue;
    throw inconsistent(file, `${name}[${bad}]`, `a number from 0 to ${choices - 1}`, String(values[bad]));
  }
}

/** Points of contact in all states. */
function countContacts(counts: ArrayLike<number>, file: string): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i];
    if (!(Number.isSafeInteger(count) && count >= 0 && count <= mostContacts)) {
      throw inconsistent(file, `contact_count[${i}]`, `a whole number from 0 to ${mostContacts}`, String(count));
    }
    total += count;
  }
  return total;
}

/** Bodies of points of contact are places among those that touch. */
function checkContacts(contacts: Float32Array, bodies: number, file: string): void {
  for (let at = 0; at < contacts.length; at += contactWidth) {
    for (const i of [at, at + 1]) {
      const isPlace = Number.isInteger(contacts[i]) && contacts[i] >= 0 && contacts[i] < bodies;
      if (isPlace) continue;
      const place = `contacts[${at / contactWidth}, ${i - at}]`;
      throw inconsistent(file, place, `the place of one of ${bodies} bodies`, String(contacts[i]));
    }
  }
}

type Rows = Readonly<Record<Per, number>>;

/** Rows of every kind in episodes of these lengths. */
function countRows(steps: readonly number[], file: string): Rows {
  if (steps.length === 0) throw inconsistent(file, 'steps', 'at least one episode', 'none');
  let total = 0;
  for (const [e, count] of steps.entries()) {
    if (!(Number.isSafeInteger(count) && count >= 1)) {
      throw inconsistent(file, `steps[${e}]`, 'at least one step', String(count));
    }
    total += count;
  }
  return { state: total + steps.length, step: total, episode: steps.length, contact: 0 };
}

function inconsistent(file: string, place: string, expected: string, found: string): FileError {
  return new FileError('inconsistent', file, { place, expected, found, noun: 'a rollout file' });
}
