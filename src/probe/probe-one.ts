import { backends } from '../policy/network/index.ts';
import { type NetBackend, UnusableBackend } from '../policy/network/types.ts';
import { median } from '../statistics/intervals.ts';
import type { Probe, Workload } from './probe.ts';

/** Loads the backend that is named, and says as a line of JSON how it is. */

const [name, text] = process.argv.slice(2);
process.stdout.write(`\n${JSON.stringify(await probed(name, text && JSON.parse(text)))}\n`, () => process.exit());

async function probed(name: string, workload: Workload | undefined): Promise<Probe> {
  try {
    const backend = await backends[name].load();
    const ms = workload ? gradientTime(backend, workload) : null;
    return { name, version: backend.version, ms };
  } catch (error) {
    if (!(error instanceof UnusableBackend)) throw error;
    const { obstacle, reason, remedy } = error;
    return { name, obstacle, reason, remedy };
  }
}

/**
 * Milliseconds of one gradient, forward and vjp at new parameters: the median of as many as fit in a while, after those in
 * which code is compiled and memory found.
 */
function gradientTime(backend: NetBackend, { widths, rows }: Workload): number {
  const span = 300;
  const network = backend.network(widths);
  // The time does not depend on their values as long as nothing saturates or is a subnormal.
  const wave = (length: number) => Float64Array.from({ length }, (_, i) => Math.sin(i + 1) / Math.sqrt(widths[0]));
  const theta = wave(network.size);
  const x = wave(rows * widths[0]);
  const u = wave(rows * widths[widths.length - 1]);
  const once = () => {
    theta[0] += 1e-6;
    const start = performance.now();
    network.forward(theta, x, rows);
    network.vjp(u);
    return performance.now() - start;
  };
  const first = once();
  if (first > span) return Math.min(first, once());
  const samples: number[] = [];
  for (const end = performance.now() + span; performance.now() < end || samples.length < 3; ) samples.push(once());
  return median(samples.slice(samples.length >> 1));
}
