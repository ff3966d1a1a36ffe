/**
 * Trains the policies that ship, assets/policies: each by the default settings from seed 0, so that whoever runs this again comes to the same
 * bytes. Needs the built command.
 *
 *   npm run policies                      trains all of them, in an hour and a half
 *   npm run policies -- reach-ur5e track  trains these
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPhysics } from '../dist/envs/sim/rapier.js';
import { encodeToAct } from '../dist/src/run/encode-policy.js';
import { loadPolicy } from '../dist/src/run/policy.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** By their names, how each is trained: a task with its usual arm, or with another. */
const trainings = {
  'panda-reach': ['panda-reach'],
  'panda-reach-joints': ['panda-reach-joints'],
  reach: ['reach'],
  'reach-planar': ['reach', '--arm', 'planar'],
  'reach-so101': ['reach', '--arm', 'so101'],
  'reach-ur5e': ['reach', '--arm', 'ur5e'],
  'reach-xarm7': ['reach', '--arm', 'xarm7'],
  'panda-reach-obstacles': ['panda-reach-obstacles'],
  'panda-push': ['panda-push'],
  'panda-slide': ['panda-slide'],
  'panda-pick-and-place': ['panda-pick-and-place'],
  'reach-pose': ['reach-pose'],
  reacher: ['reacher'],
  'reacher-easy': ['reacher-easy'],
  'reacher-hard': ['reacher-hard'],
  track: ['track'],
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(trainings, name));
if (unknown.length) throw new Error(`no such policy: ${unknown.join(', ')}; there are: ${Object.keys(trainings).join(', ')}`);

await loadPhysics();
for (const name of asked.length ? asked : Object.keys(trainings)) {
  const folder = mkdtempSync(join(tmpdir(), 'armature-policies-'));
  try {
    const run = join(folder, 'run');
    const began = performance.now();
    execFileSync(process.execPath, [here('../dist/src/cli/main.js'), 'train', ...trainings[name], '--seed', '0', '--json', '--out', run]);
    const { learner } = await loadPolicy(run);
    const bytes = await encodeToAct(learner);
    writeFileSync(here(`policies/${name}.safetensors`), bytes);
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stdout.write(`${name}: ${learner.progress.envSteps} steps in ${seconds} s, ${Math.ceil(bytes.length / 1000)} kB\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
