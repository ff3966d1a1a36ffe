import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { armature, contents, quick, start, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();
const args = ['train', 'panda-reach-joints', ...quick, '--json', '--out'];
let whole: Record<string, string>;
beforeAll(async () => {
  expect(await armature(folder, ...args, 'whole')).toMatchObject({ code: 0 });
  whole = contents(join(folder, 'whole'));
});

const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** Runs a command whose output goes to a device that is always full. */
function onFullDisk(streams: readonly ('stdout' | 'stderr')[], ...command: readonly string[]) {
  const full = openSync('/dev/full', 'w');
  const at = (name: 'stdout' | 'stderr') => (streams.includes(name) ? full : 'pipe');
  const child = spawn(process.execPath, ['--liftoff-only', main, ...command], {
    cwd: folder,
    stdio: ['ignore', at('stdout'), at('stderr')],
  });
  closeSync(full);
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stderr }));
  });
}

describe('a reader that goes away', () => {
  it('does not end a run, which comes to the same bytes', async () => {
    const { child, closed, firstLine } = start(folder, ...args, 'unread');
    await firstLine;
    child.stdout.destroy();
    expect(await closed).toMatchObject({ code: 0, stderr: '' });
    expect(contents(join(folder, 'unread'))).toEqual(whole);
  });

  it.each([
    ['stdout', 'eval', 'whole', '--episodes', '3'],
    ['stderr', 'eval', 'whole', '--episodes', '3'],
    ['stdout', 'envs'],
    ['stderr', 'eval', 'nowhere'],
    ['stdout', 'check', 'reacher'],
    ['stdout', 'train', '--help'],
  ] as const)('of %s, from %s, brings up no stack trace', async (stream, ...command) => {
    const { child, closed } = start(folder, ...command);
    child[stream].destroy();
    const { code, stdout, stderr } = await closed;
    expect(code).toBe(command[1] === 'nowhere' ? 1 : 0);
    expect(`${stdout}${stderr}`).not.toMatch(/\n\s+at |Error:/);
  });
});

describe.runIf(existsSync('/dev/full'))('a full disk', () => {
  const said = /^error: cannot write the output: the disk is full; the command goes on without it\n$/;

  it.each([
    ['stdout', ['stdout'], 1, said],
    ['both streams', ['stdout', 'stderr'], 1, /^$/],
    ['stderr', ['stderr'], 0, /^$/],
  ] as const)('under %s does not end a run, which comes to the same bytes', async (name, streams, code, words) => {
    const outcome = await onFullDisk(streams, ...args, `full ${name}`);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(words);
    expect(contents(join(folder, `full ${name}`))).toEqual(whole);
  });

  it.each([
    ['eval', 'whole', '--episodes', '3'],
    ['record', 'whole', '--episodes', '1', '--out', 'recorded.safetensors'],
    ['verify', 'whole/rollouts.safetensors'],
    ['envs'],
    ['check', 'reacher'],
    ['--help'],
  ])('is said in one line by %s', async (...command) => {
    const { code, stderr } = await onFullDisk(['stdout'], ...command);
    expect(code).toBe(1);
    expect(stderr).toMatch(said);
  });
});
