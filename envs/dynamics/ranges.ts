import type { DynamicsRanges } from '../env.ts';
import { range as rangeInWords, UsageError } from '../options.ts';
import type { Field } from '../spec.ts';
import { type DynamicsField, type DynamicsName, dynamicsFields, dynamicsNames } from './fields.ts';

export type { DynamicsRanges } from '../env.ts';

/** Ranges by a name of their own. */
export const dynamicsSets: Readonly<Record<string, { readonly ranges: DynamicsRanges; readonly description: string }>> =
  {
    nominal: { ranges: {}, description: 'nothing is drawn' },
    transfer: {
      ranges: {
        mass: [0.8, 1.25],
        'motor.stiffness': [0.4, 1.2],
        payload: [0, 1.2],
        delay: [0, 1],
        'noise.position': [0, 0.006],
        start: [0, 0.6],
        gravity: [0, 1],
      },
      description: 'what carries a policy over to another simulation of the arm, or to the arm itself',
    },
  };

/** Stands for the ranges that a run was trained with, where there is one: no set is called so. */
export const trained = 'trained';

/** The fields of an episode's dynamics where these ranges are drawn from, in the order of all. */
export function fieldsIn(ranges: DynamicsRanges): (Field & { readonly name: DynamicsName })[] {
  return dynamicsFields.flatMap(({ name, size, unit, description }) => {
    const own = ranges[name];
    return own ? [{ name, size, unit, low: own[0], high: own[1], description }] : [];
  });
}

/**
 * Ranges as a command line writes them: `mass=0.8:1.2,delay=0:2,gravity=on`, or the name of a set, which what stands behind it
 * changes: `transfer,payload=0:2`. One number is a range of that number alone.
 * @param applicable names of what can be drawn where the ranges are for; a set gives what is among them
 * @param owner what takes the ranges, for messages
 * @throws UsageError that names the entry, what was expected and what was found
 */
export function parseRanges(
  text: string,
  applicable: readonly DynamicsName[] = dynamicsNames,
  owner = 'an environment',
) {
  let ranges: DynamicsRanges = {};
  const said = new Set<string>();
  for (const entry of text.split(',').map((part) => part.trim())) {
    const [name, value] = splitAt(entry, '=');
    if (said.has(name)) throw new UsageError(`randomize: ${name} is expected once, found twice in "${text}"`);
    said.add(name);
    if (value === undefined && Object.hasOwn(dynamicsSets, name)) ranges = { ...ranges, ...setFor(name, applicable) };
    else ranges = { ...ranges, [name]: rangeOf(entry, name, value) };
  }
  return checkRanges(ranges, applicable, owner);
}

/** The ranges of a set, as far as they can be drawn. */
function setFor(name: string, applicable: readonly DynamicsName[]): DynamicsRanges {
  const entries = Object.entries(dynamicsSets[name].ranges);
  return Object.fromEntries(entries.filter(([name]) => (applicable as readonly string[]).includes(name)));
}

/** What gravity may be in words. */
const words: Readonly<Record<string, number>> = { on: 1, off: 0 };

function rangeOf(entry: string, name: string, value: string | undefined): readonly [number, number] {
  if (value === undefined) {
    const [names, sets] = [dynamicsNames, Object.keys(dynamicsSets)].map((list) => list.join(', '));
    throw new UsageError(
      `randomize: expected name=low:high, a name out of ${names}; or one of ${sets}; found "${entry}"`,
    );
  }
  const [first, last = first] = splitAt(value, ':');
  const read = (text: string) =>
    (name === 'gravity' ? words[text] : undefined) ?? (text.trim() === '' ? Number.NaN : Number(text));
  const range = [read(first), read(last)] as const;
  if (range.every(Number.isFinite)) return range;
  throw new UsageError(`randomize: expected ${name}=low:high, as ${name}=0:1, or one number; found "${entry}"`);
}

function splitAt(text: string, mark: string): readonly [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/**
 * The ranges in the order of the fields.
 * @throws UsageError for a name that cannot be drawn there, a range whose ends are exchanged, or one out of bounds
 */
export function checkRanges(
  ranges: Readonly<Record<string, readonly [number, number] | undefined>>,
  applicable: readonly DynamicsName[] = dynamicsNames,
  owner = 'an environment',
): DynamicsRanges {
  for (const name of Object.keys(ranges)) {
    const isKnown = (dynamicsNames as readonly string[]).includes(name);
    if (!isKnown) throw new UsageError(`randomize: expected one of ${dynamicsNames.join(', ')}; found "${name}"`);
    if ((applicable as readonly string[]).includes(name)) continue;
    throw new UsageError(`randomize: ${owner} has no "${name}" to vary; it has: ${applicable.join(', ')}`);
  }
  const inOrder = dynamicsFields.flatMap((field) => {
    const range: unknown = ranges[field.name];
    return range === undefined ? [] : [[field.name, checkRange(field, range)] as const];
  });
  return Object.fromEntries(inOrder);
}

function checkRange(field: DynamicsField, range: unknown): readonly [number, number] {
  const { name, low, high, whole: integer } = field;
  if (!isPair(range))
    throw new UsageError(`randomize: ${name} is expected as [low, high], found ${JSON.stringify(range)}`);
  const [from, to] = range;
  const found = from === to ? String(from) : `${from}:${to}`;
  const isInside = [from, to].every((end) => end >= low && end <= high && (!integer || Number.isInteger(end)));
  if (!isInside) {
    throw new UsageError(
      `randomize: ${name} is expected to be ${rangeInWords({ default: 0, description: '', low, high, integer })}, found ${found}`,
    );
  }
  if (from > to) throw new UsageError(`randomize: ${name} is expected as low:high, found ${found}`);
  return [from, to];
}

function isPair(range: unknown): range is readonly [number, number] {
  return Array.isArray(range) && range.length === 2 && range.every((end) => typeof end === 'number');
}

/** Ranges as `parseRanges` reads them. */
export function rangesText(ranges: DynamicsRanges): string {
  const entries = dynamicsNames.flatMap((name) => {
    const [low, high] = ranges[name] ?? [];
    return low === undefined ? [] : [`${name}=${low === high ? low : `${low}:${high}`}`];
  });
  return entries.join(',') || 'nominal';
}
