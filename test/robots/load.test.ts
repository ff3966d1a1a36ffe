import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { loadRobot } from '../../src/robots/load.ts';
import { boxStl, type CraneParts, crane } from './crane.ts';

const folder = mkdtempSync(join(tmpdir(), 'armature-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'meshes'));
writeFileSync(join(folder, 'meshes/boom.stl'), boxStl([0.03, 0.03, 0.15]));
writeFileSync(join(folder, 'meshes/torn.stl'), boxStl([1, 1, 1]).subarray(0, 100));
writeFileSync(join(folder, 'meshes/endless.obj'), 'v 0 0 1e999\nv 1 0 0\nv 0 1 0\nf 1 2 3\n');
writeFileSync(join(folder, 'meshes/large.stl'), '');
truncateSync(join(folder, 'meshes/large.stl'), 50_000_001);

let made = 0;
function written(parts: CraneParts): string {
  const file = join(folder, `robot-${++made}.urdf`);
  writeFileSync(file, crane(parts));
  return file;
}

it('reads an arm, by its path or its address, the same one each time', async () => {
  const file = written({});
  const { arm, missing } = await loadRobot(file);
  expect(arm).toMatchObject({ name: 'crane' });
  expect(arm.joints.map(({ name }) => name)).toEqual(['turning', 'lifting', 'bending']);
  expect(missing).toEqual([]);
  expect((await loadRobot(pathToFileURL(file))).arm).toEqual(arm);
});

it('has a mesh weigh what it encloses', async () => {
  const { arm } = await loadRobot(written({ isMassless: true, mesh: 'meshes/boom.stl' }));
  const boom = arm.bodies[2];
  expect(boom.inertial?.center.map((value) => Number(value.toFixed(4)))).toEqual([0.015, 0.015, 0.075]);
});

describe('names', () => {
  it.each([
    ['panda', 'panda-urdf'],
    ['my robot arm', 'my-robot-arm'],
    ['7axis', 'axis'],
    ['Крaн', 'a'],
    ['кран', 'robot'],
    ['crane_v1.2', 'crane_v1-2'],
  ])('%s is called %s', async (name, called) => {
    const { arm, notes } = await loadRobot(written({ name }));
    expect(arm.name).toBe(called);
    expect(notes.filter((note) => note.includes(`"${name}" is called ${called}`))).toHaveLength(1);
    expect(arms).not.toHaveProperty(called);
  });
});

describe('meshes', () => {
  it('that are not there are named with line and places', async () => {
    const { missing } = await loadRobot(written({ mesh: 'package://crane/meshes/none.dae' }));
    expect(missing).toEqual([
      {
        link: 'boom',
        uri: 'package://crane/meshes/none.dae',
        instead: 'collision shapes',
        line: expect.any(Number),
        lookedAt: expect.arrayContaining([join(folder, 'meshes/none.dae')]),
      },
    ]);
  });

  it.each([
    ['meshes/large.stl', false, /at most 50 MB, found one of 50\.0 MB/],
    ['meshes/torn.stl', true, /cannot read the mesh .*torn\.stl: expected 84 bytes/],
    ['meshes/endless.obj', true, /cannot read the mesh .*endless\.obj: expected finite numbers/],
  ])('%s is refused, and may be left out', async (mesh, isMassless, words) => {
    const file = written({ mesh, isMassless });
    await expect(loadRobot(file)).rejects.toThrow(words);
    if (!isMassless) expect((await loadRobot(file, { meshes: false })).missing).toEqual([]);
  });
});

describe('a file that is none', () => {
  it.each([
    ['none.urdf', /no such file or folder/],
    ['meshes', /expected a file, found a folder/],
  ])('%s', (name, words) => expect(loadRobot(join(folder, name))).rejects.toThrow(words));

  it('is refused beyond 10 MB', async () => {
    const file = written({});
    truncateSync(file, 10_000_001);
    await expect(loadRobot(file)).rejects.toThrow(/at most 10 MB/);
  });

  it.runIf(process.platform !== 'win32')('is refused where reading it would never end', async () => {
    const pipe = join(folder, 'pipe.urdf');
    execFileSync('mkfifo', [pipe]);
    await expect(loadRobot(pipe)).rejects.toThrow(/found a device or a pipe/);
    await expect(loadRobot('/dev/zero')).rejects.toThrow(/found a device or a pipe/);
  });
});
