import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeRecording } from '../../envs/recording/recording.ts';
import { encodePolicy } from '../../src/run/checkpoint.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { sampleRecording } from '../recording/sample.ts';
import { armature, jsonLines, succeeding, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();
const ok = succeeding(folder);

beforeAll(async () => {
  mkdirSync(join(folder, 'empty'));
  const learner = learnerOf(configureTraining({ env: 'panda-reach-joints', options: { hiddenWidth: 4 } }));
  writeFileSync(join(folder, 'reach.safetensors'), await encodePolicy(learner));
  writeFileSync(join(folder, 'rollouts.safetensors'), await encodeRecording(sampleRecording()));
});

describe('armature export', () => {
  it.each(['onnx', 'json', 'safetensors'])('writes %s, and says what goes in and what comes out', async (format) => {
    const out = `policy.${format}`;
    const text = await ok('export', 'reach.safetensors', '--format', format, '--out', out);
    expect(text.split('\n')[0]).toMatch(new RegExp(`^policy\\.${format}, [\\d.]+ kB$`));
    expect(text).toMatch(/observation\n +0-2 +position +m +/);
    expect(text).toMatch(/action, every 0\.04 s\n +0-6 +joint_step +0\.05 rad +moves each joint from where it is\n/);
    expect(text).toContain('the mean of a diagonal Gaussian, clipped to [-1, 1]');
    const before = readFileSync(join(folder, out));
    const refused = await armature(folder, 'export', 'reach.safetensors', '--format', format, '--out', out);
    expect(refused).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `error: ${out} exists already: choose another --out, or replace it with --force\n`,
    });
    const [line] = jsonLines(
      await ok('export', 'reach.safetensors', '--format', format, '--out', out, '--force', '--json'),
    );
    expect(line).toEqual({
      type: 'result',
      ...{ file: out, format, bytes: before.length, observation: 12, action: 7 },
    });
    expect(readFileSync(join(folder, out))).toEqual(before);
  });

  it('never writes over the policy', async () => {
    const before = readFileSync(join(folder, 'reach.safetensors'));
    const own = ['export', 'reach.safetensors', '--format', 'safetensors'];
    expect(await ok(...own)).toMatch(/^reach-tensors\.safetensors, /);
    const refused = await armature(folder, ...own, '--out', './reach.safetensors', '--force');
    expect(refused).toMatchObject({
      code: 2,
      stderr: 'error: --out ./reach.safetensors is the policy itself: choose another file\n',
    });
    expect(readFileSync(join(folder, 'reach.safetensors'))).toEqual(before);
  });

  it('writes ONNX by the name of the run where nothing else is said', async () => {
    expect(await ok('export', './reach.safetensors')).toMatch(/^reach\.onnx, /);
    expect(existsSync(join(folder, 'reach.onnx'))).toBe(true);
  });

  it.each([
    ['elsewhere', 1, 'error: cannot export elsewhere: there is no such folder or file'],
    ['empty', 1, 'error: cannot export empty: it holds no policy.safetensors'],
    [
      'rollouts.safetensors',
      1,
      'error: rollouts.safetensors: not a policy file (format: expected armature.policy, found ',
    ],
    [
      'reach.safetensors --format pickle',
      2,
      "argument 'pickle' is invalid. Allowed choices are onnx, json, safetensors.",
    ],
  ])('of %s ends with %d and one line', async (args, code, words) => {
    const refused = await armature(folder, 'export', ...args.split(' '), '--out', 'nothing');
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr).toContain(words);
    expect(refused.stderr.trimEnd()).not.toContain('\n');
    expect(existsSync(join(folder, 'nothing'))).toBe(false);
  });
});
