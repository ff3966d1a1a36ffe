import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../envs/options.ts';
import { meshPlacesOf, placeOfMesh } from '../../src/robots/mesh-places.ts';
import { Failure } from '../../src/run/failure.ts';

/** home/arms is a package with a robot file in urdf/; beside it lie what nobody allowed, and a robot file without a package. */
const home = realpathSync(mkdtempSync(join(tmpdir(), 'armature-')));
afterAll(() => rmSync(home, { recursive: true, force: true }));
for (const folder of ['arms/urdf', 'arms/meshes', 'arms/meshes/a folder', 'secret/meshes', 'alone/meshes']) {
  mkdirSync(join(home, folder), { recursive: true });
}
const files = [
  'arms/urdf/robot.urdf',
  'arms/urdf/near.stl',
  'arms/meshes/boom.stl',
  'arms/meshes/a folder/50%.stl',
  'arms/top.stl',
  'secret/key.stl',
  'secret/meshes/key.stl',
  'alone/robot.urdf',
  'alone/meshes/boom.stl',
];
for (const file of files) writeFileSync(join(home, file), 'x');
writeFileSync(join(home, 'arms/package.xml'), '<package><name> crane_description </name></package>');
symlinkSync(join(home, 'secret/key.stl'), join(home, 'arms/meshes/link.stl'));
symlinkSync(join(home, 'secret'), join(home, 'arms/folder-link'));
symlinkSync(join(home, 'arms/meshes/boom.stl'), join(home, 'arms/inner-link.stl'));
symlinkSync(join(home, 'arms'), join(home, 'arms-link'));

const places = meshPlacesOf(join(home, 'arms/urdf/robot.urdf'), []);
const alone = meshPlacesOf(join(home, 'alone/robot.urdf'), []);
const find = (uri: string, from = places) => placeOfMesh(uri, from, 'robot.urdf:7');
const at = (path: string) => ({ path: join(home, path) });

describe('the root', () => {
  it('is the nearest folder above with a package.xml, else the file’s own', () => {
    expect(places).toMatchObject({ root: join(home, 'arms'), folder: join(home, 'arms/urdf') });
    expect(alone).toMatchObject({ root: join(home, 'alone'), folder: join(home, 'alone') });
  });

  it('is where the file really lies, whatever links lead there', () => {
    expect(meshPlacesOf(join(home, 'arms-link/urdf/robot.urdf'), [])).toEqual(places);
  });
});

describe('a mesh is found', () => {
  it.each([
    ['near.stl', 'arms/urdf/near.stl'],
    ['./near.stl', 'arms/urdf/near.stl'],
    ['../meshes/boom.stl', 'arms/meshes/boom.stl'],
    ['..\\meshes\\boom.stl', 'arms/meshes/boom.stl'],
    ['meshes/boom.stl', 'arms/meshes/boom.stl'],
    ['../inner-link.stl', 'arms/meshes/boom.stl'],
    // By the name in package.xml, by that of the folder, below another package, and by none.
    ['package://crane_description/meshes/boom.stl', 'arms/meshes/boom.stl'],
    ['package://arms/meshes/boom.stl', 'arms/meshes/boom.stl'],
    ['package://all-robots/robots/arms/meshes/boom.stl', 'arms/meshes/boom.stl'],
    ['package://other/meshes/boom.stl', 'arms/meshes/boom.stl'],
    ['PACKAGE://arms/top.stl', 'arms/top.stl'],
    // Percent signs encode in addresses alone.
    ['package://arms/meshes/a%20folder/50%25.stl', 'arms/meshes/a folder/50%.stl'],
    ['package://arms/meshes/a folder/50%.stl', 'arms/meshes/a folder/50%.stl'],
    ['../meshes/a folder/50%.stl', 'arms/meshes/a folder/50%.stl'],
  ])('%s', (uri, path) => expect(find(uri)).toEqual(at(path)));

  it('by an absolute path or a file: address within the root', () => {
    const file = join(home, 'arms/meshes/boom.stl');
    expect(find(file)).toEqual({ path: file });
    expect(find(pathToFileURL(file).href)).toEqual({ path: file });
    expect(find(`file://localhost${file}`)).toEqual({ path: file });
  });
});

describe('a mesh outside of the root is refused', () => {
  const secret = join(home, 'secret/key.stl');
  const attacks = [
    '../../secret/key.stl',
    '..\\..\\secret\\key.stl',
    'near.stl/../../../secret/key.stl',
    secret,
    pathToFileURL(secret).href,
    `file://localhost${secret}`,
    `FILE:${secret}`,
    'package://arms/../secret/key.stl',
    'package://../secret/key.stl',
    'package://arms/%2e%2e/secret/key.stl',
    'package://arms/..%2fsecret%2fkey.stl',
    'package://arms/..%5Csecret%5Ckey.stl',
    '../meshes/link.stl',
    '../folder-link/key.stl',
    'package://arms/folder-link/meshes/key.stl',
  ].filter((uri) => process.platform !== 'win32' || !uri.includes('link'));

  it.each(attacks)('%s', (uri) => {
    expect(() => find(uri)).toThrow(Failure);
    expect(() => find(uri)).toThrow(/^robot\.urdf:7: .* lies outside of .*arms.* --allow-path .*secret/);
  });

  it.each(attacks)('unless its folder is allowed: %s', (uri) => {
    const allowing = meshPlacesOf(join(home, 'arms/urdf/robot.urdf'), [join(home, 'secret')]);
    expect(find(uri, allowing)).toHaveProperty('path');
  });

  it.each([
    'http://example.com/boom.stl',
    'https://example.com/boom.stl',
    'ftp://example.com/boom.stl',
    'data:model/stl,x',
  ])('and nothing is fetched: %s', (uri) =>
    expect(() => find(uri)).toThrow(/^robot\.urdf:7: .* expected a file, found an address, .*--no-meshes/),
  );

  it.each(['near.stl\0', 'package://arms/top.stl%00'])('so is a path with a NUL: %j', (uri) =>
    expect(() => find(uri)).toThrow(/found one with a NUL/),
  );
});

describe('a mesh that is not there', () => {
  it.each(['../meshes/none.stl', 'package://arms/none.stl', '/nowhere/none.stl', '../../secret/none.stl', '../meshes'])(
    '%s: it says where it was looked for',
    (uri) => {
      const found = find(uri);
      expect(found).toHaveProperty('lookedAt');
      if ('lookedAt' in found) expect(found.lookedAt.length).toBeGreaterThan(0);
    },
  );
});

describe('a folder that is allowed', () => {
  it('may be a package, or hold packages', () => {
    const robot = join(home, 'alone/robot.urdf');
    expect(find('package://secret/key.stl', meshPlacesOf(robot, [join(home, 'secret')]))).toEqual(at('secret/key.stl'));
    expect(find('package://secret/key.stl', meshPlacesOf(robot, [home]))).toEqual(at('secret/key.stl'));
  });

  it('has to be there', () => {
    expect(() => meshPlacesOf(join(home, 'alone/robot.urdf'), [join(home, 'none')])).toThrow(UsageError);
    expect(() => meshPlacesOf(join(home, 'alone/robot.urdf'), [join(home, 'arms/top.stl')])).toThrow(
      /expected a folder/,
    );
  });
});
