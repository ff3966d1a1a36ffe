import { describe, expect, it, vi } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import type { MeshTriangles } from '../../envs/model/urdf/index.ts';
import { meshInertial } from '../../envs/model/urdf/solids.ts';
import { readCollada } from '../../src/robots/meshes/collada.ts';
import { readGltf } from '../../src/robots/meshes/gltf.ts';
import { readObj } from '../../src/robots/meshes/obj.ts';
import { readStl } from '../../src/robots/meshes/stl.ts';
import { boxStl } from './crane.ts';
import { boxCollada, boxGltf, boxObj, bytesOf, type GltfParts, glb, gltfBuffer, type Size } from './mesh-files.ts';

const size: Size = [1, 2, 3];
const noFile = (uri: string): never => {
  throw new Error(`expected no other file, found ${uri}`);
};
const gltf = (parts: GltfParts = {}) => readGltf(boxGltf(parts), noFile);

/** Each triangle as its corners, the least one first, in one order: the same for the same surface. */
function surfaceOf({ positions, indices }: MeshTriangles): string[] {
  const corner = (i: number) => Array.from(positions.subarray(3 * i, 3 * i + 3), (x) => (x + 0).toFixed(4)).join(' ');
  return Array.from({ length: indices.length / 3 }, (_, t) => {
    const three = [0, 1, 2].map((k) => corner(indices[3 * t + k]));
    const first = three.indexOf([...three].sort()[0]);
    return [0, 1, 2].map((k) => three[(first + k) % 3]).join(', ');
  }).sort();
}

const identity = { position: [0, 0, 0], rotation: [0, 0, 0, 1] } as const;

/** Of what the mesh encloses, m^3; negative where it is inside out. */
function volumeOf(mesh: MeshTriangles): number {
  const point = (i: number) => mesh.positions.subarray(3 * mesh.indices[i], 3 * mesh.indices[i] + 3);
  let six = 0;
  for (let i = 0; i < mesh.indices.length; i += 3) {
    const [[a, b, c], [d, e, f], [g, h, j]] = [point(i), point(i + 1), point(i + 2)];
    six += a * (e * j - f * h) + b * (f * g - d * j) + c * (d * h - e * g);
  }
  return six / 6;
}

describe('a box', () => {
  const box = readStl(boxStl(size));
  const formats: Readonly<Record<string, MeshTriangles>> = {
    OBJ: readObj(boxObj(size)),
    'glTF in text': gltf(),
    'glTF without indices': gltf({ isIndexed: false }),
    'glTF in binary': gltf({ isBinary: true }),
    'glTF with a file beside it': readGltf(boxGltf({ uri: 'box%201.bin' }), (uri) =>
      uri === 'box%201.bin' ? gltfBuffer() : noFile(uri),
    ),
    'Collada of triangles': readCollada(boxCollada()),
    'Collada of a list of polygons': readCollada(boxCollada({ kind: 'polylist' })),
    'Collada of polygons': readCollada(boxCollada({ kind: 'polygons' })),
    'Collada of fans': readCollada(boxCollada({ kind: 'trifans' })),
  };

  it.each(Object.entries(formats))('is the same in %s', (_format, mesh) => {
    expect(surfaceOf(mesh)).toEqual(surfaceOf(box));
    expect(volumeOf(mesh)).toBeCloseTo(6, 5);
    const found = meshInertial(mesh, [1, 1, 1], identity, 1000);
    expect(found).toMatchObject({ isClosed: true });
    expect(found?.inertial.mass).toBeCloseTo(6000, 2);
  });
});

/** Least and greatest along each axis. */
function boundsOf({ positions }: MeshTriangles): number[][] {
  return [0, 1, 2].map((k) => {
    const values = Array.from(positions).filter((_, i) => i % 3 === k);
    return [Math.min(...values), Math.max(...values)].map((value) => Number(value.toFixed(5)) + 0);
  });
}

const half = Math.SQRT1_2;

describe('glTF', () => {
  it.each<[string, object, number[][]]>([
    [
      'moved',
      { translation: [1, 0, -1] },
      [
        [1, 2],
        [0, 2],
        [-1, 2],
      ],
    ],
    [
      'turned about z',
      { rotation: [0, 0, half, half] },
      [
        [-2, 0],
        [0, 1],
        [0, 3],
      ],
    ],
    [
      'scaled, then turned, then moved',
      { scale: [2, 1, 1], rotation: [0, 0, half, half], translation: [0, 0, 5] },
      [
        [-2, 0],
        [0, 2],
        [5, 8],
      ],
    ],
    [
      'mirrored',
      { scale: [-1, 1, 1] },
      [
        [-1, 0],
        [0, 2],
        [0, 3],
      ],
    ],
    [
      'by a matrix',
      { matrix: [0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, 7, 0, 0, 1] },
      [
        [5, 7],
        [0, 1],
        [0, 3],
      ],
    ],
  ])('places a node that is %s', (_how, node, bounds) => {
    const mesh = gltf({ node });
    expect(boundsOf(mesh)).toEqual(bounds);
    // Outwards stays outwards.
    expect(volumeOf(mesh)).toBeGreaterThan(5.9);
  });

  it('places nodes by those that carry them, and one mesh in several places', () => {
    const change = (document: Record<string, unknown>) => {
      document.scenes = [{ nodes: [0] }];
      document.nodes = [{ translation: [10, 0, 0], children: [1, 2] }, { mesh: 0 }, { mesh: 0, scale: [2, 2, 2] }];
    };
    const mesh = gltf({ change });
    expect(boundsOf(mesh)).toEqual([
      [10, 12],
      [0, 4],
      [0, 6],
    ]);
    expect(volumeOf(mesh)).toBeCloseTo(54, 3);
  });

  it('shows all nodes where there is no scene, and leaves out points and lines', () => {
    const change = (document: Record<string, never>) => {
      Object.assign(document, { scene: undefined, scenes: undefined });
      (document.meshes[0] as { primitives: object[] }).primitives.push({ attributes: { POSITION: 0 }, mode: 1 });
    };
    expect(volumeOf(gltf({ change }))).toBeCloseTo(6, 5);
  });

  it('reads numbers in fewer bits as the shares that they stand for', () => {
    const buffer = new Uint8Array([0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0]);
    const change = (document: Record<string, unknown>) => {
      document.accessors = [{ bufferView: 0, componentType: 5121, normalized: true, count: 3, type: 'VEC3' }];
      document.bufferViews = [{ buffer: 0, byteLength: 12, byteStride: 4 }];
      document.buffers = [
        { byteLength: 12, uri: `data:application/gltf-buffer;base64,${Buffer.from(buffer).toString('base64')}` },
      ];
    };
    expect([...gltf({ isIndexed: false, change }).positions]).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0]);
  });

  const set = (path: string, value: unknown) => (document: Record<string, never>) => {
    const keys = path.split('.');
    const last = keys.pop() as string;
    const owner = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, document);
    owner[last] = value;
  };
  const draco = { KHR_draco_mesh_compression: {} };

  it.each<[string, Uint8Array, RegExp]>([
    [
      'compressed by Draco',
      boxGltf({ change: set('extensionsRequired', Object.keys(draco)) }),
      /found KHR_draco_mesh_compression: export it without/,
    ],
    [
      'compressed by meshoptimizer',
      boxGltf({ change: set('bufferViews.0.extensions', { EXT_meshopt_compression: {} }) }),
      /found EXT_meshopt_compression/,
    ],
    [
      'compressed by Draco without saying so',
      boxGltf({
        change(document) {
          set('meshes.0.primitives.0.extensions', draco)(document);
          set('accessors.0.bufferView', undefined)(document);
        },
      }),
      /found KHR_draco_mesh_compression/,
    ],
    ['of version 1', boxGltf({ change: set('asset.version', '1.0') }), /expected glTF 2, found version 1\.0/],
    ['with sparse numbers', boxGltf({ change: set('accessors.0.sparse', {}) }), /accessors\.0: expected plain numbers/],
    [
      'with corners that are not there',
      boxGltf({ change: set('accessors.0.count', 4) }),
      /one of 4 corners, found 4|one of 4 corners/,
    ],
    [
      'with too short a buffer',
      boxGltf({ change: set('accessors.0.count', 9) }),
      /expected 108 bytes in buffer 0, found 96|accessors\.0: expected/,
    ],
    ['with nodes in a circle', boxGltf({ node: { children: [0] } }), /expected a tree, found node 0 twice/],
    ['with a mesh that is not there', boxGltf({ node: { mesh: 3 } }), /meshes: expected one of 1, found number 3/],
    ['without triangles', boxGltf({ change: set('meshes.0.primitives', []) }), /expected triangles, found none/],
    [
      'with a text for a number',
      boxGltf({ change: set('accessors.0.count', 'x') }),
      /accessors\.0\.count: expected number/,
    ],
    ['with data that is none', boxGltf({ uri: 'data:,hello' }), /expected data in base64/],
    [
      'with a strange kind of numbers',
      boxGltf({ change: set('accessors.0.componentType', 5124) }),
      /componentType from 5120/,
    ],
    ['that is no JSON', bytesOf('{"asset":'), /expected JSON/],
    ['in binary that is cut short', boxGltf({ isBinary: true }).subarray(0, 600), /expected \d+ bytes, found 600/],
    ['in binary without JSON', glb([[0x004e4942, new Uint8Array(4)]]), /expected a chunk of JSON first/],
  ])('%s is refused', (_what, bytes, words) => expect(() => readGltf(bytes, noFile)).toThrow(words));
});

describe('Collada', () => {
  it.each<[string, Parameters<typeof boxCollada>[0], number[][]]>([
    [
      'in inches',
      { unit: '<unit name="inch" meter="0.0254"/>' },
      [
        [0, 0.0254],
        [0, 0.0508],
        [0, 0.0762],
      ],
    ],
    [
      'without a unit',
      { unit: '' },
      [
        [0, 1],
        [0, 2],
        [0, 3],
      ],
    ],
    [
      'with y up',
      { up: 'Y_UP' },
      [
        [0, 1],
        [-3, 0],
        [0, 2],
      ],
    ],
    [
      'with x up',
      { up: 'X_UP' },
      [
        [-2, 0],
        [-3, 0],
        [0, 1],
      ],
    ],
    [
      'moved, then turned',
      { motion: '<translate>1 0 0</translate><rotate>0 0 1 90</rotate>' },
      [
        [-1, 1],
        [0, 1],
        [0, 3],
      ],
    ],
    [
      'scaled',
      { motion: '<scale>-2 1 1</scale>' },
      [
        [-2, 0],
        [0, 2],
        [0, 3],
      ],
    ],
    [
      'by a matrix',
      { motion: '<matrix>0 -1 0 7 1 0 0 0 0 0 1 0 0 0 0 1</matrix>' },
      [
        [5, 7],
        [0, 1],
        [0, 3],
      ],
    ],
    [
      'by nodes within nodes',
      {
        nodes: '<node><translate>5 0 0</translate><node><scale>2 2 2</scale><instance_node url="#kept"/></node></node>',
      },
      [
        [5, 7],
        [0, 4],
        [0, 6],
      ],
    ],
  ])('places a box %s', (_how, parts, bounds) => {
    const mesh = readCollada(boxCollada(parts));
    expect(boundsOf(mesh)).toEqual(bounds);
    expect(volumeOf(mesh)).toBeGreaterThan(0);
  });

  const without = (text: string, other: string, parts = {}) =>
    bytesOf(new TextDecoder().decode(boxCollada(parts)).replace(text, other));

  it.each<[string, Uint8Array, RegExp]>([
    ['that is no XML', bytesOf('solid box'), /expected well-formed XML/],
    ['that is cut short', boxCollada().subarray(0, 900), /expected well-formed XML/],
    ['that is something else', bytesOf('<robot/>'), /expected <COLLADA>, found <robot>/],
    [
      'with a document type',
      without('<COLLADA', '<!DOCTYPE a [<!ENTITY b "c">]><COLLADA'),
      /expected no document type/,
    ],
    [
      'with a letter for a number',
      without('>0 0 0 1 ', '>0 0 x 1 '),
      /<float_array>: expected numbers, found another in place 3/,
    ],
    ['with too few numbers', without('>0 0 0 1 ', '>0 1 '), /<float_array>: expected at least 24 numbers, found 22/],
    ['with corners that are not there', without('<p>0 0 ', '<p>0 99 '), /one of 8 corners, found 99/],
    ['with a corner too few', without('<p>0 0 ', '<p>'), /expected three corners for each triangle/],
    ['with half a corner', without('<p>0 0 ', '<p>0 '), /expected 2 numbers for each corner/],
    [
      'with polygons that do not add up',
      without('4 4 4</vcount>', '4 4 5</vcount>', { kind: 'polylist' }),
      /expected 25 corners by its <vcount>, found 24/,
    ],
    [
      'with a polygon of more corners than memory holds',
      without('4 4 4</vcount>', '4 4 4000000000</vcount>', { kind: 'polylist' }),
      /expected 4000000020 corners by its <vcount>, found 24/,
    ],
    [
      'with an address that leads nowhere',
      without('url="#box-mesh"/></node></library_nodes>', 'url="#none"/></node></library_nodes>', {
        nodes: '<node><instance_node url="#kept"/></node>',
      }),
      /address of a <geometry> in the file, found #none/,
    ],
    [
      'with nodes in a circle',
      boxCollada({ nodes: '<node id="a"><instance_node url="#a"/></node>' }),
      /expected at most 64 within each other/,
    ],
    [
      'with nodes that grow without end',
      boxCollada({
        nodes: Array.from(
          { length: 20 },
          (_, i) => `<node id="n${i}">${`<instance_node url="#n${i + 1}"/>`.repeat(i < 19 ? 2 : 0)}</node>`,
        ).join(''),
      }),
      /expected at most 10000, found more/,
    ],
    [
      'with a node of many parts in many places',
      boxCollada({
        nodes: `<node id="many">${'<instance_geometry url="#box-mesh"/>'.repeat(2000)}</node><node>${'<instance_node url="#many"/>'.repeat(150)}</node>`,
      }),
      /expected at most 300000 parts of nodes, found more/,
    ],
    ['with a unit of nothing', boxCollada({ unit: '<unit meter="0"/>' }), /<unit>: expected meter/],
    ['with an axis of its own', boxCollada({ up: 'W_UP' }), /<up_axis>: expected Z_UP, Y_UP, X_UP, found W_UP/],
    ['without triangles', boxCollada({ nodes: '' }), /expected triangles, found none/],
  ])('%s is refused', (_what, bytes, words) => expect(() => readCollada(bytes)).toThrow(words));
});

describe('a small file that asks for more than memory holds', () => {
  // Nothing can be opened or read here: to try is another error.
  const many = (parts: object) =>
    bytesOf(
      JSON.stringify({
        asset: { version: '2.0' },
        nodes: Array.from({ length: 400 }, () => ({ mesh: 0 })),
        meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
        bufferViews: [{ buffer: 0, byteLength: 4_800_000 }],
        buffers: [{ uri: 'corners.bin', byteLength: 4_800_000 }],
        ...parts,
      }),
    );
  const counts = (corners: number, indices: number) => ({
    accessors: [
      { bufferView: 0, componentType: 5126, count: corners, type: 'VEC3' },
      { bufferView: 0, componentType: 5125, count: indices, type: 'SCALAR' },
    ],
  });
  const primitive = (mode: number) => ({
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1, mode }] }],
  });
  const roots = { scenes: [{ nodes: Array.from({ length: 400 }, () => 0) }] };

  it.each<[string, Uint8Array, RegExp]>([
    ['triangles', many(counts(9, 1_200_000)), /^expected at most 5 million triangles, found 160 million$/],
    [
      'strips',
      many({ ...counts(9, 12_503), ...primitive(5) }),
      /^expected at most 5 million triangles, found 6 million$/,
    ],
    [
      'fans',
      many({ ...counts(9, 12_503), ...primitive(6) }),
      /^expected at most 5 million triangles, found 6 million$/,
    ],
    ['corners', many(counts(400_000, 3)), /^expected at most 15 million corners, found 160 million$/],
    ['places for one node', many({ ...counts(9, 9), ...roots }), /^nodes: expected a tree, found node 0 twice$/],
  ])('is refused before it is read: glTF with too many %s', (_what, bytes, words) => {
    expect(() => readGltf(bytes, noFile)).toThrow(words);
  });

  it('is read where it is just small enough to be, its numbers only once', () => {
    expect(() => readGltf(many({ ...counts(9, 12_502), ...primitive(5) }), noFile)).toThrow(/found corners\.bin$/);
    const reading = vi.spyOn(DataView.prototype, 'getFloat32');
    try {
      const mesh = readGltf(many(counts(9, 9)), () => new Uint8Array(4_800_000));
      expect([mesh.positions.length, reading.mock.calls.length]).toEqual([400 * 27, 27]);
    } finally {
      reading.mockRestore();
    }
  });

  it('is refused where a glTF names one large file many times', () => {
    const file = new Uint8Array(50_000_000);
    const each = <T>(make: (i: number) => T) => Array.from({ length: 6 }, (_, i) => make(i));
    const bytes = many({
      nodes: [{ mesh: 0 }],
      meshes: [{ primitives: each((i) => ({ attributes: { POSITION: i } })) }],
      accessors: each((i) => ({ bufferView: i, componentType: 5126, count: 3, type: 'VEC3' })),
      bufferViews: each((buffer) => ({ buffer, byteLength: 36 })),
      buffers: each(() => ({ uri: 'large.bin', byteLength: 36 })),
    });
    expect(() => readGltf(bytes, () => file)).toThrow(/^buffers: expected at most 250 MB together, found more$/);
  });

  /** Its corners and numbers of corners are none: to read them is another error. */
  const instances = (surface: string, count = 9) =>
    bytesOf(`<COLLADA><library_geometries><geometry id="g"><mesh>
      <source id="s"><float_array id="f">none</float_array>
        <technique_common><accessor source="#f" count="${count}" stride="3"/></technique_common></source>
      <vertices id="v"><input semantic="POSITION" source="#s"/></vertices>${surface}
    </mesh></geometry></library_geometries>
    <library_visual_scenes><visual_scene><node>${'<instance_geometry url="#g"/>'.repeat(2000)}</node></visual_scene>
    </library_visual_scenes></COLLADA>`);
  const input = '<input semantic="VERTEX" source="#v"/>';
  const list = (corners: number) => `<p>${'x '.repeat(corners)}</p>`;
  const tooMany = /^expected at most 5 million triangles, found 6 million$/;

  it.each<[string, Uint8Array, RegExp]>([
    ['triangles', instances(`<triangles>${input}${list(9000)}</triangles>`), tooMany],
    ['strips', instances(`<tristrips>${input}${list(3002)}</tristrips>`), tooMany],
    ['fans', instances(`<trifans>${input}${list(3002)}</trifans>`), tooMany],
    ['polygons with holes', instances(`<polygons>${input}${list(1502)}<ph>${list(1502)}</ph></polygons>`), tooMany],
    ['squares', instances(`<polylist>${input}<vcount>${'4 '.repeat(1500)}</vcount>${list(6000)}</polylist>`), tooMany],
    [
      'corners',
      instances(`<triangles>${input}${list(3)}</triangles>`, 400_000),
      /^expected at most 15 million corners, found 800 million$/,
    ],
  ])('is refused before it is read: Collada with too many %s', (_what, bytes, words) => {
    expect(() => readCollada(bytes)).toThrow(words);
  });

  it('is read where it is Collada and just small enough', () => {
    const squares = (count: number) =>
      `<polylist>${input}<vcount>${'4 '.repeat(count)}</vcount>${list(4 * count)}</polylist>`;
    expect(() => readCollada(instances(squares(1250)))).toThrow(/^<p>: expected numbers, found another in place 1$/);
  });

  it('is refused where OBJ has one polygon of too many corners', () => {
    const polygon = bytesOf(`f${' x'.repeat(5_000_003)}`);
    expect(() => readObj(polygon)).toThrow(/^line 1: expected at most 5 million triangles, found more$/);
  });
});

describe('1,500 files with something changed', () => {
  const readers: Readonly<Record<string, [Uint8Array, (bytes: Uint8Array) => MeshTriangles]>> = {
    STL: [boxStl(size), readStl],
    OBJ: [boxObj(size), readObj],
    glTF: [boxGltf(), (bytes) => readGltf(bytes, noFile)],
    'glTF in binary': [boxGltf({ isBinary: true }), (bytes) => readGltf(bytes, noFile)],
    Collada: [boxCollada({ kind: 'polylist' }), readCollada],
  };

  it.each(Object.entries(readers))('%s is read, or refused by one clear error', (_format, [whole, read]) => {
    let refused = 0;
    for (let seed = 0; seed < 300; seed++) {
      const random = stream(seed, 'start');
      let bytes = whole.slice();
      for (let changes = 1 + random.below(3); changes > 0; changes--) {
        const at = random.below(bytes.length);
        const kind = random.below(3);
        if (kind === 0) bytes[at] = random.below(256);
        else if (kind === 1) bytes = bytes.slice(0, at + 1);
        else bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1 + random.below(40))]);
        if (bytes.length === 0) break;
      }
      try {
        const { positions, indices } = read(bytes);
        expect(indices.every((corner) => corner < positions.length / 3)).toBe(true);
      } catch (error) {
        refused++;
        // A slip of the reader's own would be a TypeError or a RangeError.
        expect([seed, (error as Error).constructor.name, (error as Error).message]).toEqual([
          seed,
          'Error',
          expect.stringMatching(/expected/),
        ]);
      }
    }
    expect(refused).toBeGreaterThan(20);
  });
});
