import { describe, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { terminalPicture } from '../../src/robots/terminal-picture.ts';

/** Of each letter how many of its eight dots are there. */
function dotsIn(line: string): number[] {
  return [...line].map((letter) => [...(letter.codePointAt(0) as number).toString(2).slice(-8)].filter(Number).length);
}

describe.each(Object.entries(arms))('%s in letters', (_name, arm) => {
  const lines = terminalPicture(arm);

  it('fits a terminal, with nothing empty around it', () => {
    expect(lines.length).toBeGreaterThan(7);
    expect(lines.length).toBeLessThanOrEqual(22);
    for (const line of lines) expect(line).toMatch(/^[\u2800-\u28ff]{1,52}$/);
    expect(lines.every((line) => line.startsWith('\u2800'))).toBe(false);
    for (const line of lines) expect(line).not.toMatch(/\u2800$/);
  });

  it('has light and shade', () => {
    const dots = lines.flatMap(dotsIn).filter(Boolean);
    expect(dots.filter((count) => count >= 6).length).toBeGreaterThan(20);
    expect(dots.filter((count) => count <= 4).length).toBeGreaterThan(20);
  });
});

it('shows the posture', () => {
  const { panda } = arms;
  const bent = { ...panda, home: panda.home.map((value, i) => (i === 3 ? value - 0.8 : value)) };
  expect(terminalPicture(bent)).not.toEqual(terminalPicture(panda));
});

it('has no line of an arm without anything to see', () => {
  const { ur5e } = arms;
  const bare = { ...ur5e, bodies: ur5e.bodies.map((body) => ({ ...body, visuals: [] })) };
  expect(terminalPicture(bare)).toEqual([]);
});
