import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeSealed, software } from '../../envs/recording/sealed.ts';
import { policyFormat } from '../../src/policy/file.ts';
import { armature, contents, jsonLines, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();
const run = (...args: string[]) => armature(folder, ...args);
const sample = fileURLToPath(new URL('../recording/samples/run', import.meta.url));
const copy = (name: string) => cpSync(sample, join(folder, name), { recursive: true });
/** What made the sample. */
const train = 'train panda-reach --hidden-width 8 --hidden-layers 1 --batch 60 --steps 120 --reuse 1 --baseline value';
const more = '--checkpoint-every 1 --seed 3';

describe('a run of version 2', () => {
  it('acts as it did', async () => {
    const { code, stdout } = await run('eval', sample, '--episodes', '20', '--json');
    expect(code).toBe(0);
    expect(jsonLines(stdout)[0]).toMatchObject({
      success_rate: 0.05,
      mean_return: -8.85214549018713,
      mean_length: 49.8,
      mean_final_distance: 0.187047759167076,
    });
  });

  it('is left as it is by resume: this version would not come to the same bytes', async () => {
    copy('left');
    const before = contents(join(folder, 'left'));
    const { code, stderr } = await run('resume', 'left', '--json');
    expect(code).toBe(1);
    expect(stderr).toContain(`left was made by another version (software "armature 0.1.0", not "${software}")`);
    expect(stderr).toContain('--fork starts a new run from it');
    expect(contents(join(folder, 'left'))).toEqual(before);
  });

  it('becomes a file of this version by a fork', async () => {
    copy('forked-from');
    const [forked, anew] = await Promise.all([
      run('resume', 'forked-from', '--fork', '--steps', '200', '--out', 'further', '--json'),
      run(...`${train} ${more} --out anew --json`.split(' ')),
    ]);
    expect([forked, anew]).toMatchObject([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    const formOf = async (name: string) => {
      const bytes = readFileSync(join(folder, name, 'policy.safetensors'));
      const { metadata, tensors, version } = await decodeSealed(policyFormat, bytes, name);
      const shapes = Object.entries(tensors).map(([tensor, { dtype, shape }]) => [tensor, dtype, shape.length]);
      return { version, names: Object.keys(metadata), shapes, spec: metadata.spec };
    };
    expect(await formOf('further')).toEqual(await formOf('anew'));
  });

  it('starts a new run, which uses its earlier batch again, and is recorded as any other', async () => {
    copy('old');
    const forked = await run('resume', 'old', '--fork', '--steps', '200', '--out', 'forked', '--json');
    expect(forked).toMatchObject({ code: 0, stderr: '' });
    const [first] = jsonLines(forked.stdout);
    expect(first).toMatchObject({ type: 'progress', iteration: 3, effectiveSamples: expect.any(Number) });
    expect(first.effectiveSamples).not.toBe(1);
    for (const name of ['old', 'forked']) {
      expect(await run('record', name, '--episodes', '2', '--out', `${name}.safetensors`)).toMatchObject({ code: 0 });
      const { stdout } = await run('verify', `${name}.safetensors`, '--policy', name);
      expect(stdout).toBe(`${name}.safetensors: identical (2 episodes); its policy is that of ${name}\n`);
    }
  });
});
