import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { contents, jsonLines, listing, temporaryFolder } from './armature.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const lock = join(root, 'node_modules', '.package-lock.json');

function run(cwd: string, command: string, ...args: readonly string[]): string {
  const env = { ...process.env, CI: '', NO_COLOR: '1' };
  return execFileSync(command, args, { cwd, env, stdio: 'pipe', encoding: 'utf8' });
}

/** All that the README of a project says, in a project. */
function useProject(project: string): void {
  expect(run(project, 'npm', 'test')).toMatch(/2 written[\s\S]*3 passed/);
  expect(run(project, 'npm', 'test')).toMatch(/3 passed/);
  run(project, process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '--noEmit');
  expect(run(project, 'npx', 'armature', 'check', './task.ts')).toContain('No problem found');
  run(project, 'npx', 'armature', 'train', './task.ts', '--steps', '2000', '--seed', '9');
  expect(run(project, 'npx', 'armature', 'eval', 'runs/follow-lamp-s9', '--episodes', '5')).toContain('return');
  // Another task is another outcome.
  const task = readFileSync(join(project, 'task.ts'), 'utf8');
  writeFileSync(join(project, 'task.ts'), task.replace('-0.001', '-0.002'));
  expect(() => run(project, 'npm', 'test')).toThrow('Failed Tests 2');
  expect(run(project, 'npm', 'test', '--', '-u')).toMatch(/2 updated/);
}

it('a project of a clone works at once, and leaves the clone alone', () => {
  const folder = temporaryFolder();
  const before = [listing(join(root, 'dist')), statSync(lock).mtimeMs];
  const [made] = jsonLines(run(folder, process.execPath, join(root, 'dist/src/cli/main.js'), 'new', 'mine', '--json'));
  expect(made).toMatchObject({ type: 'result', installed: true });
  useProject(join(folder, 'mine'));
  run(join(folder, 'mine'), 'npm', 'install');
  expect([listing(join(root, 'dist')), statSync(lock).mtimeMs]).toEqual(before);
});

it('a project of an installed package works at once, and leaves the package alone', () => {
  const folder = temporaryFolder();
  const [{ filename }] = JSON.parse(
    run(folder, 'npm', 'pack', root, '--ignore-scripts', '--json', '--pack-destination', folder),
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  run(folder, 'npm', 'install', `./${filename}`, '--no-audit', '--no-fund');
  const before = contents(join(folder, 'node_modules'));
  run(folder, 'npx', 'armature', 'new', 'mine');
  useProject(join(folder, 'mine'));
  expect(contents(join(folder, 'node_modules'))).toEqual(before);
});

it.each([0, 1, 2])('the task of a new project is learned, with seed %i', (seed) => {
  const folder = temporaryFolder();
  const main = join(root, 'dist/src/cli/main.js');
  run(folder, process.execPath, main, 'new', 'mine', '--no-install');
  const lines = jsonLines(run(folder, process.execPath, main, 'train', 'mine/task.ts', '--seed', `${seed}`, '--json'));
  expect(lines.at(-1)?.success_rate).toBeGreaterThan(0.9);
});
