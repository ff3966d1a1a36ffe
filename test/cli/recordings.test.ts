import { describe, expect, it } from 'vitest';
import { RecordingsBudget } from '../../src/run/recordings.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
/** Evaluations at uneven iterations, whose recordings become smaller. */
const evaluated = Array.from({ length: 200 }, (_, i) => 3 * i + (i % 2));
const bytesOf = (iteration: number) => 1000 - iteration;

/** What is kept after so many evaluations, by a budget that goes on from `from` on with what is there. */
function keptAfter(count: number, budget = 20_000, before = new RecordingsBudget(budget), from = 0): number[] {
  for (const k of evaluated.slice(from, count)) before.add(k, bytesOf(k));
  return evaluated.filter((k) => before.has(k));
}

describe('recordings over training time', () => {
  it('are all kept where the budget allows', () => expect(keptAfter(200, 1e6)).toEqual(evaluated));

  it('are thinned evenly beyond, the first and the latest kept', () => {
    for (const count of [1, 2, 3, 30, 100, 200]) {
      const kept = keptAfter(count);
      expect([kept[0], kept.at(-1)]).toEqual([0, evaluated[count - 1]]);
      expect(sum(kept.slice(0, -1).map(bytesOf))).toBeLessThanOrEqual(20_000);
      const gaps = kept.slice(0, -1).map((k, i) => evaluated.indexOf(kept[i + 1]) - evaluated.indexOf(k));
      expect(new Set(gaps.slice(0, -1)).size).toBeLessThanOrEqual(1);
    }
    expect(keptAfter(200).length).toBeGreaterThan(15);
    expect(keptAfter(200, 1)).toEqual([0, evaluated[199]]);
  });

  it('are the same after a kill, in the middle of removing some as well', () => {
    for (let stop = 1; stop < 200; stop += 7) {
      const kept = keptAfter(stop);
      for (const gone of [0, 1, 3, 99]) {
        // Everything that was kept at the evaluation before is still there, but for the first few that were to go.
        const earlier = [...keptAfter(stop - 1), evaluated[stop - 1]];
        const left = earlier.filter((k, i) => kept.includes(k) || i >= gone);
        const again = new RecordingsBudget(20_000);
        again.resume(evaluated.slice(0, stop), (k) => (left.includes(k) ? bytesOf(k) : undefined));
        expect(keptAfter(stop, 0, again, stop)).toEqual(kept);
        expect(keptAfter(200, 0, again, stop)).toEqual(keptAfter(200));
      }
    }
  });

  it('go on where somebody has removed the earlier ones', () => {
    const again = new RecordingsBudget(20_000);
    again.resume(evaluated.slice(0, 100), () => undefined);
    expect(keptAfter(103, 0, again, 100)).toEqual(evaluated.slice(100, 103));
  });
});
