import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { armature, inPairs, listing, quick, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();
const run = (...args: string[]) => armature(folder, ...args);

await run('train', 'reacher', ...quick, '--iterations', '1', '--out', 'reacher-run');
await run('train', 'panda-reach-joints', ...quick, '--iterations', '1', '--out', 'run');
await run('record', 'run', '--episodes', '1', '--out', 'good.safetensors');
writeFileSync(join(folder, 'file'), 'text');
mkdirSync(join(folder, 'nothing'));
writeFileSync(join(folder, 'empty.safetensors'), '');
const good = readFileSync(join(folder, 'good.safetensors'));
writeFileSync(join(folder, 'torn.safetensors'), good.subarray(0, good.length / 2));
const policy = join('run', 'policy.safetensors');
const longName = 'x'.repeat(300);
const links = temporaryFolder();
symlinkSync('good.safetensors', join(folder, 'link'));
symlinkSync('nowhere', join(links, 'dangling'));

/** Runs the commands, and expects of each one line that says `words`, and a folder as it was. */
async function expectRefused(code: number, cases: readonly (readonly [words: string, ...args: string[]])[]) {
  const before = listing(folder);
  await inPairs(cases, async ([words, ...args]) => {
    const found = await run(...args);
    const { stdout, stderr } = found;
    expect({ args, code: found.code, stdout }).toEqual({ args, code, stdout: '' });
    expect(stderr, args.join(' ')).toMatch(/^error: [^\n]+\n$/);
    expect(stderr).toContain(words);
    expect(stderr, args.join(' ')).not.toMatch(/unexpected|\bat .+:\d+/);
  });
  expect(listing(folder)).toEqual(before);
}

describe('exit 2', () => {
  it('for a name that is not known', () =>
    expectRefused(2, [
      ["unknown command 'trian'", 'trian'],
      ['unknown environment "juggling"', 'train', 'juggling'],
      ['unknown environment "constructor"', 'train', 'constructor'],
      ['unknown environment "two lines"', 'train', 'two\nlines'],
      ['unknown environment "juggling"', 'envs', 'juggling'],
      ["unknown option '--juggle'", 'train', 'reacher', '--juggle'],
      ["unknown option '--juggle'", 'verify', 'good.safetensors', '--juggle'],
      ['unknown arm "three-headed"', 'train', 'panda-reach', '--arm', 'three-headed'],
      ['does not run on arm "planar"', 'train', 'panda-reach', '--arm', 'planar'],
      ['unknown algorithm "alchemy"', 'train', 'reacher', '--algorithm', 'alchemy'],
      ['unknown algorithm "toString"', 'train', 'reacher', '--algorithm', 'toString'],
      ['unknown policy "alchemy"', 'eval', 'run', '--policy', 'alchemy'],
      ['unknown policy "alchemy"', 'record', 'run', '--policy', 'alchemy', '--out', 'new'],
      ['has no option "wind"', 'train', 'reacher', '--set', 'wind=1'],
      ['has no option "__proto__"', 'train', 'reacher', '--set', '__proto__=1'],
      ['has no option "reward"', 'train', 'reacher', '--reward', 'dense'],
    ]));

  it('for a value that is out of range or of another kind', () =>
    expectRefused(2, [
      ['dense, sparse', 'train', 'panda-reach', '--reward', 'generous'],
      ['expected key=value', 'train', 'reacher', '--set', 'horizon'],
      ['"horizon"', 'train', 'reacher', '--set', 'horizon=0'],
      ['"horizon"', 'train', 'panda-reach', '--set', 'horizon=1.5'],
      ['"horizon"', 'train', 'panda-reach', '--set', 'horizon='],
      ['"gravity"', 'train', 'panda-reach', '--set', 'gravity=NaN'],
      ['true or false', 'train', 'panda-reach', '--set', 'relativeGoal=maybe'],
      ['--seed', 'train', 'reacher', '--seed', '-1'],
      ['--seed', 'train', 'reacher', '--seed', '9007199254740993'],
      ['--steps', 'train', 'reacher', '--steps', '0'],
      ['--steps', 'train', 'reacher', '--steps', '1e3'],
      ['--iterations', 'train', 'reacher', '--iterations', 'many'],
      ['--checkpoint-every', 'train', 'reacher', '--checkpoint-every', '0'],
      ['--gamma', 'train', 'reacher', '--gamma', '1.1'],
      ['--learning-rate', 'train', 'reacher', '--learning-rate', 'fast'],
      ['--baseline', 'train', 'reacher', '--baseline', 'alchemy'],
      ['--policy', 'train', 'reacher', '--policy', 'alchemy'],
      ['--importance', 'train', 'reacher', '--importance', 'alchemy'],
      ['--hidden-width', 'train', 'reacher', '--hidden-width', '0'],
      ['--episodes', 'eval', 'run', '--episodes', '0'],
      ['--seed', 'eval', 'run', '--seed', 'x'],
      ['--episodes', 'record', 'run', '--out', 'new', '--episodes', '-3'],
      ['--port', 'view', 'run', '--no-open', '--port', '65536'],
    ]));

  it('for what is missing, too much, or does not go together', () =>
    expectRefused(2, [
      ["'env'", 'train'],
      ["'run'", 'eval'],
      ["'run'", 'resume'],
      ['--resume', 'train', 'reacher', '--fork'],
      ["'run'", 'record', '--out', 'new'],
      ['--out', 'record', 'run'],
      ["'file'", 'verify'],
      ['--seed', 'train', 'reacher', '--seed'],
      ['too many arguments', 'verify', 'good.safetensors', 'good.safetensors'],
      ['--until-solved', 'train', 'reacher', '--until-solved'],
      ['needs the value of a state', 'train', 'reacher', '--advantage', 'gae', '--baseline', 'mean'],
      ['returns "full"', 'train', 'reacher', '--advantage', 'td', '--baseline', 'linear', '--returns', 'full'],
      ['"per-decision"', 'train', 'reacher', '--reuse', '1', '--importance', 'per-decision', '--returns', 'full'],
      ['those of reacher do not', 'eval', 'reacher', '--policy', 'proportional'],
      ['those of reacher do not', 'eval', 'reacher-run', '--policy', 'proportional'],
    ]));
});

describe('exit 1', () => {
  it('for a file or folder that is not there', () =>
    expectRefused(1, [
      ['no such', 'verify', 'nowhere.safetensors'],
      ['no such', 'verify', 'good.safetensors', '--policy', 'nowhere'],
      ['no such', 'eval', 'nowhere'],
      ['no such', 'eval', 'nowhere', '--policy', 'proportional'],
      ['no such', 'record', 'nowhere', '--out', 'new'],
      ['no such', 'view', 'nowhere', '--no-open'],
      ['file/x', 'eval', 'file/x'],
      ['file/x', 'view', 'file/x', '--no-open'],
      ['folder', 'verify', 'run'],
      ['holds no policy', 'eval', '.'],
      ['holds no rollouts', 'view', 'nothing', '--no-open'],
      [longName, 'eval', longName],
    ]));

  it('for a foreign or damaged file', () =>
    expectRefused(1, [
      ['not a policy file', 'eval', 'good.safetensors'],
      ['not a rollout file', 'verify', 'file'],
      ['not a rollout file', 'verify', 'empty.safetensors'],
      ['not a rollout file', 'verify', policy],
      ['damaged', 'verify', 'torn.safetensors'],
      ['not a rollout file', 'view', 'file', '--no-open'],
      ['damaged', 'view', 'torn.safetensors', '--no-open'],
      ['not a rollout file', 'view', policy, '--no-open'],
    ]));

  it('for a policy that is damaged or something else', async () => {
    const bad = temporaryFolder();
    const original = readFileSync(join(folder, policy));
    await armature(bad, 'train', 'reacher', ...quick, '--iterations', '1', '--out', 'run');
    const refusals: [Uint8Array, RegExp][] = [
      [original.subarray(0, 1000), /damaged/],
      [good, /not a policy file/],
      [Buffer.from('text'), /not a policy file/],
    ];
    for (const [content, words] of refusals) {
      writeFileSync(join(bad, 'run', 'policy.safetensors'), content);
      const { code, stdout, stderr } = await armature(bad, 'eval', 'run', '--episodes', '1');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^error: [^\n]+\n$/);
      expect(stderr).toMatch(words);
    }
  });

  // Nothing is unwritable to root but a path that leads through a file.
  it('for a place that cannot be written', () =>
    expectRefused(1, [
      ['found a file', 'train', 'reacher', ...quick, '--out', 'file/run'],
      ['file in the place of a folder', 'train', 'reacher', ...quick, '--out', 'file'],
      ['too long', 'train', 'reacher', ...quick, '--out', longName],
      ['found a file on the way', 'record', 'run', '--episodes', '1', '--out', 'file/new'],
      ['too long', 'record', 'run', '--episodes', '1', '--out', longName],
      ['found 4.84 GB for the policy with all', 'train', 'reacher', '--hidden-width', '4096', '--hidden-layers', '7'],
      ['too long', 'lab', 'natural', '--out', longName],
      ['exists already', 'lab', 'natural', '--out', 'file'],
      ['found a folder', 'lab', 'natural', '--out', 'nothing', '--force'],
      ['found a file on the way', 'lab', 'natural', '--out', 'file/new'],
      ['found a link', 'share', 'run', '--out', 'link'],
      ['found a link', 'share', 'run', '--out', 'link', '--force'],
      ['found a link', 'record', 'run', '--episodes', '1', '--out', 'link', '--force'],
      ['found a link', 'lab', 'natural', '--out', join(links, 'dangling'), '--force'],
      ['found a link', 'record', 'run', '--episodes', '1', '--out', join(links, 'dangling')],
      ['found a device or a pipe', 'record', 'run', '--episodes', '1', '--out', '/dev/null', '--force'],
      ['not empty', 'train', 'reacher', ...quick, '--out', 'run'],
      ['exists already', 'record', 'run', '--episodes', '1', '--out', 'good.safetensors'],
      ['cannot write run', 'record', 'run', '--episodes', '1', '--out', 'run', '--force'],
    ]));

  it('for a folder whose path has no room for the files of a run', async () => {
    const deep = temporaryFolder();
    // A system takes paths of at most 4095 bytes.
    const length = 4095 - deep.length - 37;
    const out = Array.from({ length }, (_, i) => (i % 200 === 199 ? '/' : 'y')).join('');
    const { code, stdout, stderr } = await armature(deep, 'train', 'reacher', ...quick, '--out', join(deep, out));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(/^error: [^\n]+: the name is too long\n$/.test(stderr)).toBe(true);
    // It is left as empty as it was found.
    expect(readdirSync(join(deep, out))).toEqual([]);
  });

  it('for a port that is in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await expectRefused(1, [['in use', 'view', 'good.safetensors', '--no-open', '--port', String(port)]]);
    } finally {
      server.close();
    }
  });
});
