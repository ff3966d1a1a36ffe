import { expect, it } from 'vitest';
import type { ModuleIdentity } from '../../envs/env.ts';
import { ownModules } from '../../viewer/commands/own-modules.ts';

const module = (path: string): ModuleIdentity => ({ path, files: {}, packages: {} });
const config = { env: 'push', arm: 'crane', options: {} };

it('is nothing where all that a recording needs is ours', () => {
  expect(ownModules(config, 'a.safetensors')).toBeUndefined();
  expect(ownModules({ ...config, modules: {} }, 'a.safetensors')).toBeUndefined();
});

it.each([
  [{ task: module('push.ts') }, 'the task push', 'armature verify a.safetensors --task ./push.ts'],
  [{ arm: module('../arms/crane.ts') }, 'the arm crane', 'armature verify a.safetensors --arm ../arms/crane.ts'],
  [
    { task: module('my tasks/push.ts'), arm: module('/lab/crane.ts') },
    'the task push and the arm crane',
    "armature verify a.safetensors --task './my tasks/push.ts' --arm /lab/crane.ts",
  ],
])('names what is defined where: %j', (modules, subject, command) => {
  expect(ownModules({ ...config, modules }, 'a.safetensors')).toMatchObject({ subject, command });
});

it('gives a command that runs nothing else, whatever the names are', () => {
  const modules = { task: module("x.ts'; rm -rf ~ #\n") };
  expect(ownModules({ ...config, modules }, '-o $(id)\u202e.safetensors')?.command).toBe(
    "armature verify './-o $(id).safetensors' --task './x.ts'\\''; rm -rf ~ #'",
  );
});
