import { quantile } from '../../src/statistics/intervals.ts';

/** What was measured, once for each round. */
export type Samples = readonly number[];

/** Ways to do something, by name; each does it once and says what that cost. */
export type Ways<Name extends string> = Readonly<Record<Name, () => number>>;

/**
 * Measures every way in every round, one after another, so that whatever else the machine does falls on all of them. The order
 * turns from round to round. Two rounds before the first let V8 compile.
 */
export function interleave<Name extends string>(rounds: number, ways: Ways<Name>, warmUp = 2): Record<Name, Samples> {
  const names = Object.keys(ways) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -warmUp; round < rounds; round++) {
    for (const k of names.keys()) {
      const name = names[(k + round + warmUp) % names.length];
      const cost = ways[name]();
      if (round >= 0) samples[name].push(cost);
    }
  }
  return samples;
}

/** Milliseconds that something takes. */
export function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Milliseconds for one of many repetitions, as many as fill about `atLeast` ms. */
export function timedOften(work: () => void, atLeast = 40): number {
  let count = 0;
  const start = performance.now();
  let now = start;
  for (let burst = 1; now - start < atLeast; burst *= 2) {
    for (let k = 0; k < burst; k++) work();
    count += burst;
    now = performance.now();
  }
  return (now - start) / count;
}

/** a / b, round by round: what disturbs a round disturbs both. */
export function over(a: Samples, b: Samples): Samples {
  return a.map((value, i) => value / b[i]);
}

/** The middle, and the quartiles as its spread. */
export function spread(samples: Samples): { median: number; low: number; high: number } {
  return { median: quantile(samples, 0.5), low: quantile(samples, 0.25), high: quantile(samples, 0.75) };
}
