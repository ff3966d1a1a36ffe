import { type Random, stream } from '../../envs/math/random.ts';
import { readUrdf, UrdfError } from '../../envs/model/urdf/index.ts';
import { robots, textOf } from './robots.ts';

/** Files with something wrong in them. */

const marks = '<>/"\'=&;!?-[]{}$#% \n\t\0';
const values = [
  'nan',
  '-1',
  '0',
  '1e308',
  '1e-320',
  '',
  ' ',
  'a',
  '1 2',
  '0 0 0',
  '0x1',
  '&#0;',
  'fixed',
  'prismatic',
  'mimic',
];

/** Each changes a text somewhere; most of what comes of the first four is no XML any more. */
const mutators: readonly ((text: string, random: Random) => string)[] = [
  // A bit of a character.
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(8))) + text.slice(at + 1);
  },
  // A mark more.
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + marks[random.below(marks.length)] + text.slice(at);
  },
  // Some text less.
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + text.slice(at + 1 + random.below(60));
  },
  // A tag less.
  (text, random) => without(text, /<[^<>]*>/g, random, () => ''),
  // An element twice.
  (text, random) => without(text, /<[a-z]+ [^<>]*\/>/g, random, (found) => found + found),
  // Another value.
  (text, random) => without(text, /"[^"]*"/g, random, () => `"${values[random.below(values.length)]}"`),
  // A value of another place.
  (text, random) => {
    const all = text.match(/"[^"]*"/g) ?? [];
    return without(text, /"[^"]*"/g, random, () => all[random.below(all.length)]);
  },
  // Another number.
  (text, random) =>
    without(text, /[-\d.]+(?=[" ])/g, random, () => String(random.normal() * 10 ** (random.below(30) - 15))),
];

function without(text: string, pattern: RegExp, random: Random, change: (found: string) => string): string {
  const all = [...text.matchAll(pattern)];
  if (!all.length) return text;
  const { 0: found, index } = all[random.below(all.length)];
  return text.slice(0, index) + change(found) + text.slice(index + found.length);
}

/** A robot's file with one to four things changed. */
export function mutant(seed: number): string {
  const random = stream(seed, 'start');
  let text = textOf(robots[random.below(robots.length)]);
  const first = random.uniform() < 0.5 ? 0 : 4;
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    text = mutators[first + random.below(mutators.length - first)](text, random);
  }
  return text;
}

/** Reads so many mutants: each is read, or refused by one clear error. @returns how many were read */
export function readMutants(from: number, count: number): number {
  let read = 0;
  for (let seed = from; seed < from + count; seed++) {
    const text = mutant(seed);
    try {
      const { arm } = readUrdf(text, 'mutant.urdf');
      if (/:null|NaN|Infinity/.test(JSON.stringify(arm))) throw new Error(`mutant ${seed}: a number is none`);
      read++;
    } catch (error) {
      if (!(error instanceof UrdfError)) throw new Error(`mutant ${seed}: ${error}`, { cause: error });
      const isClear = /^mutant\.urdf:\d+: [^\n\r]+$/.test(error.message) && error.line <= text.split('\n').length;
      if (!isClear) throw new Error(`mutant ${seed}: ${error.message}`);
    }
  }
  return read;
}
