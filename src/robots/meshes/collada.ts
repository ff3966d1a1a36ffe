import { parseXml, XmlElement } from '@rgrove/parse-xml';
import type { MeshTriangles } from '../../../envs/model/urdf/index.ts';
import { printable } from '../../../envs/text.ts';
import { type Matrix, product, scaling, translation, turn, unit } from './matrix.ts';
import { fromStrip, joined, type Piece } from './pieces.ts';

/** Collada 1.4 and 1.5 (https://www.khronos.org/files/collada_spec_1_4.pdf): the triangles of its scene, without materials. */

/** Of nodes within nodes. */
const deepest = 64;
/** Of what stands in several places, counted once for each. */
const mostPlaced = 10_000;

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
  const context: Context = { byId: idsOf(root), pieces: [], placed: 0 };
  const scale = product(upright, scaling([meter, meter, meter]));
  for (const scene of scenesOf(root, context)) {
    for (const node of children(scene, 'node')) addNode(context, node, scale, 0);
  }
  return joined(context.pieces);
}

/** Turns that make an axis z. */
const uprights: Readonly<Record<string, Matrix>> = {
  Z_UP: unit,
  Y_UP: [1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1],
  X_UP: [0, 0, 1, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 1],
};

interface Context {
  readonly byId: ReadonlyMap<string, XmlElement>;
  readonly pieces: Piece[];
  placed: number;
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
  if (++context.placed > mostPlaced) throw new Error(`<node>: expected at most ${mostPlaced}, found more`);
  let transform = parent;
  for (const each of node.children) {
    if (each instanceof XmlElement) transform = product(transform, motionOf(each));
  }
  for (const { attributes } of children(node, 'instance_geometry')) {
    addGeometry(context, at(context, attributes.url, 'geometry', 'instance_geometry'), transform);
  }
  for (const inner of children(node, 'node')) addNode(context, inner, transform, depth + 1);
  for (const { attributes } of children(node, 'instance_node')) {
    addNode(context, at(context, attributes.url, 'node', 'instance_node'), transform, depth + 1);
  }
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

function addGeometry(context: Context, geometry: XmlElement, transform: Matrix): void {
  for (const mesh of children(geometry, 'mesh')) {
    for (const kind of Object.keys(surfaces)) {
      for (const surface of children(mesh, kind)) addSurface(context, surface, transform);
    }
  }
}

/** How the corners of a surface make triangles, by rows of a list of corners. */
const surfaces: Readonly<Record<string, (surface: XmlElement, rows: (p: XmlElement) => number[]) => number[]>> = {
  triangles: (surface, rows) => children(surface, 'p').flatMap(rows),
  tristrips: (surface, rows) => children(surface, 'p').flatMap((p) => fromStrip(rows(p), false)),
  trifans: (surface, rows) => children(surface, 'p').flatMap((p) => fromStrip(rows(p), true)),
  polygons: (surface, rows) =>
    // A polygon with holes has its outline first.
    [...children(surface, 'p'), ...children(surface, 'ph').flatMap((ph) => children(ph, 'p'))].flatMap((p) =>
      fromStrip(rows(p), true),
    ),
  polylist(surface, rows) {
    const sizes = children(surface, 'vcount').flatMap((each) => numbers(each));
    const corners = children(surface, 'p').flatMap(rows);
    const triangles: number[] = [];
    let from = 0;
    for (const size of sizes) {
      if (!(Number.isInteger(size) && size >= 0)) throw new Error('<vcount>: expected whole numbers, found another');
      for (let i = 2; i < size; i++) triangles.push(corners[from], corners[from + i - 1], corners[from + i]);
      from += size;
    }
    if (from !== corners.length)
      throw new Error(`<polylist>: expected ${from} corners by its <vcount>, found ${corners.length}`);
    return triangles;
  },
};

function addSurface(context: Context, surface: XmlElement, transform: Matrix): void {
  const inputs = children(surface, 'input').map(({ attributes: { semantic, source, offset = '0' } }) => ({
    semantic,
    source,
    offset: Number(offset),
  }));
  if (inputs.some(({ offset }) => !(Number.isInteger(offset) && offset >= 0 && offset < 64))) {
    throw new Error(`<input> of <${surface.name}>: expected an offset from 0 to 63`);
  }
  const vertex = inputs.find(({ semantic }) => semantic === 'VERTEX');
  if (!vertex) {
    if (children(surface, 'p').length === 0) return;
    throw new Error(`<${surface.name}>: expected an <input semantic="VERTEX">, found none`);
  }
  const stride = 1 + Math.max(...inputs.map(({ offset }) => offset));
  const rows = (p: XmlElement) => {
    const all = numbers(p);
    if (all.length % stride)
      throw new Error(`<p>: expected ${stride} numbers for each corner, found ${all.length} in all`);
    return Array.from({ length: all.length / stride }, (_, i) => all[i * stride + vertex.offset]);
  };
  const indices = surfaces[surface.name](surface, rows);
  if (!indices.length) return;
  if (indices.length % 3)
    throw new Error(`<${surface.name}>: expected three corners for each triangle, found ${indices.length} in all`);
  const wrong = indices.find((corner) => !(Number.isInteger(corner) && corner >= 0));
  if (wrong !== undefined) throw new Error(`<p>: expected numbers of corners, found ${wrong}`);
  context.pieces.push({ positions: positionsOf(context, vertex.source), indices, transform });
}

/** The corners that the vertices at an address have. */
function positionsOf(context: Context, address: string): Float64Array {
  const vertices = at(context, address, 'vertices', 'input');
  const input = children(vertices, 'input').find(({ attributes }) => attributes.semantic === 'POSITION');
  if (!input) throw new Error('<vertices>: expected an <input semantic="POSITION">, found none');
  const source = at(context, input.attributes.source, 'source', 'input');
  const common = child(source, 'technique_common');
  const accessor = common && child(common, 'accessor');
  if (!accessor) throw new Error('<source>: expected an <accessor>, found none');
  const values = numbers(at(context, accessor.attributes.source, 'float_array', 'accessor'));
  const [count, stride, offset] = (['count', 'stride', 'offset'] as const).map((name) =>
    Number(accessor.attributes[name] ?? (name === 'stride' ? 1 : 0)),
  );
  const isWhole = [count, stride, offset].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!isWhole || stride < 3) throw new Error('<accessor>: expected a whole count, and a stride of at least 3');
  const needed = count && offset + (count - 1) * stride + 3;
  if (needed > values.length)
    throw new Error(`<float_array>: expected at least ${needed} numbers, found ${values.length}`);
  return Float64Array.from({ length: 3 * count }, (_, i) => values[offset + Math.floor(i / 3) * stride + (i % 3)]);
}
