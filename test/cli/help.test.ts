import { describe, expect, it } from 'vitest';
import type { Options } from '../../envs/options.ts';
import { configureEnv, envOf, tasks } from '../../envs/tasks/index.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import { baselines } from '../../src/baselines/index.ts';
import { trainOptions } from '../../src/train/options.ts';
import { armature, jsonLines, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();
const run = (...args: string[]) => armature(folder, ...args);
const commands = [
  'train',
  'resume',
  'eval',
  'compare',
  'sweep',
  'work',
  'lab',
  'record',
  'verify',
  'view',
  'share',
  'site',
  'envs',
  'robot',
  'check',
  'new',
];
const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

describe('--help', () => {
  it.each(commands)('of %s exits 0 and has an example', async (command) => {
    const { code, stdout, stderr } = await run(command, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`\n  $ armature ${command}`);
  });

  it('of the program exits 0, has an example and names the commands; so does no command at all', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('\n  $ armature train panda-reach-joints');
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect((await run()).code).toBe(0);
  });

  it('of train names every option of training and of the algorithms, and every baseline', async () => {
    const { stdout } = await run('train', '--help');
    const all: Options[] = [trainOptions, ...Object.values(algorithms).map((algorithm) => algorithm.options)];
    for (const [name, option] of all.flatMap((options) => Object.entries(options))) {
      const flag = option.default === true ? `--no-${kebab(name)}` : `--${kebab(name)}`;
      expect(stdout).toContain(`  ${flag} `);
    }
    for (const name of [...Object.keys(baselines), ...Object.keys(algorithms)]) expect(stdout).toContain(name);
  });
});

describe('envs', () => {
  it('lists every environment with its fields and options as JSON lines', async () => {
    const { code, stdout } = await run('envs', '--json');
    expect(code).toBe(0);
    const found = jsonLines(stdout);
    expect(found.map(({ name }) => name)).toEqual(Object.keys(tasks));
    for (const env of found) {
      const { spec } = envOf(configureEnv(env.name as string));
      const options = Object.entries(tasks[env.name as string].options).map(([name, option]) => ({ name, ...option }));
      const { controller, markers: _, ...rest } = spec;
      expect(env).toMatchObject({ ...rest, action: controller, options });
    }
  });

  it.each(Object.keys(tasks))('shows people %s, field by field', async (name) => {
    const { code, stdout } = await run('envs', name);
    expect(code).toBe(0);
    const { spec } = envOf(configureEnv(name));
    for (const field of [...spec.obs, ...spec.act]) {
      const line = stdout.split('\n').find((text) => new RegExp(`^ +[\\d-]+ +${field.name} `).test(text));
      expect(line).toContain(field.unit);
      expect(line).toContain(field.description);
    }
    for (const [key, option] of Object.entries(tasks[name].options)) {
      const line = stdout.split('\n').find((text) => text.trim().startsWith(`${key} `));
      expect(line).toContain(String(option.default));
      expect(line).toContain(option.description);
    }
    const all = await run('envs');
    expect(all.stdout).toContain(stdout);
  });
});

it('--version is that of the package', async () => {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
  expect(await run('--version')).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
});
