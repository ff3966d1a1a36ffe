import { median } from '../../report/statistics.ts';
import type { NetBackend, Widths } from './types.ts';

/** What is timed together, ms. */
const span = 300;

/**
 * Milliseconds of one gradient, forward and vjp of n rows at new parameters: the median of as many as fit in a while, after
 * those in which code is compiled and memory found.
 */
export function gradientTime(backend: NetBackend, widths: Widths, n: number): number {
  const network = backend.network(widths);
  // Their values do not matter for the time as long as nothing saturates or is a subnormal.
  const wave = (length: number) => Float64Array.from({ length }, (_, i) => Math.sin(i + 1) / Math.sqrt(widths[0]));
  const theta = wave(network.size);
  const x = wave(n * widths[0]);
  const u = wave(n * widths[widths.length - 1]);
  const once = () => {
    theta[0] += 1e-6;
    const start = performance.now();
    network.forward(theta, x, n);
    network.vjp(u);
    return performance.now() - start;
  };
  const first = once();
  if (first > span) return Math.min(first, once());
  const samples: number[] = [];
  for (const end = performance.now() + span; performance.now() < end || samples.length < 3; ) samples.push(once());
  return median(samples.slice(samples.length >> 1));
}
