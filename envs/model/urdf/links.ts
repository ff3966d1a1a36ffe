import type { Vec3 } from '../../math/rotation.ts';
import { placed } from '../inertia.ts';
import type { Frame, Inertial } from '../types.ts';
import { isDarkMaterial, nameIn } from './materials.ts';
import { checkedExtent, childOf, extentOf, nameOf, numberOf, originOf, textOf, vectorOf } from './values.ts';
import { quoted } from './words.ts';
import { type Element, fail } from './xml.ts';

/** A link as the file has it. */
export interface Link {
  readonly name: string;
  readonly element: Element;
  /** In the link's frame; absent where the file gives none, or no mass. */
  readonly inertial?: Inertial & { readonly element: Element };
  readonly visuals: readonly Geometry[];
  readonly collisions: readonly Geometry[];
}

/** A solid or a mesh in a link's frame; a cylinder and a capsule lie along their z axis, and a capsule's ends are not counted in. */
export type Geometry = { readonly frame: Frame; readonly element: Element } & (
  | { readonly kind: 'box'; readonly size: Vec3 }
  | { readonly kind: 'sphere'; readonly radius: number }
  | { readonly kind: 'cylinder' | 'capsule'; readonly radius: number; readonly length: number }
  | {
      readonly kind: 'mesh';
      readonly uri: string;
      readonly scale: Vec3;
      /** Whether the file has it in a dark colour, as motors and grips are. */
      readonly isDark: boolean;
    }
);

/** @throws UrdfError that names what is missing or cannot be */
export function readLink(element: Element, darkMaterials: ReadonlySet<string>, notes: string[]): Link {
  return {
    name: nameOf(element),
    element,
    inertial: readInertial(element, notes),
    visuals: geometriesOf(element, 'visual', darkMaterials, notes),
    collisions: geometriesOf(element, 'collision', darkMaterials, notes),
  };
}

function readInertial(link: Element, notes: string[]): Link['inertial'] {
  const element = childOf(link, 'inertial', notes);
  const massElement = element && childOf(element, 'mass', notes);
  if (!element) return undefined;
  if (!massElement) return fail(element, 'expected <mass value="..">, found none');
  const mass = numberOf(massElement, 'value');
  if (mass < 0) fail(massElement, `expected a mass of at least 0 kg, found ${mass}`);
  const tensor = childOf(element, 'inertia', notes);
  if (!tensor && mass > 0) fail(element, 'expected <inertia ixx=".." ..>, found none');
  if (!tensor || mass === 0) return undefined;
  const [xx, yy, zz] = ['ixx', 'iyy', 'izz'].map((name) => numberOf(tensor, name));
  const [xy, xz, yz] = ['ixy', 'ixz', 'iyz'].map((name) => numberOf(tensor, name, 0));
  const { position, rotation } = originOf(element, notes);
  const own: Inertial = { mass, center: [0, 0, 0], inertia: [xx, yy, zz, xy, xz, yz] };
  return { ...placed(own, position, rotation), element: tensor };
}

function geometriesOf(
  link: Element,
  name: 'visual' | 'collision',
  darkMaterials: ReadonlySet<string>,
  notes: string[],
): Geometry[] {
  return link.children
    .filter((child) => child.name === name)
    .flatMap((element) => {
      const geometry = childOf(element, 'geometry', notes);
      const [solid, second] = geometry?.children ?? [];
      if (!solid) {
        notes.push(`line ${element.line}: ${element.element} has no geometry; ignored`);
        return [];
      }
      if (second)
        notes.push(`line ${second.line}: ${second.element} stands beside another solid; the first one counts`);
      const material = element.children.find((child) => child.name === 'material');
      const isDark = material !== undefined && (isDarkMaterial(material) ?? darkMaterials.has(nameIn(material)));
      const read = solidOf(solid, originOf(element, notes), isDark);
      if (!read) notes.push(`line ${solid.line}: ${solid.element} is no solid that is known; ignored`);
      else if (isFlat(read)) notes.push(`line ${solid.line}: ${solid.element} has no extent; ignored`);
      else return [read];
      return [];
    });
}

function solidOf(element: Element, frame: Frame, isDark: boolean): Geometry | null {
  switch (element.name) {
    case 'box': {
      const [x, y, z] = vectorOf(element, 'size').map((size) => checkedExtent(element, 'size', size));
      return { kind: 'box', frame, element, size: [x, y, z] };
    }
    case 'sphere':
      return { kind: 'sphere', frame, element, radius: extentOf(element, 'radius') };
    case 'cylinder':
    case 'capsule': {
      const [radius, length] = [extentOf(element, 'radius'), extentOf(element, 'length')];
      return { kind: element.name, frame, element, radius, length };
    }
    case 'mesh': {
      const uri = textOf(element, 'filename');
      if (!uri || uri.length > 1000) fail(element, `expected the name of a file as filename, found ${quoted(uri)}`);
      const scale = vectorOf(element, 'scale', [1, 1, 1]);
      if (scale.some((value) => Math.abs(value) > 1e6)) {
        fail(element, `expected factors within 1e6 as scale, found ${quoted(element.attributes.scale)}`);
      }
      return { kind: 'mesh', frame, element, uri, scale, isDark };
    }
    default:
      return null;
  }
}

/** Whether a solid is thinner than anything that can be drawn, 1 micrometre. */
function isFlat(geometry: Geometry): boolean {
  const least = 1e-6;
  if (geometry.kind === 'mesh') return geometry.scale.includes(0);
  if (geometry.kind === 'box') return Math.min(...geometry.size) < least;
  return geometry.radius < least || (geometry.kind === 'cylinder' && geometry.length < least);
}
