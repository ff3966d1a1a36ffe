import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeRecording, encodeRecording } from '../../envs/recording/recording.ts';
import { decodeSafetensors } from '../../envs/recording/safetensors.ts';
import { verifyCommand } from '../../src/cli/verify.ts';
import { distributions } from '../../src/policy/distributions/index.ts';
import { exitCode, isExpected } from '../../src/run/failure.ts';
import { armature, bytes, inPairs, jsonLines, quick, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();
const run = (...args: string[]) => armature(folder, ...args);
/** What no simulation shows. */
const claims = ['policy', 'gamma', 'lambda', 'mean', 'scale', 'logp', 'value'];
const done = { code: 0, stderr: '' };

const train = (seed: string, env = 'panda-reach-joints') =>
  run('train', env, ...quick, '--iterations', '1', '--seed', seed, '--out', `${env}-${seed}`);
await Promise.all([train('1'), train('2'), train('1', 'reacher')]);
const mine = 'panda-reach-joints-1';
await run('record', mine, '--episodes', '2', '--out', 'small.safetensors');
const small = readFileSync(join(folder, 'small.safetensors'));

describe('eval', () => {
  it('prints what the issue promises, the same each time', async () => {
    const judge = () => run('eval', mine, '--episodes', '7', '--seed', '5', '--json');
    // One after the other: at the same instant even the clock would be the same.
    const first = await judge();
    const second = await judge();
    expect(first).toMatchObject(done);
    expect(second.stdout).toBe(first.stdout);
    const [result, ...others] = jsonLines(first.stdout);
    expect(others).toEqual([]);
    expect(result).toMatchObject({
      type: 'result',
      episodes: 7,
      success_rate: expect.any(Number),
      mean_return: expect.any(Number),
      mean_length: expect.any(Number),
      mean_final_distance: expect.any(Number),
    });
    for (const name of ['success_rate', 'mean_return', 'mean_length', 'mean_final_distance']) {
      const [low, high] = result[`${name}_interval`] as [number, number];
      expect(low).toBeLessThanOrEqual(result[name] as number);
      expect(high).toBeGreaterThanOrEqual(result[name] as number);
    }
    const other = await run('eval', mine, '--episodes', '7', '--seed', '6', '--json');
    expect(other.stdout).not.toBe(first.stdout);
  });

  it('judges a controller without a run', async () => {
    const { code, stdout } = await run('eval', 'panda-reach', '--policy', 'proportional', '--episodes', '20', '--json');
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toMatchObject([{ type: 'result', episodes: 20, success_rate: 1 }]);
  });

  it('shows people a table', async () => {
    const { code, stdout, stderr } = await run('eval', mine, '--episodes', '3');
    expect({ code, stderr }).toEqual(done);
    for (const word of ['success', 'return', 'length', 'final distance', '95 % interval']) {
      expect(stdout).toContain(word);
    }
  });
});

describe('record and verify', () => {
  it.each([
    ['by the mean', []],
    ['by sampled actions', ['--stochastic']],
  ])('agree, on the policy too (%s)', async (_, more) => {
    const file = `agree${more.length}.safetensors`;
    expect(await run('record', mine, '--episodes', '5', ...more, '--seed', '8', '--out', file)).toMatchObject(done);
    const { code, stdout } = await run('verify', file, '--policy', mine);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `${file}: identical (5 episodes); its policy is that of ${mine}\n`,
    });
    const json = await run('verify', file, '--json');
    expect(jsonLines(json.stdout)).toEqual([
      { type: 'result', identical: true, episodes: 5, difference: null, claims: expect.arrayContaining(claims) },
    ]);
    const plain = await run('verify', file);
    expect(plain.stdout).toBe(
      `${file}: identical (5 episodes); claims of the file: ${claims.join(', ')}; --policy RUN compares those of its policy\n`,
    );
  });

  it.each(Object.keys(distributions))('agree on rollouts of a %s policy, and on the policy', async (policy) => {
    const own = `policy-${policy}`;
    const args = ['--seed', '1', '--policy', policy, '--out', own];
    expect(await run('train', 'panda-reach-joints', ...quick, '--iterations', '1', ...args)).toMatchObject(done);
    const file = `${own}.safetensors`;
    expect(await run('record', own, '--episodes', '3', '--stochastic', '--out', file)).toMatchObject(done);
    const { code, stdout } = await run('verify', file, '--policy', own);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `${file}: identical (3 episodes); its policy is that of ${own}\n`,
    });
    const { tensors, metadata } = decodeSafetensors(readFileSync(join(folder, file)), file);
    const { act, scale } = tensors;
    const [steps, actions] = act.shape;
    expect(scale.shape).toEqual(policy === 'full' ? [steps, actions, actions] : [steps, actions]);
    // What tells a viewer on which side of tanh the scale is.
    expect(JSON.parse(metadata.header).policy.squashed).toBe(policy === 'squashed' || undefined);
    // Another family's policy is another policy, whatever its parameters.
    if (policy !== 'diagonal')
      expect(await run('verify', file, '--policy', mine)).toMatchObject({ code: 1, stderr: '' });
  });

  it('agree on more episodes than run side by side, of unlike lengths', async () => {
    const args = ['--policy', 'proportional', '--episodes', '150', '--out', 'many.safetensors'];
    expect(await run('record', 'panda-reach', ...args)).toMatchObject(done);
    expect((await run('verify', 'many.safetensors')).stdout).toContain('many.safetensors: identical (150 episodes); ');
  });

  it("agree on a run's own rollouts", async () => {
    expect(await run('verify', join(mine, 'rollouts.safetensors'), '--policy', mine)).toMatchObject(done);
  });

  it('record the same bytes twice, and replace a file only when told to', async () => {
    const again = () => run('record', mine, '--episodes', '2', '--out', 'small.safetensors');
    expect(await again()).toMatchObject({ code: 1, stdout: '' });
    expect((await run('record', mine, '--episodes', '2', '--out', 'again.safetensors')).code).toBe(0);
    expect(bytes(folder, 'again.safetensors')).toBe(small.toString('base64'));
    const forced = await run(
      'record',
      'reacher-1',
      '--episodes',
      '1',
      '--force',
      '--json',
      '--out',
      'again.safetensors',
    );
    expect(jsonLines(forced.stdout)).toEqual([{ type: 'result', episodes: 1, steps: 6, file: 'again.safetensors' }]);
    expect(bytes(folder, 'again.safetensors')).not.toBe(small.toString('base64'));
  });

  it("report another run's policy with episode, step and field", async () => {
    const { code, stdout, stderr } = await run('verify', 'small.safetensors', '--policy', 'panda-reach-joints-2');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(
      /^small\.safetensors: different at episode 0, step 0, mean\[0\]: recorded \S+, simulated \S+\n$/,
    );
    const json = await run('verify', 'small.safetensors', '--policy', 'panda-reach-joints-2', '--json');
    expect(json.code).toBe(1);
    expect(jsonLines(json.stdout)).toMatchObject([
      { type: 'result', identical: false, difference: { episode: 0, step: 0, field: 'mean[0]' } },
    ]);
  });

  it('report a policy for another environment in one line', async () => {
    const { code, stdout, stderr } = await run('verify', 'small.safetensors', '--policy', 'reacher-1');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: reacher-1 is no policy for small\.safetensors: expected .+, found .+\n$/);
  });

  it('report a whole file that was changed and sealed again', async () => {
    const recording = await decodeRecording(new Uint8Array(small), 'small');
    const last = recording.episodes.length - 1;
    const reward = recording.episodes[last].reward.slice();
    reward[3] += 1e-12;
    const episodes = recording.episodes.with(last, { ...recording.episodes[last], reward });
    writeFileSync(join(folder, 'forged.safetensors'), await encodeRecording({ ...recording, episodes }));
    const { code, stdout } = await run('verify', 'forged.safetensors');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^forged\.safetensors: different at episode 1, step 3, reward\[0\]: /);
  });

  it.each([
    ['environment', { env: 'juggling' }],
    ['arm', { arm: 'three-headed' }],
    ['option', { options: { wind: 3 } }],
  ])('report a whole file of an unknown %s in one line', async (name, change) => {
    const { header, episodes } = await decodeRecording(new Uint8Array(small), 'small');
    const changed = { header: { ...header, env: { ...header.env, ...change } }, episodes };
    writeFileSync(join(folder, `${name}.safetensors`), await encodeRecording(changed));
    const { code, stdout, stderr } = await run('verify', `${name}.safetensors`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: \w+\.safetensors cannot be simulated: .+\n$/);
  });
});

describe('a flipped bit', () => {
  const places = Array.from({ length: 200 }, (_, k) => Math.floor((k * small.length) / 200));
  const flipped = (k: number) => {
    const copy = Uint8Array.from(small);
    copy[places[k]] ^= 1 << (k % 8);
    const file = join(folder, `flipped-${k}.safetensors`);
    writeFileSync(file, copy);
    return file;
  };

  it('is reported with exit 1 in one line, wherever it is', async () => {
    // Two hundred processes would take half a minute: this is the command itself, up to the exit.
    for (const k of places.keys()) {
      const file = flipped(k);
      const error: unknown = await verifyCommand()
        .parseAsync([file], { from: 'user' })
        .then(
          () => `nothing was found at byte ${places[k]}`,
          (reason: unknown) => reason,
        );
      expect(isExpected(error), String(error)).toBe(true);
      expect(exitCode(error)).toBe(1);
      expect((error as Error).message).toMatch(/^.*flipped-\d+\.safetensors: .+$/);
    }
  });

  it('is reported by the process too', async () => {
    await inPairs([0, 1, 20, 60, 100, 199], async (k) => {
      const { code, stdout, stderr } = await run('verify', flipped(k));
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^error: [^\n]+\n$/);
    });
  });
});
