import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { quoted, table } from '../report/format.ts';
import { codeOf, Failure } from '../run/failure.ts';
import { makeEmptyFolder, writeWhole } from '../run/files.ts';
import { withExamples } from './command.ts';
import { printJson, printLines, styled } from './output.ts';

interface NewFlags {
  readonly install: boolean;
  readonly json?: boolean;
}

/** Armature itself: a clone, or the package where it is installed. */
const own = fileURLToPath(new URL('../../..', import.meta.url));
const template = join(own, 'assets', 'project');

/** What is written, and what it is. */
const files = {
  'task.ts': 'the task: what the arm observes, and what it is rewarded for',
  'task.test.ts': 'holds it to its contract, and to what it was',
  'README.md': 'what to do with it',
  'package.json': 'Armature and vitest',
  'tsconfig.json': 'for the editor',
  'vitest.config.ts': 'for npm test',
  '.npmrc': 'for npm install',
  '.gitignore': 'runs, and what is installed',
} as const;
const names = Object.keys(files) as (keyof typeof files)[];

export function newCommand(): Command {
  const command = new Command('new')
    .description('begin a project: a task of your own that an arm learns in half a minute, with its tests')
    .argument('<folder>', 'where; it must not hold anything yet')
    .option('--no-install', 'do not run npm install in it')
    .option('--json', 'print one line of JSON');
  return withExamples(command, 'armature new my-task', 'armature new my-task --no-install').action(create);
}

function create(folder: string, { install, json }: NewFlags): void {
  const say = (...lines: readonly string[]) => json || printLines(lines);
  makeEmptyFolder(folder, (name) => name === '.git', 'choose another');
  const texts = filesFor(folder);
  for (const name of names) writeWhole(join(folder, name), texts[name]);
  const rows = Object.entries(files).map(([name, about]) => [`  ${name}`, about]);
  say('', `  ${styled('bold', folder)}`, '', ...table(rows), '');
  if (install) {
    say(`  ${styled('dim', 'npm install ...')}`, '');
    installIn(folder);
  }
  if (json) printJson({ type: 'result', folder, files: names, installed: install });
  const steps = [`cd ${quoted(folder)}`, ...(install ? [] : ['npm install']), ...next];
  say('  Next:', '', ...steps.map((step) => `    ${step}`), '');
}

const next = ['npx armature train ./task.ts', 'npx armature view runs/follow-lamp-s0', 'npm test'];

/** The text of each; npm would not pack those whose names begin with a dot. */
function filesFor(folder: string): Record<string, string> {
  const textOf = (name: string) =>
    name === 'package.json' ? descriptionOf(folder) : readFileSync(join(template, name.replace(/^\./, '')), 'utf8');
  return Object.fromEntries(names.map((name) => [name, textOf(name)]));
}

function descriptionOf(folder: string): string {
  const { name, devDependencies } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8'));
  const plain = basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const description = {
    name: plain || 'my-task',
    private: true,
    type: 'module',
    scripts: { test: 'vitest run' },
    // From the root of the disk, so that the project can be moved.
    dependencies: { [name]: `file:${own.replaceAll('\\', '/').replace(/\/$/, '')}` },
    devDependencies: { vitest: devDependencies.vitest },
  };
  return `${JSON.stringify(description, null, 2)}\n`;
}

function installIn(folder: string): void {
  const { npm_config_local_prefix: _, ...env } = process.env;
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, signal, error, stderr } = spawnSync('npm', args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  const isThere = codeOf(error) !== 'ENOENT';
  const ended = signal ? `it was ended by ${signal}` : reasonIn(error?.message ?? stderr);
  const why = isThere ? ended : 'there is no npm here';
  throw new Failure(`the files are in ${folder}, but npm install failed: ${why}; \`npm install\` in it goes on`);
}

/** The sentence among what npm prints of an error. */
function reasonIn(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim());
  return lines.find((line) => line.includes(' ') && !/^(code|syscall|errno|path) /.test(line)) ?? 'it does not say why';
}
