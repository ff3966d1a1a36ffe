import { fromRollPitchYaw } from '../../math/axis-angle.ts';
import { identity, type Vec3 } from '../../math/rotation.ts';
import type { Frame } from '../types.ts';
import { quoted } from './words.ts';
import { type Element, fail } from './xml.ts';

/** Numbers and names in the attributes of elements. */

/** Farthest from its parent that anything may stand, m; the same bound holds for arms that are modules. */
const farthest = 1000;

/** A finite decimal number: what JavaScript reads besides, such as hexadecimal or an empty string, is a slip here. */
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The first child of a name, which may be absent; further ones are noted and left out. */
export function childOf(element: Element, name: string, notes: string[]): Element | undefined {
  const [first, second] = element.children.filter((child) => child.name === name);
  if (second) notes.push(`line ${second.line}: ${second.element} stands there a second time; the first one counts`);
  return first;
}

/** @throws UrdfError where the attribute is missing */
export function textOf(element: Element, attribute: string): string {
  const text = element.attributes[attribute];
  if (text === undefined) fail(element, `expected the attribute ${attribute}, found ${foundIn(element)}`);
  return text.trim();
}

/** @throws UrdfError where a name is missing, empty or longer than anything that could be shown */
export function nameOf(element: Element, attribute = 'name'): string {
  const name = textOf(element, attribute);
  if (!name) fail(element, `expected a name as ${attribute}, found an empty one`);
  if (name.length > 200) fail(element, `expected a ${attribute} of at most 200 characters, found ${name.length}`);
  return name;
}

/** @throws UrdfError for what is no finite number, and for none where there is no `otherwise` */
export function numberOf(element: Element, attribute: string, otherwise?: number): number {
  if (otherwise !== undefined && element.attributes[attribute] === undefined) return otherwise;
  const [value] = numbersOf(element, attribute, 1);
  return value;
}

/** A number that may be absent. */
export function optionalNumberOf(element: Element | undefined, attribute: string): number | undefined {
  return element?.attributes[attribute] === undefined ? undefined : numberOf(element, attribute);
}

/** @throws UrdfError for what is not three finite numbers */
export function vectorOf(element: Element, attribute: string, otherwise?: Vec3): Vec3 {
  if (otherwise && element.attributes[attribute] === undefined) return otherwise;
  const [x, y, z] = numbersOf(element, attribute, 3);
  return [x, y, z];
}

function numbersOf(element: Element, attribute: string, count: number): number[] {
  const text = textOf(element, attribute);
  const words = text ? text.split(/\s+/) : [];
  const values = words.map((word) => (decimal.test(word) ? Number(word) : Number.NaN));
  if (words.length !== count || !values.every(Number.isFinite)) {
    const expected = count === 1 ? 'a finite number' : `${count} finite numbers`;
    fail(element, `expected ${expected} as ${attribute}, found ${quoted(text)}`);
  }
  if (values.some((value) => Math.abs(value) > 1e12)) {
    fail(element, `expected numbers within 1e12 as ${attribute}, found ${quoted(text)}`);
  }
  return values;
}

/** A length that a solid can have, m. */
export function extentOf(element: Element, attribute: string): number {
  return checkedExtent(element, attribute, numberOf(element, attribute));
}

export function checkedExtent(element: Element, attribute: string, value: number): number {
  if (value >= 0 && value <= farthest) return value;
  return fail(element, `expected a length from 0 to ${farthest} m as ${attribute}, found ${value}`);
}

/** `<origin>` of an element; the element's own frame where there is none. */
export function originOf(element: Element, notes: string[]): Frame {
  const origin = childOf(element, 'origin', notes);
  if (!origin) return { position: [0, 0, 0], rotation: identity };
  const position = vectorOf(origin, 'xyz', [0, 0, 0]);
  if (position.some((value) => Math.abs(value) > farthest)) {
    fail(origin, `expected coordinates within ${farthest} m as xyz, found ${quoted(origin.attributes.xyz)}`);
  }
  return { position, rotation: fromRollPitchYaw(vectorOf(origin, 'rpy', [0, 0, 0])) };
}

function foundIn({ attributes }: Element): string {
  const names = Object.keys(attributes).map(quoted);
  return names.length ? `only ${names.slice(0, 8).join(', ')}` : 'none';
}
