import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { backends, defaultBackend } from '../policy/network/index.ts';
import type { Obstacle, Widths } from '../policy/network/types.ts';
import { policyFor } from '../rollout/acting-policy.ts';
import { policyPartsOf } from '../train/learner.ts';
import type { Training } from '../train/training.ts';

/** How a backend is on this machine. */
export type Probe = Usable | Unusable;

export interface Usable {
  readonly name: string;
  readonly version: string;
  /** Milliseconds of a gradient, where one was asked for. */
  readonly ms: number | null;
}

export interface Unusable {
  readonly name: string;
  readonly obstacle: Obstacle;
  readonly reason: string;
  readonly remedy: string;
}

/** What to time a gradient of. */
export interface Workload {
  readonly widths: Widths;
  readonly rows: number;
}

export const isUsable = (probe: Probe): probe is Usable => 'version' in probe;

/** A driver that hangs is not waited for any longer, ms. */
const patience = 120_000;

const program = fileURLToPath(new URL('./probe-one.js', import.meta.url));

/**
 * Loads a backend in a process of its own: native libraries get in each other's way in one, write to the terminal, and can
 * end the process.
 */
export function probe(name: string, workload?: Workload): Promise<Probe> {
  const args = [program, name, ...(workload ? [JSON.stringify(workload)] : [])];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 1e8, timeout: patience }, (error, stdout, stderr) => {
      const line = stdout.split('\n').findLast((each) => each.startsWith('{"name"'));
      if (line) return resolve(JSON.parse(line));
      const why = error?.killed
        ? `takes over ${patience / 1000} s`
        : error?.signal
          ? `ends by ${error.signal}`
          : 'fails';
      const message = /^\w*Error\b.*$/m.exec(stderr)?.[0];
      const reason = `the process that loads it ${why}${message ? ` (${message})` : ''}`;
      resolve({ name, obstacle: 'broken', reason, remedy: 'it may not be made for this processor or system' });
    });
  });
}

/** The backend that is fastest for a run here, of those that can be used, and what was measured. */
export async function fastestBackend(training: Training) {
  const workload = gradientOf(training);
  const probes: Probe[] = [];
  // One after another: they would take each other's cores.
  for (const name of Object.keys(backends)) probes.push(await probe(name, workload));
  const usable = probes.filter(isUsable).sort((a, b) => (a.ms as number) - (b.ms as number));
  const unusable = probes.filter((each) => 'obstacle' in each);
  return { backend: usable[0]?.name ?? defaultBackend.name, workload, usable, unusable };
}

/** What a run's gradients are taken of; of a batch that is counted in episodes, at most. */
function gradientOf(training: Training): Workload {
  const { config, env, options } = training;
  const { batch, batchEpisodes, reuse } = options;
  const steps = Math.min(batchEpisodes ? batchEpisodes * env.spec.horizon : batch, config.steps) * (1 + reuse);
  const { minibatch } = config.options;
  const rows = typeof minibatch === 'number' ? Math.min(steps, minibatch) : steps;
  return { widths: policyFor(env.spec, policyPartsOf(training)).widths, rows };
}
