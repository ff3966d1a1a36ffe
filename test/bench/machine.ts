import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { defaultBackend } from '../../src/policy/network/index.ts';
import { versionsOf } from '../../src/run/schema.ts';

/** What the figures depend on besides the code. */
export function machine(): Record<string, string | number> {
  const versions = versionsOf(defaultBackend);
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    'load when begun': Number(loadavg()[0].toFixed(2)),
    system: `${process.platform} ${process.arch}`,
    node: `${process.versions.node} (V8 ${process.versions.v8})`,
    armature: `${versions.software.split(' ')[1]} (kernels ${versions.network.split(' ')[1]}, ${versions.math})`,
    rapier: versions.physics.split(' ')[1],
    'tensorflow.js': versionOf('@tensorflow/tfjs-core'),
    mujoco: versionOf('@mujoco/mujoco'),
  };
}

/** Of an installed package, from the manifest that its entry lies under. */
function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')).version;
    } catch {}
  }
  return `none in ${dirname(name)}`;
}
