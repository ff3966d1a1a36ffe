import type { Element } from './xml.ts';

/** Of materials one thing is read: whether they are dark, for pages have colours of their own. */

/** Luminance, from 0 to 1. */
const darkest = 0.2;

/** Names of the materials that the robot calls dark, for itself or in a link. */
export function darkMaterials(robot: Element): ReadonlySet<string> {
  const within = (element: Element): readonly Element[] =>
    element.children.flatMap((child) => [child, ...within(child)]);
  const materials = within(robot).filter(({ name }) => name === 'material');
  return new Set(materials.filter(isDarkMaterial).map(nameIn));
}

export function nameIn({ attributes }: Element): string {
  return attributes.name ?? '';
}

/** Undefined where the element has no colour, or none that can be read. */
export function isDarkMaterial({ children }: Element): boolean | undefined {
  const color = children.find(({ name }) => name === 'color');
  const [r, g, b] = (color?.attributes.rgba ?? '').trim().split(/\s+/).map(Number);
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return Number.isFinite(luminance) ? luminance < darkest : undefined;
}
