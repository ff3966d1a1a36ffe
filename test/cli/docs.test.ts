import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { tasks } from '../../envs/tasks/index.ts';
import { checkCommand } from '../../src/cli/check.ts';
import { compareCommand } from '../../src/cli/compare.ts';
import { doctorCommand } from '../../src/cli/doctor.ts';
import { envsCommand } from '../../src/cli/envs.ts';
import { evalCommand } from '../../src/cli/eval.ts';
import { exportCommand } from '../../src/cli/export.ts';
import { labCommand } from '../../src/cli/lab.ts';
import { isModulePath, isRobotPath } from '../../src/cli/modules.ts';
import { newCommand } from '../../src/cli/new.ts';
import { recordCommand } from '../../src/cli/record.ts';
import { robotCommand } from '../../src/cli/robot.ts';
import { setupGpuCommand } from '../../src/cli/setup-gpu.ts';
import { shareCommand } from '../../src/cli/share.ts';
import { siteCommand } from '../../src/cli/site.ts';
import { sweepCommand } from '../../src/cli/sweep.ts';
import { resumeCommand, trainCommand } from '../../src/cli/train.ts';
import { planFrom, type TrainingFlags } from '../../src/cli/training-options.ts';
import { verifyCommand } from '../../src/cli/verify.ts';
import { viewCommand } from '../../src/cli/view.ts';
import { workCommand } from '../../src/cli/work.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');

const commands: Readonly<Record<string, () => Command>> = {
  train: trainCommand,
  resume: resumeCommand,
  eval: evalCommand,
  record: recordCommand,
  verify: verifyCommand,
  view: viewCommand,
  share: shareCommand,
  site: siteCommand,
  export: exportCommand,
  compare: compareCommand,
  sweep: sweepCommand,
  work: workCommand,
  lab: labCommand,
  envs: envsCommand,
  robot: robotCommand,
  check: checkCommand,
  new: newCommand,
  doctor: doctorCommand,
  'setup-gpu': setupGpuCommand,
};

/** The command lines of a page: in its blocks of shell, and within its sentences. */
function linesOf(page: string): string[] {
  const text = textOf(page);
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => block.split('\n'));
  const inline = [...text.matchAll(/`((?:npx |npm run )[^`]+)`/g)].map(([, line]) => line);
  return [...blocks, ...inline].map((line) => line.replace(/\s+#.*$/, '').trim()).filter(Boolean);
}

const lines = pages.flatMap((page) =>
  linesOf(page).flatMap((line) => line.split(' && ').map((part) => ({ page, part }))),
);
const ofArmature = lines.filter(({ part }) => part.startsWith('npx armature '));

it.each(pages)('%s is one text, not two that a merge left side by side', (page) => {
  expect(
    textOf(page)
      .split('\n')
      .filter((line) => /^(<{7} |={7}$|>{7} )/.test(line)),
  ).toEqual([]);
});

describe('README and docs', () => {
  it('show commands', () => expect(ofArmature.length).toBeGreaterThan(20));

  it.each(ofArmature)('$page: $part', async ({ part }) => {
    const [, , name, ...args] = part.split(/\s+/);
    const command = commands[name]();
    let ran = false;
    command.exitOverride().configureOutput({ writeErr: () => {} });
    command.action((given: string | string[] | undefined, flags: TrainingFlags) => {
      ran = true;
      const [env] = [given].flat();
      const modules = [env, flags.arm, flags.algorithm, flags.task]
        .filter(isModulePath)
        .filter((path) => path.endsWith('.ts'));
      for (const path of modules) expect(existsSync(join(root, 'test/modules/project', path)), path).toBe(true);
      // The robot files are the reader's own.
      if (isRobotPath(flags.arm)) expect([...Object.keys(tasks), ...modules]).toContain(env);
      else if (name === 'train' && !modules.length) expect(planFrom(env ?? '', flags).config.env.env).toBe(env);
      else if (name === 'eval' && env && !env.includes('/')) expect(Object.keys(tasks)).toContain(env);
    });
    for (const own of command.commands) {
      own.action(() => {
        ran = true;
      });
    }
    command.option('--length <number>', 'of the algorithm that is a module');
    await command.parseAsync(
      args.filter((arg) => arg !== '--help'),
      { from: 'user' },
    );
    expect(ran).toBe(true);
  });

  it.each(lines.filter(({ part }) => part.startsWith('npm ')))('$page: $part', ({ part }) => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const { positionals } = parseArgs({ args: part.split(/\s+/).slice(1), strict: false, allowPositionals: true });
    const [first, script] = positionals;
    // `npm run install` is that of a package of TensorFlow's.
    if (first === 'run' && script !== 'install') expect(Object.keys(scripts)).toContain(script);
    else expect(['ci', 'test', 'install', 'run']).toContain(first);
  });

  it('link to what is there', () => {
    const broken = pages.flatMap((page) =>
      [...textOf(page).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)]
        .filter(([, target]) => !existsSync(join(root, dirname(page), target)))
        .map(([, target]) => `${page}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it.each([
    ['ts', 'touch.ts', 25],
    ['js', 'library.mjs', 10],
    ['ts', 'normalized.ts', 25],
  ])('show, in %s, %s, which is tested, in at most %d lines', (language, file, most) => {
    const text = readFileSync(join(root, 'test/modules/project', file), 'utf8');
    expect(textOf('README.md')).toContain(`\`\`\`${language}\n${text}\`\`\``);
    expect(text.trim().split('\n').length).toBeLessThanOrEqual(most);
  });

  it('show an arm, which is tested', () => {
    const text = readFileSync(join(root, 'test/modules/project/arm.ts'), 'utf8');
    expect(textOf('docs/extending.md')).toContain(`\`\`\`ts\n${text}\`\`\``);
  });

  it('have a front door that is read in a few minutes', () => {
    expect(textOf('README.md').split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(1300);
  });
});
