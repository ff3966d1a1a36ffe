import type { ChildProcess } from 'node:child_process';
import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeSealed, encodeSealed } from '../../envs/recording/sealed.ts';
import { resume } from '../../src/cli/train.ts';
import type { TrainingFlags } from '../../src/cli/training-options.ts';
import { policyFormat } from '../../src/policy/file.ts';
import { defaultBackend } from '../../src/policy/network/index.ts';
import { decodePolicy } from '../../src/run/checkpoint.ts';
import { versionsOf } from '../../src/run/schema.ts';
import { armature, contents, jsonLines, start, temporaryFolder } from './armature.ts';

const args = ['train', 'panda-reach-joints', '--set', 'horizon=5', '--steps', '1000', '--hidden-width', '8'];
const often = ['--batch', '100', '--eval-every', '300', '--checkpoint-every', '2', '--json'];

/** Starts the run, and waits until it has reported so many iterations. */
async function begin(cwd: string, out: string, iterations: number, ...more: string[]) {
  const run = start(cwd, ...args, ...often, ...more, '--out', out);
  await new Promise<void>((resolve) => {
    let text = '';
    run.child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.split('\n').length > iterations) resolve();
    });
    run.closed.then(() => resolve());
  });
  return run;
}

const folder = temporaryFolder();
const again = (...more: string[]) => armature(folder, 'resume', ...more);
/** The run that was never stopped. */
let whole: Record<string, string>;
/** Stands still in the middle of its work. */
let killed: ChildProcess;

beforeAll(async () => {
  const [outcome] = await Promise.all([
    armature(folder, ...args, ...often, '--workers', '1', '--out', 'whole'),
    begin(folder, 'killed', 2).then(({ child }) => {
      killed = child;
      child.kill('SIGSTOP');
    }),
    begin(folder, 'stopped', 2).then(async ({ child, closed }) => {
      child.kill('SIGTERM');
      expect(await closed).toMatchObject({ code: 143, stderr: '' });
    }),
  ]);
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  whole = contents(join(folder, 'whole'));
});

describe('a run that was killed', () => {
  it('goes on to the bytes of one that was not, with as many workers as one likes', async () => {
    killed.kill('SIGKILL');
    appendFileSync(join(folder, 'killed', 'metrics.csv'), '9,');
    writeFileSync(join(folder, 'killed', `policy.safetensors.${killed.pid}.tmp`), 'half of a pol');
    const { code, stdout, stderr } = await again('killed', '--workers', '3', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(jsonLines(stdout).at(-1)).toMatchObject({ type: 'result', env_steps: expect.any(Number), run: 'killed' });
    expect(contents(join(folder, 'killed'))).toEqual(whole);
  });

  it('says that it takes the place of one that gives no sign of life', async () => {
    cpSync(join(folder, 'whole'), join(folder, 'forged'), { recursive: true });
    const lock = join(folder, 'forged', 'lock');
    writeFileSync(lock, '{"pid":4194305,"host":"elsewhere"}');
    const ahead = new Date(Date.now() + 3600_000);
    utimesSync(lock, ahead, ahead);
    const { code, stdout, stderr } = await again('forged');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^forged: taken over from a process that gives no sign of life, and finished after iteration \d+;/,
    );
    expect(contents(join(folder, 'forged'))).toEqual(whole);
  });

  it('is not interfered with while it runs, nor by it once another process has taken it over', async () => {
    // Long enough to be met while it runs.
    const long = ['--steps', '6000'];
    const { child, closed } = await begin(folder, 'taken', 2, ...long);
    const other = await again('taken');
    expect(other).toMatchObject({ code: 1, stdout: '' });
    expect(other.stderr).toBe('error: taken is in use by a process that is still running: wait for it, or stop it\n');
    child.kill('SIGSTOP');
    const { code, stderr } = await again('taken');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    child.kill('SIGCONT');
    const woken = await closed;
    expect(woken.code).toBe(1);
    expect(woken.stderr).toMatch(/^error: the folder taken is lost, .+; nothing is written there\n$/);
    await armature(folder, ...args, ...often, ...long, '--out', 'untouched');
    expect(contents(join(folder, 'taken'))).toEqual(contents(join(folder, 'untouched')));
  });

  it('goes on from the checkpoint before where the latest is damaged', async () => {
    cpSync(join(folder, 'whole'), join(folder, 'damaged'), { recursive: true });
    const policy = join(folder, 'damaged', 'policy.safetensors');
    writeFileSync(policy, readFileSync(policy).subarray(0, 3000));
    const { code, stdout, stderr } = await again('damaged');
    expect(code).toBe(0);
    expect(stdout).toContain('damaged: finished after iteration 10');
    expect(stderr).toMatch(
      /^warning: damaged.policy\.safetensors: damaged \(.+\); looking for an earlier checkpoint\n$/,
    );
    expect(contents(join(folder, 'damaged'))).toEqual(whole);
  });
});

describe('a run whose table of metrics', () => {
  /** The run as it was when its oldest checkpoint was written, but for the table. */
  function older(name: string, change: (table: string) => string | null): string {
    const run = join(folder, name);
    cpSync(join(folder, 'whole'), run, { recursive: true });
    const [oldest] = readdirSync(join(run, 'checkpoints'));
    cpSync(join(run, 'checkpoints', oldest), join(run, 'policy.safetensors'));
    const metrics = join(run, 'metrics.csv');
    const changed = change(readFileSync(metrics, 'utf8'));
    if (changed === null) rmSync(metrics);
    else writeFileSync(metrics, changed);
    return run;
  }

  it('came to have other line breaks, loses nothing', async () => {
    const run = older('crlf', (table) => table.replaceAll('\n', '\r\n'));
    expect(await again('crlf', '--json')).toMatchObject({ code: 0, stderr: '' });
    expect(contents(run)).toEqual(whole);
  });

  it('is damaged after an earlier checkpoint, goes on from there to the same bytes', async () => {
    const run = join(folder, 'touched');
    cpSync(join(folder, 'whole'), run, { recursive: true });
    const metrics = join(run, 'metrics.csv');
    writeFileSync(metrics, readFileSync(metrics, 'utf8').slice(0, -40));
    const { code, stderr } = await again('touched');
    expect(code).toBe(0);
    expect(stderr).toBe(
      `warning: ${join('touched', 'metrics.csv')} is not as it was written; looking for an earlier checkpoint\n`,
    );
    expect(contents(run)).toEqual(whole);
  });

  it.each([
    ['is gone', () => null],
    ['is cut off', (table: string) => table.slice(0, 200)],
    ['was edited', (table: string) => table.replace('\n1,', '\n1,1')],
    ['is another file', () => 'nothing of the kind'],
  ])('%s, goes on without what is lost, and is resumed ever after', async (name, change) => {
    const run = older(name, change);
    const found = change(readFileSync(join(folder, 'whole', 'metrics.csv'), 'utf8'));
    const { code, stderr } = await again(name, '--json');
    expect(code).toBe(0);
    expect(stderr.split('\n').at(-2)).toMatch(
      /^warning: .+metrics\.csv: no checkpoint goes with it: the table up to iteration \d+ is lost, /,
    );
    // All but the table, and what the policy's file says of it.
    const { 'metrics.csv': _, 'policy.safetensors': __, ...rest } = whole;
    const own = contents(run);
    const best = 'checkpoints/best.safetensors';
    expect(own['rollouts.safetensors']).toBe(rest['rollouts.safetensors']);
    expect(own[best]).toBeDefined();
    const theta = async (folderOf: string) => {
      const file = join(folderOf, 'policy.safetensors');
      return (await decodePolicy(new Uint8Array(readFileSync(file)), file)).learner.theta;
    };
    expect(await theta(run)).toEqual(await theta(join(folder, 'whole')));
    if (found !== null) expect(readFileSync(join(run, 'metrics-unverified.csv'), 'utf8')).toBe(found);
    const rows = readFileSync(join(run, 'metrics.csv'), 'utf8').trimEnd().split('\n');
    const all = readFileSync(join(folder, 'whole', 'metrics.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(rows).toEqual([all[0], ...all.slice(1 - rows.length)]);
    expect(await again(name, '--json')).toMatchObject({ code: 0, stderr: '' });
    expect(contents(run)).toEqual(own);
  });
});

describe('a run that was stopped', () => {
  it('is refused another configuration, and another version', async () => {
    cpSync(join(folder, 'stopped'), join(folder, 'edited'), { recursive: true });
    const config = join(folder, 'edited', 'config.json');
    writeFileSync(config, readFileSync(config, 'utf8').replace('"gamma": 0.9', '"gamma": 0.8'));
    cpSync(join(folder, 'stopped'), join(folder, 'older'), { recursive: true });
    const policy = join(folder, 'older', 'policy.safetensors');
    const { metadata, tensors } = await decodeSealed(policyFormat, new Uint8Array(readFileSync(policy)), policy);
    const older = JSON.stringify({ ...versionsOf(defaultBackend), physics: 'rapier 0.1.0' });
    writeFileSync(policy, await encodeSealed(policyFormat, tensors, { ...metadata, versions: older }));
    const before = contents(folder);
    const cases: [string, string, TrainingFlags?][] = [
      ['config.options.gamma 0.9, not 0.95', 'stopped', { gamma: 0.95 }],
      ['config.steps 1000, not 5000', 'stopped', { steps: 5000 }],
      ['limits.iterations null, not 9', 'stopped', { iterations: 9 }],
      ['add --fork', 'stopped', { out: 'new' }],
      ['one of panda-reach-joints, not of reacher', 'stopped', { env: 'reacher' }],
      ['it has 284 numbers of theta, the run 246', 'stopped', { fork: true, hiddenWidth: 9, out: join(folder, 'new') }],
      ['not empty', 'stopped', { fork: true, out: join(folder, 'whole') }],
      ['options.gamma 0.9, not 0.8', 'edited'],
      ['physics "rapier 0.1.0", not "rapier 0.21.0"', 'older'],
      ['no such folder', 'nowhere'],
      ['holds no config.json', '.'],
    ];
    for (const [words, run, { env, ...flags } = {}] of cases) {
      await expect(resume(join(folder, run), env as string | undefined, flags)).rejects.toThrow(words);
    }
    expect(contents(folder)).toEqual(before);
  });

  it('starts a new run with --fork, which is resumed as any other', async () => {
    const before = contents(join(folder, 'stopped'));
    const { code, stdout } = await again('stopped', '--fork', '--gamma', '0.95', '--out', 'forked', '--json');
    expect(code).toBe(0);
    const lines = jsonLines(stdout);
    const [{ iteration }] = lines;
    const config = JSON.parse(readFileSync(join(folder, 'forked', 'config.json'), 'utf8'));
    expect(config).toMatchObject({
      options: { gamma: 0.95 },
      fork: { run: 'stopped', iteration: Number(iteration) - 1 },
    });
    const metrics = readFileSync(join(folder, 'forked', 'metrics.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    // A table of its own, from where it began: another algorithm would have other columns.
    expect(metrics[0]).toMatch(/^iteration,/);
    expect(metrics[1]).toMatch(new RegExp(`^${iteration},`));
    expect(metrics.length).toBe(2 + Number(lines.at(-1)?.iterations) - Number(iteration));
    const longer = await again('whole', '--fork', '--out', 'idle');
    expect(longer).toMatchObject({ code: 2, stdout: '' });
    expect(longer.stderr).toMatch(
      /^error: whole stands after \d+ iterations .+ nothing left to do: give more --steps\n$/,
    );
    expect(contents(join(folder, 'stopped'))).toEqual(before);
  });

  it('goes on by train --resume, too', async () => {
    const { code, stderr } = await armature(folder, 'train', '--resume', 'stopped', '--gamma', '0.9', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(contents(join(folder, 'stopped'))).toEqual(whole);
  });
});
