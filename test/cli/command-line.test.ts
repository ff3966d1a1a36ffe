import { execFileSync } from 'node:child_process';

import { expect, it } from 'vitest';
import { commandOfResults } from '../../src/cli/command.ts';
import { commandLine, quoted } from '../../src/report/format.ts';
import { armature, quick, temporaryFolder } from './armature.ts';

const awkward = [
  'runs/a-s0',
  'läufe/erster lauf',
  "it's",
  'say "hello"',
  'a$HOME`b`!',
  'both \' and "',
  'back\\slash',
  'end\\',
  'two\\\\',
  'a*b?[c]',
  '#1',
  '~',
  'a;b&c|d>e',
  '(x)',
  'tab\there',
  'line\nbreak',
  '',
];

it.runIf(process.platform !== 'win32')('a command that is printed is the same when a shell has read it', () => {
  for (const text of awkward) {
    const read = execFileSync('sh', ['-c', `printf '%s\\0' ${quoted(text)}`], { encoding: 'utf8' });
    expect(read).toBe(`${text}\0`);
  }
  expect(commandLine('view', 'runs/a-s0')).toBe('npx armature view runs/a-s0');
  expect(commandLine('view', 'läufe/erster lauf')).toBe('npx armature view "läufe/erster lauf"');
});

it('a report names the command without what changes no result', () => {
  const bare = ['sweep', '--env', 'reacher', '--vary', 'gamma=0.9'];
  const where = [['--queue'], ['--queue', 'redis://host'], ['--queue=redis://host'], ['--jobs', '2', '--json'], []];
  for (const flags of where) {
    const [start, end] = [bare.slice(0, 3), bare.slice(3)];
    expect(commandOfResults([...start, ...flags, ...end])).toBe(commandLine(...bare));
    expect(commandOfResults([...bare, ...flags])).toBe(commandLine(...bare));
  }
});

it('every command prints its hints so', async () => {
  const folder = temporaryFolder();
  const run = (...args: string[]) => armature(folder, ...args);
  const out = 'läufe/erster lauf';
  const trained = await run('train', 'reacher', ...quick, '--iterations', '1', '--out', out);
  for (const hint of [`view "${out}"`, `eval "${out}" --episodes 500`]) {
    expect(trained.stdout).toContain(`npx armature ${hint}\n`);
  }
  const recorded = await run('record', out, '--episodes', '1', '--out', 'one file');
  expect(recorded.stdout).toContain('watch them: npx armature view "one file"\n');
  const checked = await run('check', 'panda-reach', '--set', 'horizon=5');
  expect(checked.stdout).toContain('Next: npx armature train panda-reach --set horizon=5\n');
});
