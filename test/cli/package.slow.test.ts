import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from './armature.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { name, bin, dependencies, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

it('as it is packed, beside nothing but its dependencies, does all that the README shows', () => {
  const folder = temporaryFolder();
  const packages = join(folder, 'node_modules');
  const own = join(packages, name);
  const run = (command: string, ...args: readonly string[]) => execFileSync(command, args, { cwd: folder }).toString();
  mkdirSync(own, { recursive: true });
  const npm = ['pack', root, '--ignore-scripts', '--json', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(run('npm', ...npm));
  run('tar', '-xzf', filename, '--strip-components=1', '-C', own);
  for (const each of Object.keys(dependencies)) {
    mkdirSync(dirname(join(packages, each)), { recursive: true });
    symlinkSync(join(root, 'node_modules', each), join(packages, each), 'dir');
  }

  const armature = (...args: readonly string[]) => run(process.execPath, join(own, bin.armature), ...args);
  expect(armature('envs')).toContain('panda-reach');
  expect(armature('train', 'reacher', '--steps', '2000', '--out', 'run', '--workers', '2')).toContain('Saved in run');
  expect(armature('resume', 'run', '--fork', '--steps', '3000', '--out', 'more')).toContain('Saved in more');
  expect(armature('eval', 'run', '--episodes', '5')).toContain('return');
  expect(armature('eval', 'panda-reach', '--policy', 'proportional', '--episodes', '5')).toContain('100 %');
  expect(armature('record', 'run', '--episodes', '3', '--out', 'r.safetensors')).toContain('3 episodes');
  expect(armature('verify', 'r.safetensors', '--policy', 'run')).toContain('3 episodes');
  expect(armature('share', 'r.safetensors', '--out', 'demo.html')).toContain('demo.html');
  expect(armature('share', 'run', '--out', 'run.html')).toContain('run.html');
  expect(armature('lab', 'importance', '--out', 'lab.html')).toContain('lab.html');
  const few = ['--algorithms', 'reinforce,ppo', '--env', 'reacher', '--seeds', '1', '--steps', '1000', '--goals', '5'];
  expect(armature('compare', ...few, '--out', 'compared')).toContain('report.html');
  for (const file of Object.values<string>(exports['./viewer'])) expect(existsSync(join(own, file)), file).toBe(true);
  expect(JSON.parse(armature('doctor', '--json'))).toMatchObject({ type: 'doctor' });
});
