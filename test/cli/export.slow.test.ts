import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { encodeRecording } from '../../envs/recording/recording.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { configureEnv, envOf } from '../../envs/tasks/index.ts';
import { collect } from '../../src/rollout/collect.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { query } from '../export/rollouts.ts';
import { temporaryFolder } from './armature.ts';

const folder = temporaryFolder();
const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const frames = 100_000;

/** Most memory that a command took, MB, as Linux tells: what `resourceUsage` says of a process begins with its parent's. */
function memoryOf(...args: readonly string[]): number {
  const tell = `data:text/javascript,import fs from 'node:fs';process.on('exit',()=>console.log(
    /VmHWM:\\s*(\\d+)/.exec(fs.readFileSync('/proc/self/status','utf8'))[1]))`;
  const said = execFileSync(process.execPath, ['--import', tell, main, ...args], { cwd: folder, encoding: 'utf8' });
  return Number(said.trim().split('\n').at(-1)) / 1000;
}

beforeAll(loadPhysics);

it.runIf(process.platform === 'linux').each([50, 10])(
  '100,000 frames in episodes of %d steps take less than 300 MB to any format',
  async (horizon) => {
    const env = envOf(configureEnv('panda-reach-joints', { options: { horizon, endsOnSuccess: false } }));
    const plan = { seedOf: (episode: number) => episode, until: { episodes: 50 }, deterministic: false };
    const some = collect(env, randomActor(env), plan);
    const episodes = Array.from({ length: frames / horizon }, (_, e) => ({ ...some[e % some.length], seed: e }));
    const policy = { name: 'noise', kind: 'controller', trainedSteps: 0 };
    const header = { env: env.config, spec: env.spec, scene: env.scene, gamma: 1, lambda: 1, policy };
    writeFileSync(join(folder, 'long.safetensors'), await encodeRecording({ header, episodes }));
    for (const format of ['lerobot', 'mcap', 'csv']) {
      const out = `long-${horizon}-${format}`;
      expect(memoryOf('export', 'long.safetensors', '--format', format, '--out', out), format).toBeLessThan(300);
    }
    const found = await query(
      `select count(*) as n from '${join(folder, `long-${horizon}-lerobot`)}/data/*/*.parquet'`,
    );
    expect(found).toEqual([{ n: BigInt(frames) }]);
  },
);
