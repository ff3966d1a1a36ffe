import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isMesh } from '../../envs/model/meshes.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { envOf } from '../../envs/tasks/index.ts';
import { train } from '../../src/index.ts';
import { meshTable, missingMeshesOf } from '../../src/robots/description.ts';
import { loadRobot } from '../../src/robots/load.ts';
import { picturesOf } from '../../src/robots/picture.ts';
import { gaussian } from '../../src/train/choices.ts';
import { boxStl, crane } from './crane.ts';
import { boxCollada, boxGltf, boxObj, bytesOf, gltfBuffer, type Size } from './mesh-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'armature-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
for (const name of ['arm/meshes', 'secret']) mkdirSync(join(folder, name), { recursive: true });
const size: Size = [0.03, 0.03, 0.15];
const files: Readonly<Record<string, Uint8Array>> = {
  'boom.stl': boxStl(size),
  'boom.obj': boxObj(size),
  'boom.glb': boxGltf({ size, isBinary: true }),
  'boom.gltf': boxGltf({ size, uri: 'boom%20data.bin' }),
  'boom data.bin': gltfBuffer(size),
  'boom.dae': boxCollada({ size }),
  'millimetres.stl': boxStl([30, 30, 150]),
  'boom.ply': bytesOf('ply'),
  'pointer.stl': bytesOf('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 84\n'),
  'out.gltf': boxGltf({ uri: '../../secret/secret.bin' }),
  'net.gltf': boxGltf({ uri: 'http://127.0.0.1:9/a.bin' }),
  'lost.gltf': boxGltf({ uri: 'lost.bin' }),
  'draco.gltf': boxGltf({
    change: (document) => Object.assign(document, { extensionsRequired: ['KHR_draco_mesh_compression'] }),
  }),
};
for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, 'arm/meshes', name), bytes);
writeFileSync(join(folder, 'secret/secret.bin'), gltfBuffer());

let made = 0;
/** A crane whose boom has these visuals. */
function written(...visuals: readonly string[]): string {
  const file = join(folder, 'arm', `crane-${++made}.urdf`);
  const own = visuals.map((geometry) => `<visual><origin xyz="0.01 0 0"/><geometry>${geometry}</geometry></visual>`);
  writeFileSync(file, crane().replace('<link name="boom">', `<link name="boom">${own.join('')}`));
  return file;
}

const mesh = (name: string, more = '') => `<mesh filename="meshes/${name}"${more}/>`;

async function boomOf(...visuals: readonly string[]) {
  const reading = await loadRobot(written(...visuals));
  const boom = reading.arm.bodies.find(({ name }) => name === 'boom');
  return { ...reading, boom: boom?.visuals ?? [] };
}

describe('a mesh that is seen', () => {
  it.each(['boom.stl', 'boom.obj', 'boom.glb', 'boom.gltf', 'boom.dae'])('%s is drawn', async (name) => {
    const { boom, meshes, drawn, missing } = await boomOf(mesh(name));
    const [only] = boom.filter(isMesh);
    expect(boom).toHaveLength(1);
    expect(only).toMatchObject({ part: 'link', frame: { position: [0.01, 0, 0] }, low: [0, 0, 0] });
    only.high.forEach((value, k) => {
      expect(value).toBeCloseTo(size[k], 6);
    });
    expect(Object.keys(meshes)).toEqual([only.tensor]);
    expect(drawn).toEqual([{ link: 'boom', uri: `meshes/${name}`, read: 12, kept: 12, bytes: 2 * (24 + 36) }]);
    expect(missing).toEqual([]);
  });

  it('is kept once for all places where it stands, in any size, also mirrored, and from any file', async () => {
    const scaled = mesh('boom.stl', ' scale="0.5 -0.5 0.5"');
    const { boom, meshes, drawn } = await boomOf(mesh('boom.stl'), scaled, mesh('boom.glb'));
    const names = boom.filter(isMesh).map(({ tensor }) => tensor);
    expect(new Set(names)).toEqual(new Set(Object.keys(meshes)));
    expect(Object.keys(meshes).length).toBeLessThanOrEqual(2);
    expect(boom[1]).toMatchObject({
      tensor: names[0],
      high: [expect.closeTo(0.015, 6), expect.closeTo(-0.015, 6), expect.closeTo(0.075, 6)],
    });
    expect(drawn.map(({ bytes }) => bytes > 0).slice(0, 2)).toEqual([true, false]);
    expect(meshTable({ drawn, missing: [] })?.rows[1].at(-1)).toBe('as above');
  });

  it('is dark where the file has it so, for itself or by a name', async () => {
    const dark = '<material name="m"><color rgba="0.1 0.1 0.1 1"/></material>';
    const file = written(mesh('boom.stl'));
    const parts = async (more: string, top = '') => {
      writeFileSync(
        file,
        crane()
          .replace('<link name="foot"/>', `<link name="foot"/>${top}`)
          .replace(
            '<link name="boom">',
            `<link name="boom"><visual><geometry>${mesh('boom.stl')}</geometry>${more}</visual>`,
          ),
      );
      return (await loadRobot(file)).arm.bodies[2].visuals.map(({ part }) => part);
    };
    expect(await parts(dark)).toEqual(['joint']);
    expect(await parts('<material name="m"/>', dark)).toEqual(['joint']);
    expect(await parts('<material name="m"><color rgba="1 0.8 0.1 1"/></material>', dark)).toEqual(['link']);
    expect(await parts('<material name="other"/>', dark)).toEqual(['link']);
  });

  it('in other units than it seems is not drawn, and said', async () => {
    const { boom, notes, drawn } = await boomOf(mesh('millimetres.stl'));
    expect(boom.some(isMesh)).toBe(false);
    expect(boom).not.toHaveLength(0);
    expect(notes.filter((note) => /millimetres\.stl is 150 m wide, .* scale="0\.001/.test(note))).toHaveLength(1);
    expect(drawn).toMatchObject([{ kept: 0, bytes: 0 }]);
    const scaled = await boomOf(mesh('millimetres.stl', ' scale="0.001 0.001 0.001"'));
    expect(scaled.boom.filter(isMesh)[0].high[2]).toBeCloseTo(0.15, 6);
  });

  it('in a scale that fits is drawn, and not where it stands in another one beside it', async () => {
    const both = [mesh('millimetres.stl', ' scale="0.001 0.001 0.001"'), mesh('millimetres.stl')];
    const { boom, drawn, notes } = await boomOf(...both);
    expect(boom.filter(isMesh).map(({ high }) => Number(high[2].toFixed(6)))).toEqual([0.15]);
    expect(drawn.map(({ kept }) => kept > 0)).toEqual([true, false]);
    expect(notes.filter((note) => note.includes('150 m wide'))).toHaveLength(1);
  });

  it('that is wrong is told by the line that names it, whatever stands before', async () => {
    const file = written(mesh('pointer.stl'));
    const text = `<!-- meshes/pointer.stl -->\n\n${readFileSync(file, 'utf8')}`;
    writeFileSync(file, text);
    const line = text.split('\n').findLastIndex((each) => each.includes('pointer.stl')) + 1;
    expect(line).toBeGreaterThan(2);
    await expect(loadRobot(file)).rejects.toThrow(`.urdf:${line}: cannot read the mesh`);
  });

  it('of another format is not, and said', async () => {
    const { boom, notes } = await boomOf(mesh('boom.ply'));
    expect(boom.map(({ kind }) => kind)).toEqual(['cylinder']);
    expect(notes).toContain('the mesh meshes/boom.ply is not read: STL, OBJ, glTF and Collada are');
  });

  it('that is missing leaves the others, with collision shapes in its place, or a bone', async () => {
    const { boom, missing } = await boomOf(mesh('boom.stl'), mesh('none.stl'));
    expect(boom.map(({ kind }) => kind)).toEqual(['mesh', 'cylinder']);
    expect(missing).toMatchObject([{ link: 'boom', uri: 'meshes/none.stl', instead: 'collision shapes' }]);
    expect(missingMeshesOf({ missing })[0]).toMatch(
      /^line \d+: meshes\/none\.stl, looked for at .*meshes\/none\.stl; drawn instead: collision shapes$/,
    );
    const file = written(mesh('boom.stl'), mesh('none.stl'));
    writeFileSync(
      file,
      crane().replaceAll(
        /<collision>.*?<\/collision>/g,
        `<visual><geometry>${mesh('boom.stl')}</geometry></visual><visual><geometry>${mesh('none.stl')}</geometry></visual>`,
      ),
    );
    const bare = await loadRobot(file);
    expect(bare.arm.bodies[2].visuals.map(({ kind }) => kind)).toEqual(['mesh', 'capsule', 'cylinder']);
    expect(bare.missing).toMatchObject([{ instead: 'a bone' }]);
  });

  it.each([
    ['pointer.stl', /found a pointer of Git LFS/],
    ['out.gltf', /secret\.bin lies outside of/],
    ['net.gltf', /found an address, which is not fetched/],
    ['lost.gltf', /lost\.bin is not there, looked for at .*meshes\/lost\.bin/],
    ['draco.gltf', /cannot read the mesh .*draco\.gltf: expected plain geometry, found KHR_draco_mesh_compression/],
  ])('%s is refused, by one line that says how to do without', async (name, words) => {
    await expect(boomOf(mesh(name))).rejects.toThrow(words);
    await expect(boomOf(mesh(name))).rejects.toThrow(
      /^[^\n]*crane-\d+\.urdf:10: [^\n]*--no-meshes reads the robot without its meshes$/,
    );
    expect((await loadRobot(written(mesh(name)), { meshes: false })).arm.name).toBe('crane');
  });
});

it('pictures show the meshes as an image, which others do not have', async () => {
  const { arm, meshes } = await boomOf(mesh('boom.stl'));
  for (const { svg } of picturesOf(arm, meshes)) expect(svg).toMatch(/<image [^>]*href="data:image\/png;base64,iVBOR/);
  for (const { svg } of picturesOf(arm)) expect(svg).not.toContain('<image');
});

describe('train({ arm, meshes })', () => {
  const short = { env: 'reach', steps: 100, options: { batch: 100, hiddenWidth: 4 }, policy: gaussian() } as const;

  it('records the meshes, and the same without them but for what is drawn', async () => {
    await loadPhysics();
    const { arm, meshes } = await boomOf(mesh('boom.stl'));
    const recordings = await Promise.all(
      [meshes, undefined].map(async (given) =>
        decodeRecording(await train({ ...short, arm, meshes: given }).record(1), 'r'),
      ),
    );
    const [full, bare] = recordings;
    expect(full.meshes).toEqual(meshes);
    expect(full.header.scene.arm.model).toEqual(full.header.env.robot);
    expect(bare.meshes).toBeUndefined();
    expect(bare.header.scene.arm.model.bodies[2].visuals.map(({ kind }) => kind)).toEqual(['cylinder']);
    expect(bare.episodes[0].pose).toEqual(full.episodes[0].pose);
    for (const recording of recordings) expect(findDifference(envOf(recording.header.env), recording)).toBeNull();
  });
});
