import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { armature, succeeding, temporaryFolder } from './armature.ts';

/** Modules that lie elsewhere, and a folder to work in that is reached by a link. */
const home = realpathSync(temporaryFolder());
const modules = join(home, 'secret-modules');
cpSync(fileURLToPath(new URL('../modules/project', import.meta.url)), modules, { recursive: true });
mkdirSync(join(home, 'secret-work'));
symlinkSync(join(home, 'secret-work'), join(home, 'secret-link'));
const cwd = join(home, 'secret-link');
const short = ['--set', 'horizon=4', '--hidden-width', '4', '--batch', '50', '--steps', '100'];

const ok = succeeding(cwd);

/** Files below a folder that say where they were made. */
function telling(folder: string): string[] {
  const words = ['secret', basename(home), ...(hostname().length > 3 ? [hostname()] : [])];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const file = join(folder, name);
    const text = statSync(file).isFile() ? readFileSync(file, 'latin1') : '';
    return words.filter((word) => name.includes(word) || text.includes(word)).map((word) => `${name}: ${word}`);
  });
}

describe.runIf(process.platform !== 'win32')('what is kept', () => {
  it('says nothing of where it was made: a run of modules from elsewhere, its fork, its recordings', async () => {
    const named = ['--arm', join(modules, 'arm.ts'), '--algorithm', join(modules, 'normalized.ts')];
    const run = join(home, 'secret-work', 'run');
    await ok('train', join(modules, 'waypoints.ts'), ...named, ...short, '--out', run);
    await ok(
      'record',
      run,
      '--episodes',
      '1',
      '--out',
      'r.safetensors',
      '--task',
      join(modules, 'waypoints.ts'),
      ...named,
    );
    await ok('verify', 'r.safetensors', '--task', join(modules, 'waypoints.ts'), '--arm', join(modules, 'arm.ts'));
    const fork = ['--fork', '--steps', '200', '--out', 'forked', '--task', join(modules, 'waypoints.ts')];
    await ok('resume', run, ...fork, ...named);
    expect(telling(cwd)).toEqual([]);
    const config = (name: string) => JSON.parse(readFileSync(join(cwd, name, 'config.json'), 'utf8'));
    expect(config('forked').fork).toEqual({ run: 'run', iteration: config('forked').fork.iteration });
    expect(config('run').env.modules.task).toMatchObject({ path: 'waypoints.ts' });
    expect(Object.keys(config('run').env.modules.task.files)).toEqual(['lib/way.ts', 'waypoints.ts']);
  }, 60_000);

  it('says nothing of it: a comparison', async () => {
    const algorithms = `${join(modules, 'normalized.ts')},ppo`;
    const out = join(home, 'secret-work', 'compared');
    const env = `--env=${join(modules, 'touch.ts')}`;
    const few = ['--seeds', '1', '--steps', '200', '--goals', '2', '--out', out];
    const done = await armature(cwd, 'compare', env, '--algorithms', algorithms, ...few, '--', '--batch', '100');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(out)).toContain('results.json');
    expect(telling(out)).toEqual([]);
    const { command } = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'));
    expect(command).toContain('--env=touch.ts --algorithms normalized.ts,ppo');
  }, 120_000);

  it('an import by an absolute path is refused', async () => {
    writeFileSync(join(cwd, 'absolute.ts'), `export { default } from '${join(modules, 'touch.ts')}';`);
    const { code, stderr } = await armature(cwd, 'check', './absolute.ts');
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('has to be relative') });
  });
});
