import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { armature, jsonLines, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();
const root = fileURLToPath(new URL('../..', import.meta.url));
const run = (...args: string[]) => armature(folder, ...args);
const files = [
  '.gitignore',
  '.npmrc',
  'README.md',
  'package.json',
  'task.test.ts',
  'task.ts',
  'tsconfig.json',
  'vitest.config.ts',
];

it('writes a project, names every file, and says what to do next', async () => {
  const { code, stdout, stderr } = await run('new', 'My Task', '--no-install');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(readdirSync(join(folder, 'My Task')).sort()).toEqual(files);
  for (const file of files) expect(stdout).toMatch(new RegExp(`^ {4}${file.replaceAll('.', '\\.')} +\\w`, 'm'));
  expect(stdout).toMatch(/ {4}cd "My Task"\n {4}npm install\n {4}npx armature train \.\/task\.ts\n/);
  const description = JSON.parse(readFileSync(join(folder, 'My Task', 'package.json'), 'utf8'));
  expect(description).toEqual({
    name: 'my-task',
    private: true,
    type: 'module',
    scripts: { test: 'vitest run' },
    dependencies: { [manifest.name]: `file:${root.slice(0, -1)}` },
    devDependencies: { vitest: manifest.devDependencies.vitest },
  });
  expect(readFileSync(join(folder, 'My Task', 'task.ts'), 'utf8').split('\n').length - 1).toBeLessThanOrEqual(40);
});

it('writes a task in which nothing is wrong', async () => {
  await run('new', 'checked', '--no-install');
  expect((await run('check', 'checked/task.ts')).stdout).toContain('No problem found');
});

it('prints one line of JSON for programs', async () => {
  const { code, stdout, stderr } = await run('new', 'programs', '--no-install', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [{ files: written, ...rest }] = jsonLines(stdout);
  expect(rest).toEqual({ type: 'result', folder: 'programs', installed: false });
  expect([...(written as string[])].sort()).toEqual(files);
});

it('begins in a repository that holds nothing yet, and nowhere where there is something', async () => {
  mkdirSync(join(folder, 'repository', '.git'), { recursive: true });
  expect((await run('new', 'repository', '--no-install')).code).toBe(0);
  writeFileSync(join(folder, 'file'), '');
  for (const [name, words] of [
    ['repository', 'is not empty: choose another, or remove it'],
    ['file', 'a file in the place of a folder'],
  ]) {
    const { code, stdout, stderr } = await run('new', name, '--no-install');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(stderr).toContain(words);
  }
});

it('says in one line that npm failed, and that the files are there', () => {
  // A machine without npm.
  const main = join(root, 'dist/src/cli/main.js');
  const attempt = () =>
    execFileSync(process.execPath, [main, 'new', 'alone', '--json'], {
      cwd: folder,
      env: { PATH: '/nowhere' },
      stdio: 'pipe',
    });
  expect(attempt).toThrow(
    /error: the files are in alone, but npm install failed: there is no npm here; `npm install` in it/,
  );
  expect(readdirSync(join(folder, 'alone')).sort()).toEqual(files);
});
