import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeMeshes, encodeMeshes, meshContent, meshName } from '../../envs/recording/meshes.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { boxStl, crane } from '../robots/crane.ts';
import { armature, bytes, contents, inPairs, succeeding, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();
const run = (...args: string[]) => armature(folder, ...args);
const write = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);
const short = ['--hidden-width', '4', '--batch', '100', '--steps', '300', '--checkpoint-every', '1'];

const ok = succeeding(folder);

/** Meshes that no arm here has. */
const otherMeshes = await encodeMeshes({
  [meshName(createHash('sha256').update(meshContent(triangle())).digest('hex'))]: triangle(),
});

function triangle() {
  return { vertices: Uint16Array.of(0, 0, 0, 65535, 0, 0, 0, 65535, 0), triangles: Uint16Array.of(0, 1, 2) };
}

describe('a run on a robot with meshes', () => {
  const recorded = async (name: string) => decodeRecording(new Uint8Array(readFileSync(join(folder, name))), name);

  beforeAll(async () => {
    mkdirSync(join(folder, 'meshed', 'meshes'), { recursive: true });
    write('meshed/crane.urdf', crane({ mesh: 'meshes/boom.stl' }));
    write('meshed/meshes/boom.stl', boxStl([0.03, 0.03, 0.15]));
    const train = ['train', 'reach', '--arm', 'meshed/crane.urdf', ...short];
    await Promise.all([
      ok(...train, '--out', 'with-mesh', '--workers', '1'),
      ok(...train, '--out', 'with-mesh-too', '--workers', '2'),
      ok(...train, '--out', 'mesh-cut'),
    ]);
    rmSync(join(folder, 'meshed'), { recursive: true });
  }, 60_000);

  it('keeps them in a file of its own and in every recording, the same bytes with one thread and two', async () => {
    expect(contents(join(folder, 'with-mesh-too'))).toEqual(contents(join(folder, 'with-mesh')));
    const meshes = await decodeMeshes(
      new Uint8Array(readFileSync(join(folder, 'with-mesh', 'meshes.safetensors'))),
      'm',
    );
    const [name] = Object.keys(meshes);
    for (const file of ['rollouts.safetensors', 'recordings/000000.safetensors']) {
      const recording = await recorded(join('with-mesh', file));
      expect(recording.meshes).toEqual(meshes);
      expect(recording.header.scene.arm.model.bodies[2].visuals).toMatchObject([{ kind: 'mesh', tensor: name }]);
    }
  });

  it('goes on, is recorded, shared, verified and forked when the files are gone', async () => {
    const made = contents(join(folder, 'mesh-cut'));
    rmSync(join(folder, 'mesh-cut', 'policy.safetensors'));
    await ok('resume', 'mesh-cut');
    expect(contents(join(folder, 'mesh-cut'))).toEqual(made);
    const { meshes } = await recorded('with-mesh/rollouts.safetensors');
    const policies = ['with-mesh', 'with-mesh/policy.safetensors', 'with-mesh/checkpoints/best.safetensors'];
    const commands = [
      ...policies.map((policy, i) => ['record', policy, '--episodes', '2', '--out', `mesh-${i}.safetensors`]),
      ['resume', 'with-mesh', '--fork', '--steps', '400', '--out', 'mesh-fork'],
    ];
    await inPairs(commands, async (args) => void (await ok(...args)));
    for (const i of policies.keys()) expect((await recorded(`mesh-${i}.safetensors`)).meshes).toEqual(meshes);
    const [verified] = await Promise.all([
      ok('verify', 'mesh-0.safetensors', '--policy', 'with-mesh'),
      ok('share', 'mesh-0.safetensors', '--episodes', '2', '--out', 'mesh.html'),
    ]);
    expect(verified).toContain('identical (2 episodes)');
    expect(bytes(folder, 'mesh-fork', 'meshes.safetensors')).toBe(bytes(folder, 'with-mesh', 'meshes.safetensors'));
    expect((await recorded('mesh-fork/rollouts.safetensors')).meshes).toEqual(meshes);
  }, 60_000);

  it.each([
    ['gone', () => rmSync(join(folder, 'with-mesh-too', 'meshes.safetensors')), 'is not there'],
    ['torn', () => write('with-mesh-too/meshes.safetensors', 'meshes'), 'not a file of meshes'],
    ['that of another', () => write('with-mesh-too/meshes.safetensors', otherMeshes), 'is that of another run'],
  ])('is drawn by other shapes where its file is %s, and says so', async (_how, spoil, words) => {
    spoil();
    const found = await run('record', 'with-mesh-too', '--episodes', '1', '--out', 'bare.safetensors', '--force');
    expect(found).toMatchObject({ code: 0, stderr: expect.stringContaining(words) });
    expect(found.stderr).toContain('crane is drawn by other shapes');
    expect(found.stderr.match(/\n/g)).toHaveLength(1);
    const { header, meshes } = await recorded('bare.safetensors');
    expect(meshes).toBeUndefined();
    expect(header.scene.arm.model.bodies[2].visuals.map(({ kind }) => kind)).toEqual(['cylinder']);
    expect(await ok('verify', 'bare.safetensors')).toContain('identical (1 episodes)');
    // What a robot looks like is nothing that a policy, or a state, depends on.
    const verified = await run('verify', 'bare.safetensors', '--policy', 'with-mesh-too');
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('identical (1 episodes)') });
  });
});
