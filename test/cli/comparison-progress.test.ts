import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { comparisonDisplay } from '../../src/cli/comparison-progress.ts';
import { samplePlan, sampleRuns } from '../compare/sample.ts';

/** A terminal, or a pipe, that remembers what was written to it. */
function screen(isTTY: boolean, columns: number) {
  let text = '';
  const write = (chunk: string) => {
    text += chunk;
    return true;
  };
  const stream = { isTTY, columns, write } as unknown as NodeJS.WriteStream;
  return { stream, text: () => text };
}

const plan = samplePlan(['reinforce', 'natural'], { seeds: 2 });
const runs = sampleRuns(plan);
const [first, second] = runs;

describe('the display', () => {
  it('in a pipe has a line for each run that is done, without control characters', () => {
    const { stream, text } = screen(false, 80);
    const display = comparisonDisplay(plan, 2, stream);
    display.started(first);
    display.progressed(first, 1000, first.evaluations[0]);
    display.finished(first);
    display.finished({ ...second, solvedAt: null });
    display.end();
    const [title, ...lines] = text().trimEnd().split('\n');
    expect(title).toBe('panda-reach-joints · panda · reinforce, natural · 2 seeds · 60,000 steps · 2 at a time');
    expect(lines[0]).toMatch(
      /^1 of 4 {2}reinforce seed 0 {2}solved after [\d,]+ steps {2}success .+ {2}return -0\.\d+ {2}\d+:\d\d$/,
    );
    expect(lines[1]).toMatch(/^2 of 4 {2}reinforce seed 1 {2}not solved {2}/);
    expect(stripVTControlCharacters(text())).toBe(text());
  });

  it.each([40, 100])('in a terminal of %i columns shows what is running, and no row wraps', (columns) => {
    const { stream, text } = screen(true, columns);
    const display = comparisonDisplay(plan, 2, stream);
    display.started(first);
    display.started(second);
    display.progressed(first, 12_345, { steps: 12_000, success_rate: 0.875, return: -0.3 });
    display.finished(second);
    display.end();
    const rows = stripVTControlCharacters(text()).split('\n');
    // The first is the title, which is never redrawn.
    for (const row of rows.slice(3)) expect(row.length).toBeLessThanOrEqual(columns);
    const last = rows.slice(-4).join('\n');
    expect(last).toContain('reinforce seed 0');
    if (columns === 100) {
      expect(last).toContain('1 of 4 done');
      expect(last).toMatch(/12,345 steps +success 87\.5 %/);
    }
    expect(last).not.toContain('reinforce seed 1');
  });
});
