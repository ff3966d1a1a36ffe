import { backends } from '../../src/policy/network/index.ts';
import type { Widths } from '../../src/policy/network/types.ts';
import { isUsable, probe } from '../../src/probe/probe.ts';
import type { Grid } from './report.ts';

const hidden = [32, 64, 128, 256, 512, 1024];
const batches = [64, 1024, 8192, 65536];
/** What would take longer is not waited for, ms. */
const patience = 5000;

/** A gradient on every backend that can be used here, each in a process of its own. */
export async function backendGrid(): Promise<Grid> {
  const states = await Promise.all(Object.keys(backends).map((name) => probe(name)));
  const usable = states.filter(isUsable);
  const rows: (string | number)[][] = [];
  for (const width of hidden) {
    /** Operations in a ms, from the batch before. */
    const rates = new Map<string, number>();
    for (const n of batches) {
      const widths = [20, width, width, 7];
      const times = new Map<string, number>();
      for (const { name } of usable) {
        if (operations(widths, n) / (rates.get(name) ?? Number.POSITIVE_INFINITY) > patience) continue;
        const measured = await probe(name, { widths, rows: n });
        const ms = isUsable(measured) ? measured.ms : null;
        if (ms === null) continue;
        times.set(name, ms);
        rates.set(name, operations(widths, n) / ms);
      }
      const [fastest] = [...times].sort((a, b) => a[1] - b[1]);
      const cells = usable.map(({ name }) => times.get(name) ?? '-');
      rows.push([`${width}`, n.toLocaleString('en-US'), ...cells, fastest?.[0] ?? '-']);
    }
  }
  const kinds = usable.map(({ name, version }) => `${name} (${version})`);
  return {
    title: `Backends: forward and vjp of 20-width-width-7, ms; wasm on one thread, TensorFlow on all cores; - would take over ${patience / 1000} s\n  ${kinds.join('\n  ')}`,
    heads: ['width', 'rows', ...usable.map(({ name }) => name), 'fastest'],
    rows,
  };
}

/** Additions and multiplications of a gradient, about. */
function operations(widths: Widths, n: number): number {
  return 6 * n * weightsOf(widths);
}

/** Weights of a network, without its biases. */
export function weightsOf(widths: Widths): number {
  return widths.slice(1).reduce((sum, outputs, l) => sum + widths[l] * outputs, 0);
}
