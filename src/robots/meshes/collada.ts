import { parseXml, XmlElement } from '@rgrove/parse-xml';
import type { MeshTriangles } from '../../../envs/model/urdf/index.ts';
import { printable } from '../../../envs/text.ts';
import { type Matrix, product, scaling, translation, turn, unit } from './matrix.ts';
import { assembled, fromStrip, once, type Placed, type Size, type Surface, trianglesOfStrip } from './pieces.ts';

/** Collada 1.4 and 1.5 (https://www.khronos.org/files/collada_spec_1_4.pdf): the triangles of its scene, without materials. */

/** Of nodes within nodes. */
const deepest = 64;
/** Of nodes, each counted once for each place where it stands. */
const mostPlaced = 10_000;
/** Of what scenes and nodes have in them, counted in the same way. */
const mostParts = 300_000;

/**
 * The triangles of a Collada file, in metres; its axes are turned so that what it calls up is z.
 * @throws Error for what is none, or is cut short
 */
export function readCollada(bytes: Uint8Array): MeshTriangles {
  const root = rootOf(new TextDecoder().decode(bytes));
  const asset = child(root, 'asset');
  const meter = Number((asset && child(asset, 'unit')?.attributes.meter) ?? 1);
  if (!(meter > 0 && meter < 1e6)) throw new Error('<unit>: expected meter="..", a positive number');
  const up = (asset && text(child(asset, 'up_axis'))) || 'Y_UP';
  const upright = uprights[up];
  if (!upright)
    throw new Error(`<up_axis>: expected ${Object.keys(uprights).join(', ')}, found ${printable(up.slice(0, 40))}`);
  const context: Context = {
    byId: idsOf(root),
    motionOf: once(motionOf),
    numbersOf: once(numbers),
    placed: [],
    nodes: 0,
    parts: 0,
  };
  const scale = product(upright, scaling([meter, meter, meter]));
  for (const scene of scenesOf(root, context)) {
    countParts(context, scene);
    for (const node of children(scene, 'node')) addNode(context, node, scale, 0);
  }
  return assembled(
    context.placed,
    (geometry) => sizesOf(context, geometry),
    (geometry) => surfacesOf(context, geometry),
  );
}

/** Turns that make an axis z. */
const uprights: Readonly<Record<string, Matrix>> = {
  Z_UP: unit,
  Y_UP: [1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1],
  X_UP: [0, 0, 1, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 1],
};

interface Context {
  readonly byId: ReadonlyMap<string, XmlElement>;
  readonly motionOf: (element: XmlElement) => Matrix;
  readonly numbersOf: (element: XmlElement) => number[];
  /** Geometries. */
  readonly placed: Placed<XmlElement>[];
  nodes: number;
  parts: number;
}

function rootOf(source: string): XmlElement {
  if (/<!DOCTYPE|<!ENTITY/i.test(source)) throw new Error('expected no document type, found one');
  const start = source.replace(/^\uFEFF/, '').trimStart();
  const root = parsed(start);
  if (root.name === 'COLLADA') return root;
  throw new Error(`expected <COLLADA>, found <${printable(root.name.slice(0, 40))}>`);
}

function parsed(source: string): XmlElement {
  try {
    return parseXml(source).root as XmlElement;
  } catch (error) {
    // The parser calls itself for each level of nesting.
    if (error instanceof RangeError) throw new Error('expected XML, found some that is nested too deeply');
    const [what] = (error as Error).message.split('\n');
    throw new Error(`expected well-formed XML, found: ${printable(what)}`);
  }
}

function children(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((each): each is XmlElement => each instanceof XmlElement && each.name === name);
}

function child(element: XmlElement, name: string): XmlElement | undefined {
  return children(element, name)[0];
}

function text(element: XmlElement | undefined): string {
  return element?.text.trim() ?? '';
}

function idsOf(root: XmlElement): Map<string, XmlElement> {
  const found = new Map<string, XmlElement>();
  const visit = (element: XmlElement) => {
    const { id } = element.attributes;
    if (id !== undefined && !found.has(id)) found.set(id, element);
    for (const each of element.children) if (each instanceof XmlElement) visit(each);
  };
  visit(root);
  return found;
}

/** What an address within the file, as #arm, stands for. */
function at({ byId }: Context, address: string | undefined, name: string, from: string): XmlElement {
  const found = address?.startsWith('#') ? byId.get(address.slice(1)) : undefined;
  if (found?.name === name) return found;
  throw new Error(
    `<${from}>: expected the address of a <${name}> in the file, found ${printable((address ?? 'none').slice(0, 80))}`,
  );
}

/** The scene that is shown, else all that there are. */
function scenesOf(root: XmlElement, context: Context): XmlElement[] {
  const shown = children(root, 'scene').flatMap((scene) => children(scene, 'instance_visual_scene'));
  if (shown.length)
    return shown.map(({ attributes }) => at(context, attributes.url, 'visual_scene', 'instance_visual_scene'));
  return children(root, 'library_visual_scenes').flatMap((library) => children(library, 'visual_scene'));
}

function addNode(context: Context, node: XmlElement, parent: Matrix, depth: number): void {
  if (depth > deepest) throw new Error(`<node>: expected at most ${deepest} within each other, found more`);
  if (++context.nodes > mostPlaced) throw new Error(`<node>: expected at most ${mostPlaced}, found more`);
  countParts(context, node);
  let transform = parent;
  for (const each of node.children) {
    if (each instanceof XmlElement) transform = product(transform, context.motionOf(each));
  }
  for (const { attributes } of children(node, 'instance_geometry')) {
    context.placed.push({ what: at(context, attributes.url, 'geometry', 'instance_geometry'), transform });
  }
  for (const inner of children(node, 'node')) addNode(context, inner, transform, depth + 1);
  for (const { attributes } of children(node, 'instance_node')) {
    addNode(context, at(context, attributes.url, 'node', 'instance_node'), transform, depth + 1);
  }
}

function countParts(context: Context, { children }: XmlElement): void {
  context.parts += children.length;
  if (context.parts <= mostParts) return;
  throw new Error(`<node>: expected at most ${mostParts} parts of nodes, found more`);
}

/** What an element of a node does to all that the node carries; those of other kinds do nothing. */
function motionOf(element: XmlElement): Matrix {
  switch (element.name) {
    case 'matrix': {
      const rows = numbers(element, 16);
      return rows.map((_, i) => rows[4 * (i % 4) + Math.floor(i / 4)]);
    }
    case 'translate': {
      const [x, y, z] = numbers(element, 3);
      return translation([x, y, z]);
    }
    case 'scale': {
      const [x, y, z] = numbers(element, 3);
      return scaling([x, y, z]);
    }
    case 'rotate': {
      const [x, y, z, degrees] = numbers(element, 4);
      return turn([x, y, z], (degrees * Math.PI) / 180);
    }
    case 'lookat':
    case 'skew':
      throw new Error(
        `<${element.name}>: expected matrix, translate, rotate and scale, found this one, which is not read`,
      );
    default:
      return unit;
  }
}

function numbers(element: XmlElement, length?: number): number[] {
  const content = text(element);
  const values = content === '' ? [] : content.split(/\s+/).map(Number);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new Error(`<${element.name}>: expected numbers, found another in place ${wrong + 1}`);
  if (length !== undefined && values.length !== length) {
    throw new Error(`<${element.name}>: expected ${length} numbers, found ${values.length}`);
  }
  return values;
}

/** How many numbers an element has: counted without room for them. */
function countOf(element: XmlElement): number {
  const content = text(element);
  const word = /\S+/g;
  let count = 0;
  while (word.test(content)) count++;
  return count;
}

/** How the corners of a surface make triangles. */
interface Kind {
  /** @param lengths of its lists of corners */
  readonly count: (lengths: readonly number[], surface: XmlElement) => number;
  readonly triangles: (lists: readonly number[][], surface: XmlElement) => number[];
}

const strips: Kind['count'] = (lengths) => total(lengths.map(trianglesOfStrip));
const fans: Kind = { count: strips, triangles: (lists) => lists.flatMap((list) => fromStrip(list, true)) };

const kinds: Readonly<Record<string, Kind>> = {
  triangles: { count: (lengths) => total(lengths) / 3, triangles: (lists) => lists.flat() },
  tristrips: { count: strips, triangles: (lists) => lists.flatMap((list) => fromStrip(list, false)) },
  trifans: fans,
  polygons: fans,
  polylist: { count: countPolygons, triangles: fromPolygons },
};

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function countPolygons(lengths: readonly number[], surface: XmlElement): number {
  let count = 0;
  for (const each of children(surface, 'vcount')) {
    // What is no number of corners is found when it is read.
    for (const [size] of text(each).matchAll(/\S+/g)) count += trianglesOfStrip(Number(size)) || 0;
  }
  return Math.min(count, total(lengths));
}

function fromPolygons(lists: readonly number[][], surface: XmlElement): number[] {
  const sizes = children(surface, 'vcount').flatMap((each) => numbers(each));
  if (!sizes.every((size) => Number.isInteger(size) && size >= 0))
    throw new Error('<vcount>: expected whole numbers, found another');
  const corners = lists.flat();
  if (total(sizes) !== corners.length)
    throw new Error(`<polylist>: expected ${total(sizes)} corners by its <vcount>, found ${corners.length}`);
  const triangles: number[] = [];
  let from = 0;
  for (const size of sizes) {
    for (let i = 2; i < size; i++) triangles.push(corners[from], corners[from + i - 1], corners[from + i]);
    from += size;
  }
  return triangles;
}

/** The surfaces of a geometry. */
function drawnOf(geometry: XmlElement): XmlElement[] {
  return children(geometry, 'mesh').flatMap((mesh) => Object.keys(kinds).flatMap((kind) => children(mesh, kind)));
}

/** The elements that list a surface's corners. */
function listsOf(surface: XmlElement): XmlElement[] {
  const plain = children(surface, 'p');
  // A polygon with holes has its outline first.
  return surface.name === 'polygons'
    ? [...plain, ...children(surface, 'ph').flatMap((ph) => children(ph, 'p'))]
    : plain;
}

/** Where a surface's corners stand in its lists; null where it has none. */
function layoutOf(surface: XmlElement) {
  const inputs = children(surface, 'input').map(({ attributes: { semantic, source, offset = '0' } }) => ({
    semantic,
    source,
    offset: Number(offset),
  }));
  if (inputs.some(({ offset }) => !(Number.isInteger(offset) && offset >= 0 && offset < 64))) {
    throw new Error(`<input> of <${surface.name}>: expected an offset from 0 to 63`);
  }
  const vertex = inputs.find(({ semantic }) => semantic === 'VERTEX');
  if (vertex) return { vertex, stride: 1 + Math.max(...inputs.map(({ offset }) => offset)) };
  if (children(surface, 'p').length === 0) return null;
  throw new Error(`<${surface.name}>: expected an <input semantic="VERTEX">, found none`);
}

function sizesOf(context: Context, geometry: XmlElement): Size[] {
  return drawnOf(geometry).flatMap((surface) => {
    const layout = layoutOf(surface);
    if (!layout) return [];
    const lengths = listsOf(surface).map((list) => countOf(list) / layout.stride);
    const triangles = kinds[surface.name].count(lengths, surface);
    return triangles > 0 ? [{ triangles, corners: cornersAt(context, layout.vertex.source).count }] : [];
  });
}

function surfacesOf(context: Context, geometry: XmlElement): Surface[] {
  return drawnOf(geometry).flatMap((surface) => {
    const layout = layoutOf(surface);
    if (!layout) return [];
    const { vertex, stride } = layout;
    const lists = listsOf(surface).map((list) => {
      const all = numbers(list);
      if (all.length % stride)
        throw new Error(`<p>: expected ${stride} numbers for each corner, found ${all.length} in all`);
      return Array.from({ length: all.length / stride }, (_, i) => all[i * stride + vertex.offset]);
    });
    const indices = kinds[surface.name].triangles(lists, surface);
    if (!indices.length) return [];
    if (indices.length % 3)
      throw new Error(`<${surface.name}>: expected three corners for each triangle, found ${indices.length} in all`);
    const wrong = indices.find((corner) => !(Number.isInteger(corner) && corner >= 0));
    if (wrong !== undefined) throw new Error(`<p>: expected numbers of corners, found ${wrong}`);
    return [{ positions: positionsOf(context, vertex.source), indices }];
  });
}

/** Where the corners stand that the vertices at an address have. */
function cornersAt(context: Context, address: string | undefined) {
  const vertices = at(context, address, 'vertices', 'input');
  const input = children(vertices, 'input').find(({ attributes }) => attributes.semantic === 'POSITION');
  if (!input) throw new Error('<vertices>: expected an <input semantic="POSITION">, found none');
  const source = at(context, input.attributes.source, 'source', 'input');
  const common = child(source, 'technique_common');
  const accessor = common && child(common, 'accessor');
  if (!accessor) throw new Error('<source>: expected an <accessor>, found none');
  const [count, stride, offset] = (['count', 'stride', 'offset'] as const).map((name) =>
    Number(accessor.attributes[name] ?? (name === 'stride' ? 1 : 0)),
  );
  const isWhole = [count, stride, offset].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!isWhole || stride < 3) throw new Error('<accessor>: expected a whole count, and a stride of at least 3');
  return { values: at(context, accessor.attributes.source, 'float_array', 'accessor'), count, stride, offset };
}

function positionsOf(context: Context, address: string | undefined): Float64Array {
  const { values: element, count, stride, offset } = cornersAt(context, address);
  const values = context.numbersOf(element);
  const needed = count && offset + (count - 1) * stride + 3;
  if (needed > values.length)
    throw new Error(`<float_array>: expected at least ${needed} numbers, found ${values.length}`);
  return Float64Array.from({ length: 3 * count }, (_, i) => values[offset + Math.floor(i / 3) * stride + (i % 3)]);
}
