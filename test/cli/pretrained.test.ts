import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { width } from '../../envs/spec.ts';
import { armsOf, tasks } from '../../envs/tasks/index.ts';
import { loadPolicy } from '../../src/run/policy.ts';
import { isPretrained, pretrainedFile, pretrainedNames } from '../../src/run/pretrained.ts';
import { armature, expectRefusals, jsonLines, start, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();

describe('the policies that ship', () => {
  it('are some', () => expect(pretrainedNames()).toEqual(expect.arrayContaining(['panda-reach', 'reach-ur5e'])));

  it.each(pretrainedNames())(
    '%s has learned what its name says, by the default settings, and is small',
    async (name) => {
      const file = pretrainedFile(name);
      const { learner } = await loadPolicy(file);
      const { env, seed } = learner.training.config;
      const [usual] = armsOf(tasks[env.env]);
      expect(name).toBe(env.arm === usual ? env.env : `${env.env}-${env.arm}`);
      expect([seed, learner.progress.envSteps > 5000]).toEqual([0, true]);
      // Twice a network of 64 by 64, of which the first layer is as wide as the observation.
      expect(statSync(file).size).toBeLessThan(75_000 + 1100 * width(learner.env.spec.obs));
    },
  );
});

it('eval judges them by name and arm, before anything is trained', async () => {
  const found = await armature(
    folder,
    'eval',
    'reach',
    '--arm',
    'planar',
    '--pretrained',
    '--episodes',
    '10',
    '--json',
  );
  expect(found).toMatchObject({ code: 0, stderr: '' });
  expect(jsonLines(found.stdout)).toMatchObject([{ type: 'result', episodes: 10, success_rate: 1 }]);
});

it('eval says what is in the way', async () => {
  await expectRefusals(folder, 'eval', [
    [1, 'no policy ships by the name of panda-stack; there are: ', 'panda-stack', '--pretrained'],
    [1, 'no policy ships by the name of reach-nobody', 'reach', '--arm', 'nobody', '--pretrained'],
    [2, 'leave --pretrained out', 'reach', '--pretrained', '--policy', 'random'],
    [2, 'leave --robustness out', 'reach', '--pretrained', '--robustness'],
    [1, 'eval panda-reach --pretrained', 'panda-reach'],
  ]);
});

it('view serves one by name alone, and a folder of that name counts more', async () => {
  const { child, firstLine } = start(folder, 'view', 'panda-reach', '--no-open', '--port', '0');
  const address = await firstLine;
  expect(address).toMatch(/#live=yes$/);
  const got = (path: string) => fetch(new URL(path, address));
  expect(await (await got('api/recordings')).json()).toEqual([]);
  const [{ name, url }] = (await (await got('api/policies')).json()) as { name: string; url: string }[];
  expect(name).toBe('panda-reach.safetensors');
  const bytes = Buffer.from(await (await got(url)).arrayBuffer());
  expect(bytes.equals(readFileSync(pretrainedFile('panda-reach')))).toBe(true);
  child.kill();
  const cwd = process.cwd();
  mkdirSync(join(folder, 'reach'));
  process.chdir(folder);
  expect([isPretrained('reach'), isPretrained('panda-reach')]).toEqual([false, true]);
  process.chdir(cwd);
});

it('view says what is in the way', async () => {
  await expectRefusals(folder, 'view', [
    [1, 'no policy of that name ships; those that do: panda-pick-and-place, panda-push', 'panda-stack'],
    [1, 'no such file', './nowhere'],
    [1, 'holds no rollouts', 'reach'],
    [2, 'acts alone', 'panda-reach', 'reach-ur5e'],
  ]);
});
