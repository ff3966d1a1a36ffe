import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runsDisplay } from '../../src/cli/runs-progress.ts';

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

const [first, second] = ['reinforce seed 0', 'reinforce seed 1'].map((label) => ({ label, steps: 60_000 }));
const ending = { solvedAt: 12_345, successRate: 0.99, meanReturn: -0.25 };

describe('the display', () => {
  it('in a pipe has a line for each run that is done, without control characters', () => {
    const { stream, text } = screen(false, 80);
    const display = runsDisplay('what is run', stream);
    display.begin(4);
    display.started(first);
    display.progressed(first, { steps: 1000 });
    display.ended(first, ending);
    display.ended(second, { ...ending, solvedAt: null });
    display.ended(second, { ...ending, successRate: null });
    display.ended(first, { failure: 'no luck' });
    display.end();
    const [title, ...lines] = text().trimEnd().split('\n');
    expect(title).toBe('what is run');
    expect(lines.map((line) => line.replace(/ {2}\d+:\d\d$/, ''))).toEqual([
      '1 of 4  reinforce seed 0  solved after 12,345 steps  success 99.0 %  return -0.250',
      '2 of 4  reinforce seed 1  not solved  success 99.0 %  return -0.250',
      '3 of 4  reinforce seed 1  return -0.250',
      '4 of 4  reinforce seed 0  failed: no luck',
    ]);
    expect(stripVTControlCharacters(text())).toBe(text());
  });

  it.each([40, 100])('in a terminal of %i columns shows what is running, and no row wraps', (columns) => {
    const { stream, text } = screen(true, columns);
    const display = runsDisplay('what is run', stream);
    display.begin(4, 'stage 1 of 3');
    display.started(first);
    display.started(second);
    display.progressed(first, { steps: 12_345, last: { steps: 12_000, success_rate: 0.875, return: -0.3 } });
    display.ended(second, { failure: 'no luck' });
    display.end();
    const rows = stripVTControlCharacters(text()).split('\n');
    // The first is the title, which is never redrawn.
    for (const row of rows.slice(3)) expect(row.length).toBeLessThanOrEqual(columns);
    const last = rows.slice(-4).join('\n');
    expect(last).toContain('reinforce seed 0');
    expect(last).toContain('stage 1 of 3');
    if (columns === 100) {
      expect(last).toContain('1 of 4 done, 1 failed');
      expect(last).toMatch(/12,345 steps +success 87\.5 %/);
    }
    expect(last).not.toContain('reinforce seed 1');
  });
});
