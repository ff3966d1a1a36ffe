import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { mujocoVersion } from '../../envs/sim/mujoco-package.ts';
import { armature, jsonLines, listing, succeeding, temporaryFolder } from './armature.ts';
import { install } from './installation.ts';

const folder = temporaryFolder();
const ok = succeeding(folder);
const record = ['record', 'reach', '--policy', 'proportional', '--episodes', '3'];

beforeAll(async () => {
  await ok(
    'train',
    'reach',
    '--arm',
    'so101',
    '--hidden-width',
    '8',
    '--batch',
    '100',
    '--steps',
    '300',
    '--out',
    'run',
  );
  await ok(...record, '--out', 'rapier.safetensors');
  await ok(...record, '--engine', 'mujoco', '--out', 'mujoco.safetensors');
}, 60_000);

const opened = (name: string) => decodeRecording(readFileSync(join(folder, name)), name);

describe('--engine mujoco', () => {
  it('is judged as here, on the same goals, and says where', async () => {
    const judge = ['eval', 'run', '--episodes', '20', '--against', 'proportional'];
    const [here] = jsonLines(await ok(...judge, '--json'));
    const [there] = jsonLines(await ok(...judge, '--engine', 'mujoco', '--json'));
    const { engine, ...rest } = there;
    expect(engine).toEqual({ name: 'mujoco', version: mujocoVersion });
    expect(Object.keys(rest)).toEqual(Object.keys(here));
    expect(here).not.toHaveProperty('engine');
    expect(there.mean_return).not.toBe(here.mean_return);
    expect(await ok(...judge, '--engine', 'mujoco')).toContain(`goals of seed 0, in MuJoCo ${mujocoVersion}\n`);
    expect(await ok(...judge, '--engine', 'rapier')).toBe(await ok(...judge));
  });

  it.each([
    ['panda-push', 0.85],
    ['panda-pick-and-place', 0.6],
  ])(
    'moves things as well: %s',
    async (task, least) => {
      const judge = ['eval', task, '--policy', 'scripted', '--episodes', '40', '--engine', 'mujoco', '--json'];
      const [{ success_rate: success, faults }] = jsonLines(await ok(...judge));
      expect(faults).toBe(0);
      expect(success).toBeGreaterThan(least);
    },
    120_000,
  );

  it('is judged under changes of the world, which are the same there', async () => {
    const judge = ['eval', 'run', '--robustness', '--episodes', '4', '--json'];
    const [here] = jsonLines(await ok(...judge));
    const [there] = jsonLines(await ok(...judge, '--engine', 'mujoco'));
    expect([here.engine, there.engine]).toEqual(['rapier', `MuJoCo ${mujocoVersion}`]);
    const changesOf = (found: Record<string, unknown>) =>
      (found.changes as { name: string; dynamics: object; mean_return: number }[]).map(
        ({ name, dynamics, mean_return: total }) => ({ what: { name, dynamics }, total }),
      );
    const [ours, theirs] = [changesOf(here), changesOf(there)];
    expect(theirs.map(({ what }) => what)).toEqual(ours.map(({ what }) => what));
    expect(theirs[0].total).not.toBe(ours[0].total);
  });

  it('records the same goals, twice to the same bytes', async () => {
    const [rapier, mujoco] = [await opened('rapier.safetensors'), await opened('mujoco.safetensors')];
    expect(mujoco.header.engine).toEqual({ name: 'mujoco', version: mujocoVersion });
    expect(rapier.header.engine).toBeUndefined();
    expect(mujoco.episodes.map(({ params }) => params)).toEqual(rapier.episodes.map(({ params }) => params));
    await ok(...record, '--engine', 'mujoco', '--out', 'again.safetensors');
    const [once, twice] = ['mujoco', 'again'].map((name) => readFileSync(join(folder, `${name}.safetensors`)));
    expect(twice.equals(once)).toBe(true);
  });

  it('is not simulated again, and verify says so', async () => {
    const { code, stdout, stderr } = await armature(folder, 'verify', 'mujoco.safetensors');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `error: mujoco.safetensors was simulated in MuJoCo ${mujocoVersion}; only what Rapier simulated is simulated again here, and compared bit for bit\n`,
    );
  });

  it.each([
    [2, 'expected rapier or mujoco', ['eval', 'run', '--engine', 'bullet']],
    [2, 'expected rapier or mujoco', [...record, '--engine', 'MuJoCo', '--out', 'new']],
    [2, 'those of reacher do not', ['eval', 'reacher', '--policy', 'proportional', '--engine', 'mujoco']],
    [1, 'no such folder', ['eval', 'nowhere', '--engine', 'mujoco']],
  ] as const)('ends with %i: %s', async (expected, words, args) => {
    const before = listing(folder);
    const { code, stdout, stderr } = await armature(folder, ...args);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(stderr).toContain(words);
    expect(listing(folder)).toEqual(before);
  });

  it('says what to install where MuJoCo is not, and writes nothing', async () => {
    const bare = install(temporaryFolder());
    for (const args of [
      [...record, '--engine', 'mujoco', '--out', 'new.safetensors'],
      ['eval', 'reach', '--policy', 'proportional', '--engine', 'mujoco'],
    ]) {
      const { code, stdout, stderr } = await bare.run(...args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toBe(
        `error: @mujoco/mujoco is not installed; \`npm install --no-save --save-dev @mujoco/mujoco@${mujocoVersion}\` installs it\n`,
      );
    }
    expect(listing(bare.folder).filter((name) => name.includes('new.safetensors'))).toEqual([]);
  });
});
