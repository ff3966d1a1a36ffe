import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseRanges } from '../../envs/dynamics/ranges.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { armature, contents, jsonLines, quick, succeeding, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();
const run = succeeding(folder);
const ranges = 'mass=0.8:1.2,delay=0:1,start=0.2,gravity=on';
const train = ['train', 'panda-reach-joints', ...quick, '--iterations', '2', '--randomize', ranges];
const recording = async (name: string) => decodeRecording(readFileSync(join(folder, name)), name);

beforeAll(async () => {
  await Promise.all([
    run(...train, '--out', 'drawn'),
    run(...train, '--workers', '3', '--out', 'again'),
    run(...train, '--set', 'horizon=20', '--out', 'other'),
  ]);
});

describe('a run whose physics are drawn', () => {
  it('says so in its configuration, and comes to the same bytes with other workers', () => {
    const config = JSON.parse(readFileSync(join(folder, 'drawn', 'config.json'), 'utf8'));
    expect(config.env.dynamics).toEqual(parseRanges(ranges));
    const [first, second] = ['drawn', 'again'].map((name) => contents(join(folder, name)));
    expect(second['policy.safetensors']).toBe(first['policy.safetensors']);
  });

  it('goes on as it is, and not in another world, but as a fork', async () => {
    expect(await armature(folder, 'resume', 'drawn')).toMatchObject({ code: 0, stderr: '' });
    const other = await armature(folder, 'resume', 'drawn', '--randomize', 'mass=0.8:1.3');
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/^error: drawn cannot go on otherwise than it began: .*mass.*--fork/);
    await run(
      'resume',
      'drawn',
      '--fork',
      '--randomize',
      'nominal',
      '--steps',
      '2000',
      '--iterations',
      '3',
      '--out',
      'plain',
    );
    const config = JSON.parse(readFileSync(join(folder, 'plain', 'config.json'), 'utf8'));
    expect(config.env).not.toHaveProperty('dynamics');
  });

  it('is recorded in the nominal world, or in its own, and verified in both', async () => {
    await run('record', 'drawn', '--episodes', '3', '--out', 'nominal.safetensors');
    await run('record', 'drawn', '--episodes', '3', '--randomize', 'trained', '--out', 'trained.safetensors');
    const [nominal, trained] = [await recording('nominal.safetensors'), await recording('trained.safetensors')];
    expect(nominal.header.spec.dynamics).toEqual([]);
    expect(trained.header.spec.dynamics.map(({ name }) => name)).toEqual(['mass', 'delay', 'start', 'gravity']);
    expect(trained.episodes.map(({ params }) => params)).toEqual(nominal.episodes.map(({ params }) => params));
    expect(trained.episodes[0].obs).not.toEqual(nominal.episodes[0].obs);
    for (const file of ['nominal', 'trained']) {
      expect(await run('verify', `${file}.safetensors`)).toContain('identical (3 episodes)');
    }
    for (const file of ['nominal', 'trained']) {
      const verified = await run('verify', `${file}.safetensors`, '--policy', 'drawn');
      expect(verified).toContain('its policy is that of drawn');
    }
  });

  it('is judged in the nominal world, unless another is asked for', async () => {
    const judge = async (...more: string[]) =>
      jsonLines(await run('eval', 'drawn', '--episodes', '5', '--json', ...more))[0].mean_return;
    const [nominal, asked, trained, own] = await Promise.all([
      judge(),
      judge('--randomize', 'nominal'),
      judge('--randomize', 'trained'),
      judge('--randomize', ranges),
    ]);
    expect(asked).toBe(nominal);
    expect(own).toBe(trained);
    expect(trained).not.toBe(nominal);
    const [told] = jsonLines(await run('eval', 'drawn', '--episodes', '2', '--json', '--randomize', 'payload=1'));
    expect(told.dynamics).toEqual({ payload: [1, 1] });
    expect(await run('eval', 'drawn', '--episodes', '2', '--randomize', 'payload=1')).toContain('drawn from payload=1');
    expect(await run('eval', 'drawn', '--episodes', '2')).not.toContain('drawn from');
  });
});

describe('eval --robustness', () => {
  it('judges several runs and a controller, the nominal world as eval does, and draws it', async () => {
    const args = ['--episodes', '4', '--seed', '3', '--json'];
    const out = await run('eval', 'drawn', 'again', '--robustness', ...args, '--out', 'robust.html');
    const [result] = jsonLines(out) as [{ changes: { name: string; [key: string]: unknown }[] }];
    expect(result).toMatchObject({
      type: 'result',
      runs: ['drawn', 'again'],
      controller: 'proportional',
      engine: 'rapier',
    });
    expect(result.changes.map(({ name }) => name)).toContain('motor.stiffness');
    const [nominal] = result.changes;
    const [alone] = jsonLines(await run('eval', 'drawn', ...args));
    expect(nominal.mean_return_of_runs).toEqual([alone.mean_return, alone.mean_return]);
    expect(nominal.success_rate).toBe(alone.success_rate);
    expect(readFileSync(join(folder, 'robust.html'), 'utf8')).toContain('panda-reach-joints: robustness');
    const twice = await armature(folder, 'eval', 'drawn', '--robustness', '--out', 'robust.html');
    expect(twice).toMatchObject({ code: expect.any(Number), stdout: '' });
    expect(twice.stderr).toContain('robust.html');
  });

  it('prints a row for each change', async () => {
    const out = await run('eval', 'panda-reach-joints', '--policy', 'proportional', '--robustness', '--episodes', '2');
    for (const text of ['gravity not cancelled', 'start ± 0.6 rad', '--out robustness.html draws it'])
      expect(out).toContain(text);
  });
});

it.each([
  ['panda-reach-joints has no "friction"', 'train', 'panda-reach-joints', '--randomize', 'friction=2', '--out', 'bad'],
  ['expected one of mass', 'train', 'panda-reach-joints', '--randomize', 'weight=2', '--out', 'bad'],
  ['one run is judged at a time', 'eval', 'drawn', 'again'],
  ['--out is for --robustness', 'eval', 'drawn', '--out', 'x.html'],
  ['trained is for a run', 'eval', 'panda-reach', '--policy', 'proportional', '--randomize', 'trained'],
  ['found ""', 'eval', 'drawn', '--randomize', ''],
  ['./drawn is named twice', 'eval', 'drawn', './drawn', '--robustness'],
  ['is one whatever the run', 'eval', 'drawn', 'again', '--robustness', '--policy', 'proportional'],
  ['--force is for a file', 'eval', 'drawn', '--force'],
  ['other has options.horizon 20, drawn 6', 'eval', 'drawn', 'other', '--robustness'],
  ['leave --randomize out', 'eval', 'drawn', '--robustness', '--randomize', 'transfer'],
])('says %j, and writes nothing', async (text, ...args) => {
  const { code, stdout, stderr } = await armature(folder, ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
  expect(stderr).toContain(text);
  for (const file of ['bad', 'x.html']) expect(existsSync(join(folder, file))).toBe(false);
});
