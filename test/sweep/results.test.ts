import { describe, expect, it } from 'vitest';
import type { Run } from '../../src/sweep/comparison.ts';
import { commonGrid, curveOf, valueAt } from '../../src/sweep/curves.ts';
import { resultsOf, wallTimesOf } from '../../src/sweep/results.ts';
import { notesOf, tableOf } from '../../src/sweep/table.ts';
import { samplePlan, sampleRuns } from './sample.ts';

describe('curves', () => {
  const series = { steps: [100, 200, 400], values: [0, 1, 5] };

  it.each([
    [99, null],
    [100, 0],
    [150, 0.5],
    [200, 1],
    [250, 2],
    [400, 5],
    [500, 5],
  ])('at step %d are worth %s', (step, value) => expect(valueAt(series, step)).toBe(value));

  it('share a grid from the first evaluation of any to the last, of whole steps', () => {
    const other = { steps: [50, 410], values: [0, 0] };
    const grid = commonGrid([series, other]);
    expect([grid[0], grid.at(-1)]).toEqual([50, 410]);
    expect(grid.length).toBe(121);
    expect(grid).toEqual([...new Set(grid)].sort((a, b) => a - b).map(Math.round));
    expect(commonGrid([{ steps: [70], values: [1] }])).toEqual([70]);
    expect(commonGrid([{ steps: [7, 10], values: [1, 2] }])).toEqual([7, 8, 9, 10]);
  });

  it('begin where every run has a value, and hold the interquartile mean between its interval', () => {
    const runs = [0, 1, 2, 9].map((lift) => ({
      steps: lift === 9 ? [150, 400] : [100, 400],
      values: [lift, lift + 3],
    }));
    const grid = [100, 150, 250, 400];
    const { iqm, low, high } = curveOf(runs, grid, 1);
    expect([iqm[0], low[0], high[0]]).toEqual([null, null, null]);
    // At 150 the runs are at 0.5, 1.5, 2.5 and 9; at 400 at 3, 4, 5 and 12.
    expect([iqm[1], iqm[3]]).toEqual([2, 4.5]);
    for (const i of [1, 2, 3]) {
      expect(low[i]).toBeLessThan(iqm[i] as number);
      expect(high[i]).toBeGreaterThan(iqm[i] as number);
    }
  });
});

describe('results', () => {
  const plan = samplePlan(['reinforce', 'other'], { seeds: 5 });
  const run = (algorithm: string, seed: number, solvedAt: number | null, successRate: number): Run => ({
    algorithm,
    seed,
    evaluations: [
      { steps: 1000 + seed, success_rate: 0.5, return: -1 },
      { steps: 60_000 + seed, success_rate: successRate, return: -0.5 },
    ],
    solvedAt,
    meanReturn: -seed / 10,
    successRate,
    wall: 10 * seed,
  });
  const runs = [
    ...[10_000, 12_000, 14_000, 16_000, null].map((at, seed) => run('reinforce', seed, at, at ? 1 : 0.5)),
    ...[10_000, 12_000, null, null, null].map((at, seed) => run('other', seed, at, at ? 1 : 0)),
  ];
  const results = resultsOf(plan, runs);
  const [first, second] = results.algorithms;
  const { rows } = tableOf(results, wallTimesOf(plan, runs, 99));

  it('count what was not solved as the budget, within the interquartile mean', () => {
    expect([first.solved, second.solved]).toEqual([4, 2]);
    // (0.75 * 12,000 + 14,000 + 0.75 * 16,000) / 2.5
    expect(first.steps_to_solved?.value).toBeCloseTo(14_000, 9);
    // (0.75 * 12,000 + 60,000 + 0.75 * 60,000) / 2.5
    expect(second.steps_to_solved?.value).toBeCloseTo(45_600, 9);
    expect(first.steps_to_solved?.interval?.[1]).toBeGreaterThan(30_000);
    expect(rows.map((row) => row[2].text)).toEqual(['14,000', '≥ 45,600']);
    expect(notesOf(results, 2).join(' ')).toContain('1 of reinforce, 3 of other. Each counts as 60,000 steps');
  });

  it('have the mean success, which no failed seed escapes, and the interquartile mean of the return', () => {
    expect(first.success_rate?.value).toBeCloseTo(0.9, 12);
    expect(second.success_rate?.value).toBeCloseTo(0.4, 12);
    expect(first.return.value).toBeCloseTo(-0.2, 12);
    const [low, high] = first.return.interval ?? [];
    expect(low).toBeLessThan(-0.2);
    expect(high).toBeGreaterThan(-0.2);
    // Five seeds from 0 to -0.4: Student's t of four degrees of freedom is farther off than any mean of five of them.
    expect(low).toBeCloseTo(-0.2 - 2.7764451 * Math.sqrt(0.025 / 5), 6);
    expect(rows[0].at(-1)?.text).toBe('0:20');
  });

  it('have success within 0 and 1, no surer than its goals', () => {
    const sure = runs.map((one) => ({ ...one, successRate: 1 }));
    const [found] = resultsOf(plan, sure).algorithms;
    // Wilson's interval of 2,500 of 2,500.
    expect(found.success_rate).toEqual({ value: 1, interval: [expect.closeTo(0.998466, 6), 1] });
    for (const { success_rate: rate } of results.algorithms) {
      const [low, high] = rate?.interval ?? [];
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
    }
  });

  it('of two seeds that differ stay within what can be', () => {
    const two = runs.filter(({ seed }) => seed === 0 || seed === 4);
    const { success_rate: success } = resultsOf(samplePlan(['reinforce', 'other'], { seeds: 2 }), two).algorithms[0]
      .curves;
    expect(Math.min(...(success?.low ?? []).map((value) => value ?? 0))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...(success?.high ?? []).map((value) => value ?? 0))).toBeLessThanOrEqual(1);
    const [{ steps_to_solved: steps }] = resultsOf(plan, two).algorithms;
    expect(steps?.interval).toEqual([0, plan.steps]);
  });

  it('of one seed have no interval, and no band', () => {
    const one = samplePlan(['reinforce'], { seeds: 1 });
    const made = sampleRuns(one);
    const found = resultsOf(one, made);
    const [{ curves, return: mean, success_rate: rate, steps_to_solved: steps }] = found.algorithms;
    expect([mean.interval, rate?.interval]).toEqual([null, null]);
    expect(steps?.interval ?? null).toBeNull();
    expect(new Set([...curves.return.low, ...curves.return.high])).toEqual(new Set([null]));
    expect(curves.return.iqm.some((value) => value !== null)).toBe(true);
    expect(notesOf(found, 1).join(' ')).toContain('there are no intervals');
    expect(tableOf(found, wallTimesOf(one, made, 1)).rows[0].every(({ interval }) => interval === undefined)).toBe(
      true,
    );
  });

  it('say never where no seed was solved, and nothing of solving where there are no goals', () => {
    const none = runs.map((one) => ({ ...one, solvedAt: null }));
    expect(tableOf(resultsOf(plan, none), wallTimesOf(plan, none, 1)).rows[0][2]).toEqual({ text: 'never' });
    const reacher = samplePlan(['reinforce'], { env: 'reacher', seeds: 2 });
    const made = sampleRuns(reacher);
    const found = resultsOf(reacher, made);
    expect(found.algorithms[0]).toMatchObject({ steps_to_solved: null, success_rate: null });
    expect(found.algorithms[0].curves.success_rate).toBeNull();
    expect(tableOf(found, wallTimesOf(reacher, made, 1)).columns).toEqual(['algorithm', 'return', 'wall time']);
    expect(notesOf(found, 1).join(' ')).not.toMatch(/solved|goal/i);
  });

  it('are without wall times', () => {
    const slower = runs.map((one) => ({ ...one, wall: one.wall * 3 }));
    expect(resultsOf(plan, slower)).toEqual(results);
  });
});
