import { describe, expect, it } from 'vitest';
import { experiments } from '../../src/lab/experiments/index.ts';

/** The laboratory's claims with the seed that the report is made with; each bound is derived where it is used. */
describe.each(experiments)('$name', ({ run }) => {
  it('holds', { timeout: 300_000 }, async () => {
    const { findings, tables, plots } = await run(0);
    expect(findings.filter(({ holds }) => !holds).map(({ text }) => text)).toEqual([]);
    expect(findings.length).toBeGreaterThan(0);
    for (const { columns, rows } of tables) {
      for (const row of rows) expect(row.length).toBe(columns.length);
      expect(rows.flat().filter((cell) => /NaN|Infinity|undefined/.test(cell))).toEqual([]);
    }
    for (const { series } of plots) {
      for (const { x, y } of series) {
        expect(x.length).toBe(y.length);
        expect(y.every(Number.isFinite)).toBe(true);
      }
    }
  });
});
